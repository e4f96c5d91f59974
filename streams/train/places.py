"""Trains how places are detected and resolved: `python -m streams.train.places DATA`.

DATA/geoparsing holds articles with their toponyms. First five-fold cross-validation, folds split by publisher (no
outlet is in both halves), then both models on everything.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from streams.domain.geo import disambiguate as resolve
from streams.domain.geo import recognize as detect
from streams.domain.geo.candidates import Candidate, TokenizedText
from streams.domain.geo.gazetteer import Gazetteer, gazetteer
from streams.domain.geo.places import country_of
from streams.evaluate.documents import read_rows
from streams.train.held_out import record
from streams.train.lexicon import census

THRESHOLD = 0.45
RARE = 3  # a feature met less often has no weight
PERSONS = 300
FRAMES = (
    "{0} {1}, 34, was arrested.", "He met {0} {1} on Sunday.", "Mr. {1} said so.", "Police said {0} {1} had fled.",
    "A judge told {0} {1} to pay.", "Gov. {1} left.", "It was won by {0} {1} and his brother.",
    "Ms. {1}, his wife, wept.",
)  # fmt: skip
NEAR = 161.0  # kilometres, the usual hundred miles
SETS = ("lgl", "geovirus")


class Document(NamedTuple):
    """An article, read; `rows` are its candidates' features, `truth` whether each is a place."""

    row: dict[str, Any]
    name: str
    group: str
    tokenized: TokenizedText
    rows: detect.Ints
    truth: list[bool]
    home: str | None


class Example(NamedTuple):
    """What one article's names may mean, which of those meanings are right, and how often each name is asked."""

    options: resolve.Options
    right: resolve.Floats
    asked: resolve.Floats


def load(folder: Path, places: Gazetteer) -> list[Document]:
    """The articles of both sets."""
    out = []
    for name in SETS:
        for row in read_rows(folder / "geoparsing" / f"{name}.jsonl.gz", ()):
            domain = row["url"].split("/")[2]
            tokenized = TokenizedText(row["text"], places)
            truth = [any(touch(c, t) for t in row["toponyms"]) for c in tokenized.candidates]
            group = row["id"] if domain.endswith("wikinews.org") else domain
            features = detect.describe(tokenized, places)
            out.append(Document(row, name, group, tokenized, features, truth, country_of(domain)))
    return out


def people(docs: Sequence[Document], places: Gazetteer) -> list[Document]:
    """Sentences about persons with the names of places in the articles, which have too few of them."""
    names = sorted({t["name"] for d in docs for t in d.row["toponyms"] if t["lat"] is not None and t["name"].isalpha()})
    given = [w.title() for w in census("dist.male.first")[:150] + census("dist.female.first")[:150]]
    out = []
    for number in range(PERSONS):
        frame = FRAMES[number % len(FRAMES)]
        text = frame.format(given[number * 7 % len(given)], names[number * 31 % len(names)].title())
        tokenized = TokenizedText(text, places)
        row: dict[str, Any] = {"id": f"person {number}", "text": text, "toponyms": []}
        features = detect.describe(tokenized, places)
        out.append(Document(row, "people", row["id"], tokenized, features, [False] * len(tokenized.candidates), None))
    return out


def touch(c: Candidate, toponym: dict[str, Any]) -> bool:
    """Whether a candidate and a labelled toponym overlap."""
    return bool(min(c.end, toponym["end"]) > max(c.start, toponym["start"]))


def train_detector(docs: Sequence[Document], places: Gazetteer, path: Path) -> None:
    """Fit and write the detector."""
    tables, truth = [], []
    for doc in docs:
        keep = [not detect.is_people(c, places) for c in doc.tokenized.candidates]
        tables.append(doc.rows[keep])
        truth += [is_place for is_place, kept in zip(doc.truth, keep, strict=True) if kept]
    features = np.concatenate(tables)
    known = np.flatnonzero(np.bincount(features.ravel(), minlength=1 << detect.TABLE_BITS) >= RARE)
    number = np.full(1 << detect.TABLE_BITS, -1)
    number[known] = np.arange(len(known))
    hits = number[features]
    ends = np.cumsum([0, *(hits >= 0).sum(axis=1)])
    flat = hits[hits >= 0]
    matrix = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(hits), len(known)))
    model = LogisticRegression(C=0.3, max_iter=300, solver="liblinear").fit(matrix, truth)
    weights = np.zeros(1 << detect.TABLE_BITS, np.float16)
    weights[known] = model.coef_[0]
    np.savez_compressed(path, weights=weights, bias=model.intercept_[0], threshold=THRESHOLD)


def choose(doc: Document, model: detect.Detector, places: Gazetteer) -> list[Candidate]:
    """Candidates that the detector takes for places, and demonyms."""
    chances = model.probabilities(doc.rows)
    return [c for c, p in zip(doc.tokenized.candidates, chances, strict=True)
            if p >= model.threshold or detect.is_people(c, places)]  # fmt: skip


def distance(lat: float, lon: float, places: Gazetteer, at: resolve.Ints) -> resolve.Floats:
    """Kilometres from a point to each place."""
    a, b = np.radians(lat), np.radians([places.lat[p] / 1000 for p in at.tolist()])
    c = np.radians([places.lon[p] / 1000 for p in at.tolist()])
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((c - np.radians(lon)) / 2) ** 2
    return np.asarray(2 * 6371.0088 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def example(doc: Document, chosen: list[Candidate], places: Gazetteer) -> Example | None:
    """What resolution has to learn from one article."""
    o = resolve.options(doc.tokenized, chosen, places, doc.home)
    if o is None:
        return None
    right, asked = np.zeros(len(o.place)), np.zeros(len(o.starts))
    bounds = [*o.starts.tolist(), len(o.place)]
    for unit, members in enumerate(o.members):
        here = slice(bounds[unit], bounds[unit + 1])
        for t in doc.row["toponyms"]:
            if t["lat"] is not None and any(touch(chosen[i], t) for i in members):
                right[here] += distance(float(t["lat"]), float(t["lon"]), places, o.place[here]) <= NEAR
                asked[unit] += 1
    return Example(o, right, asked)


def fit_step(examples: Sequence[Example], tables: Sequence[resolve.Floats]) -> resolve.Floats:
    """Weights that make right places likely: a conditional logit with several right answers a name."""
    x = np.concatenate(list(tables))
    starts, unit, rows, units = [], [], 0, 0
    for e in examples:
        starts.append(e.options.starts + rows)
        unit.append(e.options.unit + units)
        rows += len(e.options.place)
        units += len(e.options.starts)
    first, of = np.concatenate(starts), np.concatenate(unit)
    right = np.concatenate([e.right > 0 for e in examples]).astype(float)
    asked = np.minimum(np.concatenate([e.asked for e in examples]), 3) ** 0.7
    asked *= np.add.reduceat(right, first) > 0

    def loss(weights: resolve.Floats) -> tuple[float, resolve.Floats]:
        score = x @ weights
        raised = np.exp(score - np.maximum.reduceat(score, first)[of])
        every, good = np.add.reduceat(raised, first), np.add.reduceat(raised * right, first) + 1e-12
        gap = raised / every[of] - raised * right / good[of]
        value = float((asked * np.log(every / good))[asked > 0].sum() + weights @ weights / 2)
        return value, x.T @ (gap * asked[of]) + weights

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def train_resolver(examples: Sequence[Example], path: Path) -> None:
    """Fit and write the weights of every pass."""
    weights: list[resolve.Floats | None] = [None] * len(examples)
    steps = []
    for _ in range(resolve.PASSES + 1):
        tables = [resolve.features(e.options, w) for e, w in zip(examples, weights, strict=True)]
        step = fit_step(examples, tables)
        weights = [resolve.soften(t @ step, e.options) for t, e in zip(tables, examples, strict=True)]
        steps.append(step)
    np.savez_compressed(path, weights=np.array(steps).round(4))  # what differs behind that is the machine's


def train(docs: Sequence[Document], places: Gazetteer, detector_path: Path, resolver_path: Path) -> None:
    """Both models, each written to its path."""
    train_detector([*docs, *people(docs, places)], places, detector_path)
    model = detect.Detector(detector_path)
    found = (example(doc, choose(doc, model, places), places) for doc in docs)
    train_resolver([e for e in found if e is not None], resolver_path)


def score(
    docs: Iterable[Document], places: Gazetteer, detector_path: Path, resolver_path: Path
) -> dict[str, Counter[str]]:
    """Counts of toponyms found and of those resolved within 161 km, by set."""
    model, steps = detect.Detector(detector_path), resolve.load(resolver_path)
    out: dict[str, Counter[str]] = defaultdict(Counter)
    for doc in docs:
        chosen = choose(doc, model, places)
        answers = resolve.resolve(doc.tokenized, chosen, places, doc.home, steps)
        kept = [(c, a[0]) for c, a in zip(chosen, answers, strict=True) if not detect.is_people(c, places)]
        count = out[doc.name]
        count["said"] += len(kept)
        count["gold"] += len(doc.row["toponyms"])
        for t in doc.row["toponyms"]:
            hit = next((k for k, (c, _) in enumerate(kept) if touch(c, t)), None)
            count["located"] += t["lat"] is not None
            if hit is not None:
                _, place = kept.pop(hit)
                count["found"] += 1
                if t["lat"] is not None:
                    count["found located"] += 1
                    at = np.array([max(place, 0)])
                    count["near"] += place >= 0 and distance(float(t["lat"]), float(t["lon"]), places, at)[0] <= NEAR
    return out


def rates(c: Counter[str]) -> dict[str, float]:
    """Scores as `tocsin eval places` defines them, but that names without a place in the gazetteer are wrong."""
    return {
        "precision": c["found"] / c["said"],
        "recall": c["found"] / c["gold"],
        "f1": 2 * c["found"] / (c["said"] + c["gold"]),
        "accuracy_161km": c["near"] / c["found located"],
        "end_to_end_recall": c["near"] / c["located"],
    }


def main() -> None:
    """Cross-validate, then train on everything."""
    places = gazetteer()
    docs = load(Path(sys.argv[1]), places)
    groups = [doc.group for doc in docs]
    total: dict[str, Counter[str]] = defaultdict(Counter)
    trial = detect.MODEL.with_name("trial-detect.npz"), resolve.MODEL.with_name("trial-resolve.npz")
    for inside, outside in GroupKFold(5).split(groups, groups, groups):
        train([docs[i] for i in inside], places, *trial)
        for name, counts in score((docs[i] for i in outside), places, *trial).items():
            total[name].update(counts)
    for path in trial:
        path.unlink()
    for name, counts in total.items():
        record("places", name.lower(), rates(counts))
    train(docs, places, detect.MODEL, resolve.MODEL)


if __name__ == "__main__":
    main()

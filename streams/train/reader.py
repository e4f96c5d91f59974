"""Fits the learned readers: `python -m streams.train.reader DATA` writes models/reader.npz.

`--curve` prints what they score on articles left out when they learn from a part of the articles only; `train/figures.py` prints the
scores of all. Learned from the annotated articles of incident_claims and from the articles told in own words beside them. Each model learns from
what the ones before it say of articles that they were not fitted on, and every score is of articles of another fold.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from streams.domain.extract.passages import Passage, passages
from streams.domain.mentions.learned_drafts import LIKELY, LINKED, rate
from streams.domain.mentions.learned_groups import article_facts, group_passages
from streams.domain.mentions.mention_chances import Group, family_features, mention_features
from streams.domain.mentions.passage_chances import passage_features
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.mentions.reader_model import MODEL, READERS, Linear, ReaderModel
from streams.domain.mentions.same_incident import FAR, pair_features
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, open_document
from streams.evaluate.claims import article, predict
from streams.evaluate.documents import read_rows
from streams.evaluate.scores_claims import paired
from streams.train.reading_scores import scores, table

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]
OWN = 5  # the fold of the articles told in own words, which no score is of
INNER = 4
PASSAGE_STRENGTH, PAIR_STRENGTH, MENTION_STRENGTH, FAMILY_STRENGTH, ARTICLE_STRENGTH = 0.03, 0.05, 0.03, 0.1, 0.01
"""Inverses of the regularisation."""
OWN_ARTICLES, OWN_DAY = Path(__file__).with_name("reader_own.txt"), "2024-03-13"
REPORTS = Path(__file__).with_name("reports_incident.tsv")
RATED_WEIGHT = 0.5  # of an article of which only is known whether it reports an incident
LONGEST = 5000  # characters read of such an article
COVERED = 0.5  # share of the shorter of a passage and a marked span that they have in common at least


@dataclass(slots=True, eq=False)
class Example:
    """One annotated article as read."""

    row: dict[str, Any]
    fold: int
    document: Document
    features: Floats
    told: list[list[int]]  # for each passage the mentions it is marked as part of, best first

    @property
    def mentions(self) -> list[dict[str, Any]]:
        """The annotated mentions."""
        found: list[dict[str, Any]] = self.row["mentions"]
        return found

    def roles(self) -> list[int]:
        """For each passage 0 for no mention, else one more than the place of its role in ROLES."""
        return [1 + ROLES.index(self.mentions[m[0]]["role"]) if m else 0 for m in self.told]


def examples(data: Path) -> list[Example]:
    """The annotated articles with their folds, then those in own words."""
    folder = data / "incident_claims"
    folds = json.loads((folder / "folds.json").read_text("utf-8"))
    out = []
    for name in ("docs.jsonl", "own_words.jsonl"):
        for line in (folder / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            out.append(_example(row, folds.get(row["id"], OWN)))
    return out + [_example(row, OWN) for row in own_articles()]


def own_articles() -> list[dict[str, Any]]:
    """The articles of reader_own.txt in the form of the annotated ones; ValueError names a line that is neither title nor sentence."""
    out: list[dict[str, Any]] = []
    for line in OWN_ARTICLES.read_text("utf-8").split("\n\n", 1)[1].splitlines():
        if line.startswith("# "):
            out.append({"id": f"own-{len(out)}", "title": line[2:], "text": "", "published": OWN_DAY, "mentions": {}})
            continue
        tag, bar, sentence = line.partition(" | ")
        if not bar:
            raise ValueError(f"reader_own.txt: {line!r} is neither a title nor `role family | sentence`")
        row = out[-1]
        row["text"] += "\n\n" * bool(row["text"]) + sentence
        if tag != "-":
            end = len(row["text"])
            row["mentions"].setdefault(tag, []).append({"start": end - len(sentence), "end": end})
    for row in out:
        row["mentions"] = [
            {"role": tag.split()[0], "family": tag.split()[1], "evidence": spans[0], "also": spans[1:]}
            for tag, spans in row["mentions"].items()
        ]
    return out


def _example(row: dict[str, Any], fold: int) -> Example:
    document = open_document(article(row))
    marked = [_marked(p, row["mentions"]) for p in passages(document)]
    return Example(row, fold, document, passage_features(document), marked)


class Rated(NamedTuple):
    """An article of which only is known whether it reports an incident."""

    document: Document
    features: Floats
    reports: bool


def rated_articles(data: Path) -> list[Rated]:
    """The articles of unlabelled_news that were read for whether they report an incident."""
    lines = [line.split("\t") for line in REPORTS.read_text("utf-8").splitlines() if not line.startswith("#")]
    known = {key: reports == "1" for key, reports in lines}
    out = []
    for row in read_rows(data / "unlabelled_news" / "docs.jsonl.gz", ()):
        if row["id"] in known:
            document = open_document(article({**row, "text": row["text"][:LONGEST]}))
            out.append(Rated(document, passage_features(document), known[row["id"]]))
    return out


def _marked(p: Passage, mentions: Sequence[dict[str, Any]]) -> list[int]:
    hits = []
    for n, mention in enumerate(mentions):
        spans = [mention["evidence"], *(mention.get("also") or [])]
        common, length = max((min(s["end"], p.end) - max(s["start"], p.start), s["end"] - s["start"]) for s in spans)
        if common > 0 and common >= COVERED * min(p.end - p.start, length):
            hits.append((common / length + common / (p.end - p.start), n))
    return [n for _, n in sorted(hits, reverse=True)]


def fit(
    values: Floats,
    classes: Ints,
    count: int,
    strength: float,
    *,
    weights: Floats | None = None,
    rounds: int = 100,
    scaled: bool = True,
) -> Linear:
    """A regression over `count` classes, also those that no row is of.

    Columns may be scaled alike; the scale is then taken into the weights.
    """
    scale = values.std(axis=0) + np.float32(0.05) if scaled else np.ones(values.shape[1], dtype=np.float32)
    model = LogisticRegression(C=strength, max_iter=rounds)
    model.fit(values / scale, classes, sample_weight=weights)
    out = np.zeros((values.shape[1], count), dtype=np.float32)
    bias = np.full(count, -20.0, dtype=np.float32)
    if len(model.classes_) == 2:
        out[:, model.classes_[1]], bias[model.classes_[0]], bias[model.classes_[1]] = (
            model.coef_[0] / scale,
            0,
            model.intercept_[0],
        )
    else:
        out[:, model.classes_], bias[model.classes_] = (model.coef_ / scale).T, model.intercept_
    return Linear(out, bias)


def fit_passages(seen: Sequence[Example]) -> Linear:
    """The model of passages."""
    values = np.concatenate([e.features for e in seen])
    return fit(
        values,
        np.array([r for e in seen for r in e.roles()], dtype=np.intp),
        1 + len(ROLES),
        PASSAGE_STRENGTH,
        scaled=False,
    )


def unseen_chances(seen: Sequence[Example]) -> list[Floats]:
    """Chances of each article's passages by models of the others."""
    out: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(seen)
    for part in range(INNER):
        model = fit_passages([e for n, e in enumerate(seen) if n % INNER != part])
        for n in range(part, len(seen), INNER):
            out[n] = model.chances(seen[n].features)
    return out


def fit_pairs(seen: Sequence[Example], chances: Sequence[Floats]) -> Linear:
    """The model of pairs, from passages that are marked."""
    rows, same = [], []
    for e, c in zip(seen, chances, strict=True):
        alone = group_passages(e.document, c, None, least=-1.0, link=1.0)
        facts = [g.members[0] for g in alone]
        marked = [n for n, m in enumerate(e.told) if m]
        pairs = [(i, j) for k, j in enumerate(marked) for i in marked[max(0, k - FAR) : k]]
        if pairs:
            rows.append(pair_features(facts, pairs))
            same += [e.told[i][0] in e.told[j] or e.told[j][0] in e.told[i] for i, j in pairs]
    return fit(np.concatenate(rows), np.array(same, dtype=np.intp), 2, PAIR_STRENGTH, rounds=400)


def fit_mentions(seen: Sequence[Example], chances: Sequence[Floats], pair: Linear) -> tuple[Linear, Linear]:
    """The models of groups: whether they are a mention and in which role; and of which family."""
    values, roles, kinds, families = [], [], [], []
    names = tuple(ontology().families)
    for e, c in zip(seen, chances, strict=True):
        groups = group_passages(e.document, c, pair, least=LIKELY, link=LINKED)
        facts = article_facts(e.document)
        matched = _matched(e, groups)
        values.extend(mention_features(groups, facts) if groups else [])
        for n, group in enumerate(groups):
            mention = e.mentions[matched[n]] if n in matched else None
            roles.append(1 + ROLES.index(mention["role"]) if mention else 0)
            if mention:
                kinds.append(family_features(group, facts, ROLES.index(mention["role"])))
                families.append(names.index(mention["family"]))
    role = fit(
        np.stack(values), np.array(roles, dtype=np.intp), 1 + len(ROLES), MENTION_STRENGTH, rounds=300, scaled=False
    )
    return role, fit(
        np.stack(kinds), np.array(families, dtype=np.intp), len(names), FAMILY_STRENGTH, rounds=300, scaled=False
    )


def _matched(e: Example, groups: Sequence[Group]) -> dict[int, int]:
    """For each group the mention that it is best matched with, one to one."""
    said = []
    for group in groups:
        best = max(group.members, key=lambda f: 1 - f.chances[0])
        role = int(np.stack([f.chances for f in group.members]).mean(axis=0)[1:].argmax())
        spans = [{"start": f.passage.start, "end": f.passage.end} for f in group.members]
        also = [s for s, f in zip(spans, group.members, strict=True) if f is not best]
        evidence = {"start": best.passage.start, "end": best.passage.end}
        said.append({"role": ROLES[role], "family": "", "evidence": evidence, "also": also})
    return {p: g for g, p in paired(e.mentions, said)}


def fit_articles(
    seen: Sequence[Example], chances: Sequence[Floats], rated: Sequence[Rated], models: tuple[Linear, Linear, Linear]
) -> Linear:
    """The model of articles, from the annotated ones and those that are only known to report an incident or none."""
    passage, pair, mention = models
    rows, reports, weights = [], [], []
    for e, told in zip(seen, chances, strict=True):
        rows.append(_article_row(e.document, told, pair, mention))
        reports.append(any(m["role"] == "main" for m in e.mentions))
        weights.append(1.0)
    for r in rated:
        rows.append(_article_row(r.document, passage.chances(r.features), pair, mention))
        reports.append(r.reports)
        weights.append(RATED_WEIGHT)
    classes = np.array(reports, dtype=np.intp)
    return fit(np.stack(rows), classes, 2, ARTICLE_STRENGTH, weights=np.array(weights, dtype=np.float32), rounds=300)


def _article_row(document: Document, told: Floats, pair: Linear, mention: Linear) -> Floats:
    groups = group_passages(document, told, pair, least=LIKELY, link=LINKED)
    return rate(document, groups, told, mention)[0]


def fit_all(seen: Sequence[Example], chances: Sequence[Floats], rated: Sequence[Rated]) -> ReaderModel:
    """All readers, from articles with the chances of their passages by models of others."""
    passage, pair = fit_passages(seen), fit_pairs(seen, chances)
    mention, family = fit_mentions(seen, chances, pair)
    return ReaderModel(passage, pair, mention, family, fit_articles(seen, chances, rated, (passage, pair, mention)))


def read_with(model: ReaderModel, e: Example) -> dict[str, Any]:
    """The mentions of an article as read with a model."""
    with READERS.replaced(model):
        return next(iter(predict([e.row])))


def unseen_readings(every: Sequence[Example], rated: Sequence[Rated], share: float = 1.0) -> dict[str, dict[str, Any]]:
    """Each annotated article as read by models of the other folds (of a share of their articles), by its id."""
    out: dict[str, dict[str, Any]] = {}
    for fold in sorted({e.fold for e in every} - {OWN}):
        seen = [e for e in every if e.fold != fold]
        seen = [e for n, e in enumerate(seen) if (n * 7919) % 1000 < share * 1000]
        model = fit_all(seen, unseen_chances(seen), rated)
        out.update((e.row["id"], read_with(model, e)) for e in every if e.fold == fold)
    return out


SHARES = {"a quarter": 0.25, "a half": 0.5}


def main(data: Path) -> None:
    """Write the model of all articles; `streams.train.figures` gives the scores on articles left out."""
    every, rated = examples(data), rated_articles(data)
    write(fit_all(every, unseen_chances(every), rated))
    print(f"{len(every)} articles, {len(rated)} more for whether they report; {MODEL.stat().st_size / 1e3:.0f} kB")


def curve(data: Path) -> None:
    """Print a table of articles left out, with shares of the articles that the models learn from, own words among them."""
    every, rated = examples(data), rated_articles(data)
    rows = [e.row for e in every if e.fold != OWN]
    print(table({name: scores(rows, unseen_readings(every, rated, share)) for name, share in SHARES.items()}))


def write(model: ReaderModel) -> None:
    """Store the weights that the readers load, in half precision."""
    parts = {
        f"{name} {part}": getattr(getattr(model, name), part).astype(np.float16)
        for name in model._fields
        for part in ("weights", "bias")
    }
    np.savez_compressed(MODEL, **parts)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[2:] not in ([], ["--curve"]):
        sys.exit("usage: python -m streams.train.reader DATA [--curve], the folder of the evaluation data")
    (curve if sys.argv[2:] else main)(Path(sys.argv[1]))

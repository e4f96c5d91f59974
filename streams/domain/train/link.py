"""Trains how mentions and incidents are scored: `python -m streams.domain.train.link DATA`.

The streams of `streams()` are linked with the stage's own state; every comparison that linking makes on the way is an
example: same when the commonest true story of both sides is the same. The first passes follow the truth, now and then
opening an incident too many so that merges are learnt; later ones follow a model of the pass before. Trees are boosted
with known directions (more shared words never speak against), so that they carry over to other streams.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from schemas.records import Change, CopyVerdict, Mention
from streams.domain.classify import classify
from streams.domain.cleave import APART, FEWEST, LOOKED_AT, gap, groups
from streams.domain.dedupe import DedupeState, dedupe
from streams.domain.incident import NEWS, Member, Open, opening
from streams.domain.link import JOIN, MERGE, alike, considered
from streams.domain.link_state import LinkState
from streams.domain.profile import Profile
from streams.domain.regroup import Answer, Reason, merge, split
from streams.domain.score import MODEL, PARTS, Side, Trees, compare
from streams.domain.train.held_out import record
from streams.evaluate.documents import as_streamed, read_rows
from streams.evaluate.link import article
from streams.evaluate.scores import link_scores

UP = frozenset(("text", "text_mean", "title", "title_mean", "vector", "vector_mean", "title_found", "text_held", "title_held", "vector_held",
                "rare", "rarest", "names", "name",                 "people", "age", "same_place", "same_area", "country", "killed", "injured", "family", "subtype"))  # fmt: skip
DOWN = frozenset(("km", "days", "reports"))
SCORED = {"gva": "gva_incidents", "ecb": "ecbplus", "uci": "uci_headlines", "mixed": "mixed stream"}
THIN = ("gva titles",)  # streams of which every third comparison does
EASY = 0.12  # likeness of texts below which no two accounts are of one story
METRICS = ("bcubed_precision", "bcubed_recall", "bcubed_f1", "pairwise_precision", "pairwise_recall", "pairwise_f1")
FRAGMENT = 0.15  # share of mentions that open an incident too many while the truth is followed


class Row(NamedTuple):
    """One document of a stream."""

    document: str
    truth: str
    topic: str  # stories of one topic are of one kind; no fold divides them
    mention: Mention


class Example(NamedTuple):
    """One comparison."""

    stream: str
    group: str  # the truth's topic, which no fold divides
    parts: list[float]
    same: bool
    weight: float


def streams(data: Path) -> dict[str, list[Row]]:
    """The developers' sets as they are, with titles only, and two of them mixed in one stream with dates."""
    gva, ecb = read(data, "gva_incidents"), read(data, "ecbplus")
    return {
        "gva": gva, "ecb": ecb, "uci": read(data, "uci_headlines"), "mixed": mixed(ecb, gva),
        "gva titles": read(data, "gva_incidents", body=False), "ecb titles": read(data, "ecbplus", body=False),
    }  # fmt: skip


def read(data: Path, name: str, *, body: bool = True) -> list[Row]:
    """Documents of a set in their order, copies left out, each with the mention of its news."""
    rows = read_rows(data / name / "docs.jsonl.gz")
    gold = {str(row["id"]): row for row in rows}
    window, out = DedupeState(), []
    for number, row in enumerate(as_streamed(rows)):
        a = article(row if body else row | {"text": ""}, number)
        window, verdict = dedupe(window, a)
        if body and isinstance(verdict.record, CopyVerdict):
            continue
        truth = gold[str(row["id"])]
        story, topic = f"{name} {truth['cluster']}", f"{name} {truth.get('topic', truth['cluster'])}"
        out.append(Row(str(row["id"]), story, topic, next(m for m in classify(a) if m.role in NEWS)))
    return out


def mixed(undated: list[Row], dated: list[Row]) -> list[Row]:
    """Stories without dates spread over three months among the dated ones of half a year."""
    rng = random.Random(5)  # noqa: S311
    first = datetime(2015, 1, 1, tzinfo=UTC)
    begins: dict[str, datetime] = {}
    out = [row for row in dated if first <= row.mention.reported_at < first + timedelta(days=180)]
    for row in undated:
        if row.truth not in begins:
            begins[row.truth] = first + timedelta(days=30 + 90 * rng.random())
        at = begins[row.truth] + timedelta(days=min(rng.expovariate(0.5), 20.0))
        out.append(row._replace(mention=replace(row.mention, reported_at=at, time=None)))
    return sorted(out, key=lambda row: row.mention.reported_at)


def simulate(name: str, rows: list[Row], model: Trees | None, seed: int, join: float = JOIN, merge_at: float = MERGE) -> tuple[list[Example], dict[str, str]]:
    """Links a stream and returns every comparison made."""
    rng = random.Random(seed)  # noqa: S311
    state = LinkState()
    topics = {row.truth: row.topic for row in rows}
    truth: dict[str, Counter[str]] = {}
    out: list[Example] = []
    homes: dict[str, str] = {}
    became: dict[str, str] = {}
    rows_by = {row.mention.mention_id: row for row in rows}

    def judge(parts: list[float], mine: str, topic: str, other: Counter[str]) -> None:
        best, n = other.most_common(1)[0]
        pure = n / other.total()
        if pure > 0.6 or mine not in other:
            out.append(Example(name, topic, parts, mine == best, pure))

    for row in rows:
        mention = row.mention
        for closed in state.advance(mention.reported_at):
            truth.pop(closed.incident_id, None)
        side = Side(Profile.of(Member.of(mention), state.index.idf), state.index.idf)
        compared = considered(state, mention, side)
        for i, parts in compared:
            judge(parts, row.truth, row.topic, truth[i])
        if model is not None:
            chances = model.logits([p for _, p in compared]) if compared else []
            ranked = sorted(zip(chances, compared, strict=True), key=lambda c: -c[0])
            home = ranked[0][1][0] if ranked and ranked[0][0] > logit(join) else None
            rivals = [i for c, (i, _) in ranked[:5] if c > -3 and i != home]
        else:
            right = [i for i, _ in compared if truth[i].most_common(1)[0][0] == row.truth]
            home = right[0] if right and rng.random() > FRAGMENT else None
            rivals = [i for i, _ in compared[:5] if i != home]
        home = _put(state, mention, home)
        homes[row.document] = home
        mine = truth.setdefault(home, Counter())
        mine[row.truth] += 1
        others = [state.open[i] for i in rivals]
        best, n = mine.most_common(1)[0]
        pairs = alike(state, state.open[home], others) if mine.total() > 1 else []
        for other, parts in zip(others[: len(pairs)], pairs, strict=True):
            if n / mine.total() > 0.6:
                judge(parts, best, topics[best], truth[other.incident_id])
        if model is not None:
            found = model.logits(pairs) if pairs else np.zeros(0)
            if pairs and found.max() > logit(merge_at):
                home = _merge(state, home, others[int(found.argmax())], truth, became)
            _cleave(state, home, model, rows_by, truth, homes, became, judge)
        elif rng.random() < 0.3:
            same = [o for o in others if truth[o.incident_id].most_common(1)[0][0] == best]
            if same:
                _merge(state, home, same[0], truth, became)
    return out, {document: _last(home, became) for document, home in homes.items()}


def _last(incident_id: str, became: dict[str, str]) -> str:
    while incident_id in became:
        incident_id = became[incident_id]
    return incident_id


def logit(p: float) -> float:
    """Log-odds of a probability."""
    return float(np.log(p / (1 - p)))


def _put(state: LinkState, mention: Mention, home: str | None) -> str:
    """Join or open without the records of the stage."""
    member = Member.of(mention)
    if home is None:
        home = mention.mention_id
        now = Open(opening(mention, home), [])
        state.profiles[home] = Profile.of(member, state.index.idf)
    else:
        now = state.open[home]
        state.profiles[home].merge(Profile.of(member, state.index.idf), state.index.idf)
    now.members.append(member)
    state.keep(now, Change(kind="joined"), mention.reported_at)
    return home


def _merge(state: LinkState, home: str, other: Open, truth: dict[str, Counter[str]], became: dict[str, str]) -> str:
    now = merge(state, state.open[home], other, Reason("", state.open[home].incident.last_changed), Answer())
    gone = other.incident_id if now.incident_id == home else home
    truth[now.incident_id] += truth.pop(gone)
    became[gone] = now.incident_id
    return now.incident_id


def _cleave(state: LinkState, home: str, model: Trees, row_of: dict[str, Row], truth: dict[str, Counter[str]], homes: dict[str, str],
            became: dict[str, str], judge: Callable[[list[float], str, str, Counter[str]], None]) -> None:  # fmt: skip
    now = state.open[home]
    if len(now.members) not in LOOKED_AT or now.settled.mentions:
        return
    some, others = groups(now.members, state.index.idf)
    if min(len(some), len(others)) < FEWEST:
        return
    idf = state.index.idf
    parts = compare(Side(Profile.of_all(some, idf), idf), Profile.of_all(others, idf), gap(some, others))
    mine, theirs = (Counter(row_of[m.mention.mention_id].truth for m in group) for group in (some, others))
    best, n = mine.most_common(1)[0]
    if n / mine.total() > 0.6:
        judge(parts, best, row_of[some[0].mention.mention_id].topic, theirs)
    if model.logits([parts])[0] < logit(APART):
        new = split(state, now, frozenset(m.mention.mention_id for m in some), Reason("", now.incident.last_changed), Answer())
        truth[home] = theirs
        if new is not None:
            homes |= {document: _last(known, became) for document, known in homes.items()}
            became.pop(new.incident_id, None)
            truth[new.incident_id] = mine
            for m in some:
                homes[row_of[m.mention.mention_id].document] = new.incident_id


def fit(examples: list[Example], leaves: int = 6, rounds: int = 80) -> Trees:
    """Boosted trees; every stream weighs the same."""
    x = np.array([e.parts for e in examples])
    y = np.array([e.same for e in examples])
    counts = Counter((e.stream) for e in examples)
    weight = np.array([e.weight / counts[e.stream] for e in examples])
    weight *= len(examples) / weight.sum()
    signs = [1 if p in UP else -1 if p in DOWN else 0 for p in PARTS]
    model = HistGradientBoostingClassifier(
        max_iter=rounds, max_leaf_nodes=leaves, learning_rate=0.1, min_samples_leaf=60, l2_regularization=5.0,
        monotonic_cst=signs, random_state=0, early_stopping=False, max_features=0.5,
    ).fit(x, y, sample_weight=weight)  # fmt: skip
    return exported(model)


def exported(model: HistGradientBoostingClassifier) -> Trees:
    """The fitted trees as flat arrays."""
    trees = [predictors[0].nodes for predictors in model._predictors]  # noqa: SLF001 -- there is no public export
    roots = np.cumsum([0, *map(len, trees[:-1])])
    nodes = np.concatenate(trees)
    base = np.repeat(roots, [len(t) for t in trees])
    leaf = nodes["is_leaf"].astype(bool)
    here = np.arange(len(nodes))
    children = np.empty(2 * len(nodes), np.intp)
    children[::2] = np.where(leaf, here, base + nodes["right"])
    children[1::2] = np.where(leaf, here, base + nodes["left"])
    return Trees(
        roots, np.where(leaf, 0, nodes["feature_idx"]), np.where(leaf, 0.0, nodes["num_threshold"]),
        nodes["missing_go_to_left"].astype(bool), children, np.where(leaf, nodes["value"], 0.0),
        float(model._baseline_prediction.ravel()[0]), int(nodes["depth"].max()),  # noqa: SLF001
    )  # fmt: skip


def save(model: Trees) -> None:
    """Write the trees in small types."""
    small = {"roots": np.uint16, "part": np.uint8, "at_most": np.float32, "children": np.uint16, "value": np.float32}
    arrays = {name: getattr(model, name).astype(kind) for name, kind in small.items()}
    np.savez_compressed(MODEL, **arrays, unknown_left=model.unknown_left, bias=model.bias, depth=model.depth)


def examples(sets: dict[str, list[Row]]) -> list[Example]:
    """Comparisons of a pass that follows the truth and of one that follows a model of it."""
    told = [e for name, rows in sets.items() for e in _thinned(name, simulate(name, rows, None, 0)[0])]
    model = fit(told)
    return told + [e for name, rows in sets.items() for e in _thinned(name, simulate(name, rows, model, 1)[0])]


def _thinned(name: str, found: list[Example]) -> list[Example]:
    """Some of the comparisons that are easily told apart, each of them standing for all."""
    easy = [not e.same and e.parts[PARTS.index("text")] < EASY for e in found]
    share = 3 if name in THIN else 1
    kept = [e for e, alike in zip(found, easy, strict=True) if not alike][::share]
    return kept + [e._replace(weight=4 * e.weight) for e, alike in zip(found, easy, strict=True) if alike][:: 4 * share]


def half(topic: str) -> int:
    """Which half of the topics one is in."""
    return crc32(topic.encode()) % 2


def cross_validate(sets: dict[str, list[Row]], found: list[Example]) -> None:
    """Two folds by topic: whole streams linked by a model of one half's comparisons, scored on the other half."""
    models = [fit([e for e in found if half(e.group) != fold]) for fold in (0, 1)]
    for name, data in SCORED.items():
        folds = []
        for fold, model in enumerate(models):
            _, homes = simulate(name, sets[name], model, 1)
            folds.append(_scored([row for row in sets[name] if half(row.topic) == fold], homes))
        record("link", data, {metric: sum(f[metric] for f in folds) / len(folds) for metric in METRICS})


def leave_out(sets: dict[str, list[Row]], found: list[Example]) -> None:
    """Each kind of stream linked by a model that has seen none of it, in whatever form."""
    for name, data in SCORED.items():
        model = fit([e for e in found if not _akin(name, e.stream)])
        record("link, its kind left out", data, _scored(sets[name], simulate(name, sets[name], model, 1)[1]))


def _akin(name: str, stream: str) -> bool:
    kinds = {"mixed": {"mixed", "gva", "ecb"}}
    return bool(kinds.get(name, {name[:3]}) & kinds.get(stream, {stream[:3]}))


def _scored(rows: list[Row], homes: dict[str, str]) -> dict[str, float]:
    gold = {row.document: {"cluster": row.truth} for row in rows}
    found = link_scores(gold, {row.document: {"cluster": homes[row.document]} for row in rows})
    return {metric: float(found[metric]) for metric in METRICS}


def main() -> None:
    """Cross-validate, leave each kind out, then train on everything."""
    sets = streams(Path(sys.argv[1]))
    found = examples(sets)
    print(f"{len(found)} comparisons of {sum(map(len, sets.values()))} documents")
    cross_validate(sets, found)
    leave_out(sets, found)
    save(fit(found))
    print(f"{MODEL.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()

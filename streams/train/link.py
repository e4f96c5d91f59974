"""Trains how mentions and incidents are scored: `python -m streams.train.link DATA`.

The streams of `streams.py` are linked with the stage's own state; every comparison that linking makes on the way is an
example: same when the commonest true story of both sides is the same. The first passes follow the truth, now and then
opening an incident too many so that merges are learnt; later ones follow a model of the pass before. Trees are boosted
with known directions (more shared words never speak against), so that they carry over to other streams.
"""

import math
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from schemas.records import Change, Mention
from streams.domain.linking.cluster_profile import Profile
from streams.domain.linking.incident import Open, opening
from streams.domain.linking.link import alike, considered, least, needed_to_merge
from streams.domain.linking.member import Member
from streams.domain.linking.merge_split import Reason, merge, split
from streams.domain.linking.pair_score import MODEL, PARTS, Side, Trees, compare
from streams.domain.linking.session import LinkSession
from streams.domain.linking.split_by_clustering import APART, FEWEST, LOOKED_AT, days_between, two_groups
from streams.domain.linking.state import LinkState
from streams.domain.linking.vetoes import odds
from streams.evaluate.scores import link_scores
from streams.train.held_out import record
from streams.train.link_trees import Example, fit, save
from streams.train.rows import BACKGROUND, Row, unlabelled
from streams.train.single_pass import sentence_vectors, single_pass, word_vectors
from streams.train.streams import streams

HABITS = {  # streams whose stories or whose outlets are the same: left out together
    "press": {"press", "press among others", "days ng", "days ng may"},
    "days cnn": {"days cnn"}, "days te": {"days te", "days te late"},
    "linkset": {"linkset"}, "ecb": {"ecb", "world"}, "uci": {"uci"}, "gva": {"gva"},
    "headlines": {"headlines"}, "own": {"own"},
}  # fmt: skip
OFTEN = frozenset(
    (*range(4, 17), *range(18, 33, 2), *range(36, 65, 4))
)  # accounts at which splits are tried while learning
MOST = 3_000  # comparisons of one stream that are learnt from
BY_WORDS, BY_VECTORS = 0.25, 0.45  # least cosines of the single passes; the second one's is the best on press_stream
METRICS = ("bcubed_precision", "bcubed_recall", "bcubed_f1", "pairwise_precision", "pairwise_recall", "pairwise_f1")
FRAGMENT = 0.15  # share of mentions that open an incident too many while the truth is followed


def simulate(name: str, rows: list[Row], model: Trees | None, seed: int, merge_at: float | None = None,
             looked_at: frozenset[int] = LOOKED_AT) -> tuple[list[Example], dict[str, str]]:  # fmt: skip
    """Links a stream and returns every comparison made."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    state = LinkState()
    truth: dict[str, Counter[str]] = {}
    out: list[Example] = []
    homes: dict[str, str] = {}
    became: dict[str, str] = {}
    rows_by = {row.mention.mention_id: row for row in rows}

    def judge(parts: list[float], mine: str, other: Counter[str]) -> None:
        best, n = other.most_common(1)[0]
        pure = n / other.total()
        if unlabelled(mine, best):
            return
        if pure > 0.6 or mine not in other:
            out.append(Example(name, parts, mine == best, pure))

    for row in rows:
        mention = row.mention
        for closed in state.advance(mention.reported_at):
            truth.pop(closed.incident_id, None)
        side = Side(Profile.of(Member.of(mention), state.index.idf), state.index.idf)
        compared = considered(state, mention, side)
        for i, parts in compared:
            judge(parts, row.truth, truth[i])
        if model is not None:
            chances = [
                shifted(chance, odds(side.profile, state.profiles[i], parts, state.index.idf))
                for (i, parts), chance in zip(
                    compared, model.logits([p for _, p in compared]) if compared else (), strict=True
                )
            ]
            likeliest = 1 / (1 + math.exp(-max(chances))) if chances else 0.0
            chances = [chance + state.prior.shift() for chance in chances]
            state.prior.note(likeliest)
            ranked = sorted(zip(chances, compared, strict=True), key=lambda c: -c[0])
            home = None
            if ranked:
                best, (first, _) = ranked[0]
                home = first if best > logit(least(state, mention.lang, first)) else None
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
                judge(parts, best, truth[other.incident_id])
        if model is not None:
            found = model.logits(pairs) if pairs else np.zeros(0)
            for n, (other, parts) in enumerate(zip(others, pairs, strict=False)):
                found[n] = shifted(
                    found[n], odds(state.profiles[home], state.profiles[other.incident_id], parts, state.index.idf)
                )
            short = [f < logit(merge_at or needed_to_merge(parts)) for f, parts in zip(found, pairs, strict=False)]
            found[: len(short)][short] = -np.inf
            if pairs and found.max() > -np.inf:
                home = _merge(state, home, others[int(found.argmax())], truth, became)
            if len(state.open[home].members) in looked_at:
                _split(state, home, model, rows_by, truth, homes, became, judge)
        elif rng.random() < 0.3:
            same = [o for o in others if truth[o.incident_id].most_common(1)[0][0] == best]
            if same:
                _merge(state, home, same[0], truth, became)
    return out, {document: _last(home, became) for document, home in homes.items()}


def _last(incident_id: str, became: dict[str, str]) -> str:
    while incident_id in became:
        incident_id = became[incident_id]
    return incident_id


def shifted(chance: float, factor: float) -> float:
    """Log-odds after a factor on the odds."""
    return chance + float(np.log(factor)) if factor else -np.inf


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
    now = merge(LinkSession(state), state.open[home], other, Reason("", state.open[home].incident.last_changed))
    gone = other.incident_id if now.incident_id == home else home
    truth[now.incident_id] += truth.pop(gone)
    became[gone] = now.incident_id
    return now.incident_id


def _split(state: LinkState, home: str, model: Trees, row_of: dict[str, Row], truth: dict[str, Counter[str]], homes: dict[str, str],
            became: dict[str, str], judge: Callable[[list[float], str, Counter[str]], None]) -> None:  # fmt: skip
    now = state.open[home]
    if now.retired.mentions:
        return
    some, others = two_groups(now.members, state.index.idf)
    if min(len(some), len(others)) < FEWEST:
        return
    idf = state.index.idf
    parts = compare(Side(Profile.of_all(some, idf), idf), Profile.of_all(others, idf), days_between(some, others))
    mine, theirs = (Counter(row_of[m.mention.mention_id].truth for m in group) for group in (some, others))
    best, n = mine.most_common(1)[0]
    if n / mine.total() > 0.6:
        judge(parts, best, theirs)
    if model.logits([parts])[0] < logit(APART):
        taken = frozenset(m.mention.mention_id for m in some)
        new = split(LinkSession(state), now, taken, Reason("", now.incident.last_changed))
        truth[home] = theirs
        if new is not None:
            homes |= {document: _last(known, became) for document, known in homes.items()}
            became.pop(new.incident_id, None)
            truth[new.incident_id] = mine
            for m in some:
                homes[row_of[m.mention.mention_id].document] = new.incident_id


def examples(sets: dict[str, list[Row]]) -> list[Example]:
    """Comparisons of a pass that follows the truth and of one that follows a model of it."""
    with Parallel(n_jobs=-1) as both:
        told = [e for found in both(delayed(_made)(n, rows, None) for n, rows in sets.items()) for e in found]
        model = fit(told)
        return told + [e for found in both(delayed(_made)(n, rows, model) for n, rows in sets.items()) for e in found]


def _made(name: str, rows: list[Row], model: Trees | None) -> list[Example]:
    """Comparisons of one stream that are learnt from."""
    if model is None:
        return capped(simulate(name, rows, None, 0)[0])
    return capped(simulate(name, rows, model, 1, looked_at=OFTEN)[0])


def capped(found: list[Example], most: int = MOST) -> list[Example]:
    """At most so many comparisons of a stream: the hardest of different stories, and samples that stand for the others."""
    rng = random.Random(1)  # noqa: S311 - a sample, not a secret
    same, different = ([e for e in found if e.same is alike] for alike in (True, False))
    same = _sampled(same, most // 3, rng)
    different.sort(key=_likeness, reverse=True)
    hard = (most - len(same)) // 2
    return same + different[:hard] + _sampled(different[hard:], hard, rng)


def _sampled(found: list[Example], most: int, rng: random.Random) -> list[Example]:
    if len(found) <= most:
        return found
    share = len(found) / most
    return [e._replace(weight=e.weight * share) for e in rng.sample(found, most)]


def _likeness(e: Example) -> float:
    return max(0.0 if np.isnan(e.parts[at]) else e.parts[at] for at in (PARTS.index("text"), PARTS.index("vector")))


def leave_out(sets: dict[str, list[Row]], found: list[Example], fitted: Trees) -> None:
    """Each kind of stream linked by a model that has seen none of its habits, beside the fitted one and two single passes."""
    others = {name: [e for e in found if e.stream not in kin] for name, kin in HABITS.items()}
    tables = Parallel(n_jobs=-1)(delayed(_beside)(name, sets[name], others[name], fitted) for name in HABITS)
    for name, table in zip(HABITS, tables, strict=True):
        for who, rates in table.items():
            record(f"link, {who}", name, rates)


def _beside(name: str, rows: list[Row], others: list[Example], fitted: Trees) -> dict[str, dict[str, float]]:
    """What four ways of linking score on one stream; the first learns from `others`."""
    return {
        "its kind left out": scored(rows, simulate(name, rows, fit(others), 1)[1]),
        "fitted": scored(rows, simulate(name, rows, fitted, 1)[1]),
        "single pass over words": scored(rows, single_pass(rows, word_vectors(rows), BY_WORDS)),
        "single pass over vectors": scored(rows, single_pass(rows, sentence_vectors(rows), BY_VECTORS)),
    }


def scored(rows: list[Row], homes: dict[str, str]) -> dict[str, float]:
    """B-cubed and pairwise rates of the documents whose stories are labelled."""
    gold = {row.document: {"cluster": row.truth} for row in rows if not row.truth.startswith(BACKGROUND)}
    found = link_scores(gold, {document: {"cluster": homes[document]} for document in gold})
    return {metric: float(found[metric]) for metric in METRICS}


def main() -> None:
    """Train on everything, then say what models of less score: each kind left out."""
    sets = streams(Path(sys.argv[1]))
    found = examples(sets)
    print(f"{len(found)} comparisons of {sum(map(len, sets.values()))} documents", flush=True)
    model = fit(found)
    save(model)
    print(f"{MODEL.stat().st_size / 1e3:.0f} kB", flush=True)
    leave_out(sets, found, model)


if __name__ == "__main__":
    main()

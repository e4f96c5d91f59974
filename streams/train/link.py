"""Trains how mentions and incidents are scored: `python -m streams.train.link DATA`.

The streams of `streams.py` are linked with the stage's own state; every comparison that linking makes on the way is an
example: same when the commonest true story of both sides is the same. The first passes follow the truth, now and then
opening an incident too many so that merges are learnt; later ones follow a model of the pass before. Trees are boosted
with known directions (more shared words never speak against), so that they carry over to other streams.
"""

import random
import sys
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

from streams.domain.linking.pair_score import PARTS
from streams.domain.linking.score_trees import MODEL, Trees
from streams.evaluate.scores import link_scores
from streams.train.held_out import record
from streams.train.link_pass import simulate
from streams.train.link_trees import Example, fit, save
from streams.train.rows import BACKGROUND, Row
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

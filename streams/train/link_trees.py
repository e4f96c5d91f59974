"""The trees that score comparisons: what they learn from, how they are fitted and written."""

import random
from collections import Counter
from typing import NamedTuple

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from streams.domain.linking.pair_score import BESIDE, PARTS, WORDED
from streams.domain.linking.score_trees import MODEL, Trees

DOWN = frozenset(("km", "days", "reports"))
FREE = frozenset(
    ("same_source", "event_family", "word_count")
)  # of no direction known beforehand; of every other part more speaks for
MASKED = 0.25  # share of comparisons that are learnt from again without words, and again without vectors


class Example(NamedTuple):
    """One comparison."""

    stream: str
    parts: list[float]
    same: bool
    weight: float


def fit(found: list[Example], leaves: int = 10, rounds: int = 120) -> Trees:
    """Boosted trees; a stream weighs by the root of its comparisons."""
    counts = Counter(e.stream for e in found)
    found = masked(found)
    x = np.array([e.parts for e in found])
    y = np.array([e.same for e in found])
    weight = np.array([e.weight / counts[e.stream] ** 0.5 for e in found])
    weight *= len(found) / weight.sum()
    signs = [0 if p in FREE else -1 if p in DOWN else 1 for p in PARTS]
    model = HistGradientBoostingClassifier(
        max_iter=rounds, max_leaf_nodes=leaves, learning_rate=0.1, min_samples_leaf=60, l2_regularization=5.0,
        monotonic_cst=signs, random_state=0, early_stopping=False, max_features=0.5,
    ).fit(x, y, sample_weight=weight)  # fmt: skip
    return exported(model)


def exported(model: HistGradientBoostingClassifier) -> Trees:
    """The fitted trees as flat arrays."""
    fitted, baseline = model._predictors, model._baseline_prediction  # noqa: SLF001 - there is no public export
    trees = [predictors[0].nodes for predictors in fitted]
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
        float(baseline.ravel()[0]), int(nodes["depth"].max()),
    )  # fmt: skip


def save(model: Trees) -> None:
    """Write the trees in small types."""
    small = {"roots": np.uint16, "part": np.uint8, "at_most": np.float32, "children": np.uint16, "value": np.float32}
    arrays = {name: getattr(model, name).astype(kind) for name, kind in small.items()}
    np.savez_compressed(MODEL, **arrays, unknown_left=model.unknown_left, bias=model.bias, depth=model.depth)


def masked(found: list[Example]) -> list[Example]:
    """The examples, some of them again as if in two languages, and some as if the sentence encoder were off."""
    rng = random.Random(5)  # noqa: S311 - a sample, not a secret
    vectors = {at: np.nan for at, part in enumerate(PARTS) if part.startswith("vector")}
    foreign = dict.fromkeys((*WORDED, BESIDE, BESIDE + 1), np.nan)
    return found + [
        e._replace(parts=[changed.get(at, x) for at, x in enumerate(e.parts)])
        for e in found
        for changed in (foreign, vectors)
        if rng.random() < MASKED
    ]

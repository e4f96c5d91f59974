"""The probability that two groups of accounts report the same incident, by boosted trees over the parts of their comparison.

`train/link.py` trains them; models/link.md says how they score.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MODEL = Path(__file__).parents[1] / "models" / "link.npz"
Indices = npt.NDArray[np.intp]
Matrix = npt.NDArray[np.float64]


class Trees(NamedTuple):
    """Boosted regression trees as flat arrays over all their nodes; a leaf leads to itself."""

    roots: Indices
    part: Indices
    at_most: Matrix
    unknown_left: npt.NDArray[np.bool_]
    children: Indices  # right and left of node n at 2n and 2n + 1
    value: Matrix
    bias: float
    depth: int

    def logits(self, rows: Sequence[Sequence[float]]) -> Matrix:
        """Log-odds of each row of parts."""
        x = np.array(rows, dtype=np.float64)
        both = np.concatenate(
            (np.where(np.isnan(x), -np.inf, x), x), axis=1
        )  # -inf goes left; NaN, at most nothing, goes right
        part = self.part + x.shape[1] * ~self.unknown_left
        cells = np.arange(len(x))[:, None] * both.shape[1]
        found = both.take(part.take(self.roots), axis=1)
        node = self.children.take(2 * self.roots + (found <= self.at_most.take(self.roots)))
        for _ in range(self.depth - 1):
            found = both.take(part.take(node) + cells)
            node = self.children.take(2 * node + (found <= self.at_most.take(node)))
        total: Matrix = self.value.take(node).sum(axis=1) + self.bias
        return total


@cache
def trees() -> Trees:
    """The trained model, read once."""
    with np.load(MODEL) as data:
        return Trees(
            data["roots"].astype(np.intp), data["part"].astype(np.intp), data["at_most"].astype(np.float64), data["unknown_left"],
            data["children"].astype(np.intp), data["value"].astype(np.float64), float(data["bias"]), int(data["depth"]),
        )  # fmt: skip


def scores(rows: list[list[float]]) -> list[float]:
    """Probability of each row of parts that both sides are the same incident."""
    if not rows:
        return []
    found: list[float] = (1 / (1 + np.exp(-trees().logits(rows)))).tolist()
    return found

"""A conditional logit with several right answers (McFadden 1974): which of several candidates, each of named features."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]
OF_A_KIND = ": "  # in the names of weights that hold for one kind of choice only, which are pulled twice as hard


class Choice(NamedTuple):
    """The features of every candidate, and which of them are right."""

    found: list[dict[str, float]]
    right: list[bool]


def fit_choice(chosen: Sequence[Choice], strength: float) -> dict[str, float]:
    """Weights that make right candidates likely; `strength` pulls every weight towards nothing."""
    names = sorted({name for c in chosen for features in c.found for name in features})
    column = {name: n for n, name in enumerate(names)}
    x = np.zeros((sum(len(c.found) for c in chosen), len(names)))
    for row, features in enumerate(features for c in chosen for features in c.found):
        x[row, [column[name] for name in features]] = list(features.values())
    sizes = [len(c.found) for c in chosen]
    starts, of = np.cumsum([0, *sizes[:-1]]), np.repeat(np.arange(len(sizes)), sizes)
    right = np.array([r for c in chosen for r in c.right], dtype=float)
    pull = strength * np.array([2.0 if OF_A_KIND in name else 1.0 for name in names])

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = x @ weights
        raised = np.exp(score - np.maximum.reduceat(score, starts)[of])
        every, good = np.add.reduceat(raised, starts), np.add.reduceat(raised * right, starts) + 1e-12
        gap = raised / every[of] - raised * right / good[of]
        return float(np.log(every / good).sum() + (pull * weights) @ weights / 2), x.T @ gap + pull * weights

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return {name: round(float(w), 4) for name, w in zip(names, best, strict=True)}


def write(weights: dict[str, float], path: Path) -> None:
    """Store weights as the readers load them."""
    path.write_text(json.dumps(weights, indent=1) + "\n", "utf-8")

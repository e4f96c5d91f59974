"""Whether a party near a word of harm is a figure to report: a logistic model over the features of `claim_candidates`.

`streams/train/claims.py` trains it on annotated articles and names its scores on articles that it was not fitted on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import exp
from pathlib import Path

import numpy as np

from streams.domain.extract.claim_candidates import Candidate

MODEL = Path(__file__).parents[1] / "models" / "claims.npz"
LIKELY = 0.46  # probability from which a candidate is a claim: the best F1 on articles left out


class Weights:
    """Weight of each feature by name."""

    def __init__(self, weights: dict[str, float], constant: float) -> None:
        self.weights, self.constant = weights, constant

    @classmethod
    def load(cls, path: Path) -> "Weights":
        """The weights in a file. FileNotFoundError when there is none: `make train` writes it."""
        with np.load(path) as raw:
            names = bytes(raw["names"]).decode("utf-8").split("\n")
            return cls(dict(zip(names, raw["weights"].tolist(), strict=True)), float(raw["constant"]))

    def save(self, path: Path) -> None:
        """Write them, half precision."""
        names = np.frombuffer("\n".join(self.weights).encode(), np.uint8)
        values = np.array(list(self.weights.values()), np.float16)
        np.savez_compressed(path, names=names, weights=values, constant=np.float32(self.constant))

    def probability(self, features: tuple[str, ...]) -> float:
        """How likely something with these features is what the model looks for, 0 to 1."""
        get = self.weights.get
        return 1 / (1 + exp(-max(-30.0, min(30.0, self.constant + sum(get(f, 0.0) for f in features)))))


_model: list[Weights] = []


def likelihood(candidate: Candidate) -> float:
    """How likely this candidate is a claim, 0 to 1."""
    if not _model:
        _model.append(Weights.load(MODEL))
    return _model[0].probability(candidate.features)


@contextmanager
def replaced(weights: Weights) -> Iterator[None]:
    """With other weights, as cross-validation needs; for one thread."""
    kept, _model[:] = list(_model), [weights]
    try:
        yield
    finally:
        _model[:] = kept

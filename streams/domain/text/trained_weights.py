"""A logistic model over named features, as the training scripts write it and the readers use it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from math import exp
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

_FARTHEST = 30.0  # beyond it a probability is 0 or 1


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

    def probability(self, features: Iterable[str]) -> float:
        """The model's probability for these features, 0 to 1."""
        get = self.weights.get
        score = self.constant + sum(map(get, features, repeat(0.0)))
        return 1 / (1 + exp(-max(-_FARTHEST, min(_FARTHEST, score))))


M = TypeVar("M")


class FromFile(Generic[M]):
    """A model in a file, read when it is first asked for. `load` raises FileNotFoundError when there is none."""

    def __init__(self, path: Path, load: Callable[[Path], M]) -> None:
        self.path = path
        self._load = load
        self._model: M | None = None

    def model(self) -> M:
        """The model. FileNotFoundError when there is no file: `make train` writes it."""
        if self._model is None:
            self._model = self._load(self.path)
        return self._model

    @contextmanager
    def replaced(self, model: M) -> Iterator[None]:
        """Use another model within the block, as cross-validation does; for one thread."""
        kept, self._model = self._model, model
        try:
            yield
        finally:
            self._model = kept


class Trained(FromFile[Weights]):
    """The weights of a file, read when they are first asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Weights.load)

    def probability(self, features: Iterable[str]) -> float:
        """See `Weights.probability`."""
        return self.model().probability(features)


class ChoiceWeights(FromFile[Mapping[str, float]]):
    """Weights by which one of several candidates is chosen (conditional logit), in a JSON file of names and numbers."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _named)

    def score(self, features: Mapping[str, float]) -> float:
        """The score of one candidate: the greater, the likelier. FileNotFoundError when `make train` has not written the file."""
        get = self.model().get
        return sum(value * get(name, 0.0) for name, value in features.items())


def _named(path: Path) -> Mapping[str, float]:
    weights: dict[str, float] = json.loads(path.read_text("utf-8"))
    return weights

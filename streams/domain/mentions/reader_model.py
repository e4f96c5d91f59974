"""The weights of the learned readers, one file: `train/reader.py` fits and writes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.domain.text.document import Document, annotation

MODEL = Path(__file__).parents[1] / "models" / "reader.npz"
Floats = npt.NDArray[np.float32]


class Linear(NamedTuple):
    """A multinomial logistic regression: weights of shape (features, classes), one bias a class."""

    weights: Floats
    bias: Floats

    def chances(self, values: Floats) -> Floats:
        """Probabilities of the classes for each row, shape (rows, classes), rows summing to one."""
        scores: Floats = values @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores


class ReaderModel(NamedTuple):
    """The learned readers in the order in which they are asked.

    passage: in which role of mention a passage belongs, none first; pair: whether two passages tell of one incident; mention:
    whether passages put together are a mention, and in which role; family: its family, in the ontology's order; article:
    whether the article reports an incident as news.
    """

    passage: Linear
    pair: Linear
    mention: Linear
    family: Linear
    article: Linear


class TrainedReaders:
    """The learned readers of a file, read when they are first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._model: ReaderModel | None = None

    def model(self) -> ReaderModel:
        """The readers. FileNotFoundError when there is no file: `make train` writes it."""
        if self._model is None:
            with np.load(self.path, allow_pickle=False) as stored:
                parts = {
                    name: Linear(*(stored[f"{name} {part}"].astype(np.float32) for part in Linear._fields))
                    for name in ReaderModel._fields
                }
            self._model = ReaderModel(**parts)
        return self._model

    @contextmanager
    def replaced(self, model: ReaderModel) -> Iterator[None]:
        """With other weights, as cross-validation needs; for one thread."""
        kept, self._model = self._model, model
        try:
            yield
        finally:
            self._model = kept


READERS = TrainedReaders(MODEL)


@annotation
def readers(document: Document) -> ReaderModel:
    """The model that a document is read with, from the first reader that asks to the last."""
    del document
    return READERS.model()

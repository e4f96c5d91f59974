"""The weights of the learned readers, one file: `train/reader.py` fits and writes them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from streams.domain.text.document import Document, annotation
from streams.domain.text.trained_weights import FromFile

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

    passage: in which role of mention a passage belongs, none first; pair: whether two passages report one incident; mention:
    whether passages put together are a mention, and in which role; family: its family, in the ontology's order; article:
    whether the article reports an incident as news.
    """

    passage: Linear
    pair: Linear
    mention: Linear
    family: Linear
    article: Linear

    @classmethod
    def load(cls, path: Path) -> "ReaderModel":
        """The readers of a file. FileNotFoundError when there is none."""
        with np.load(path, allow_pickle=False) as stored:
            parts = {
                name: Linear(*(stored[f"{name} {part}"].astype(np.float32) for part in Linear._fields))
                for name in cls._fields
            }
        return cls(**parts)


READERS = FromFile(MODEL, ReaderModel.load)


@annotation
def readers(document: Document) -> ReaderModel:
    """The model that a document is read with, from the first reader that asks to the last."""
    del document
    return READERS.model()

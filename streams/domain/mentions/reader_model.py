"""The weights of the learned readers, one file: `train/reader.py` fits and writes them."""

from functools import cache
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


@annotation
def readers(document: Document) -> ReaderModel:
    """The model that a document is read with: that of this release, unless training has set another."""
    del document
    return reader_model()


@cache
def reader_model() -> ReaderModel:
    """The model of this release, read once."""
    with np.load(MODEL, allow_pickle=False) as stored:
        return ReaderModel(
            *(
                Linear(stored[f"{name} weights"].astype(np.float32), stored[f"{name} bias"].astype(np.float32))
                for name in ReaderModel._fields
            )
        )

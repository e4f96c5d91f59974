"""Sentence vectors as linking compares them: 256 numbers of one scale, from the 512 of the encoder.

All news shares a direction (cosines of unrelated articles lie about 0.2) and most of its spread is along few others. The
mean of news is taken out, 256 principal components are kept, and each is divided by the root of its standard deviation:
between raw components and whitened ones, as in Arora et al. 2017 and Mu and Viswanath 2018. `train/sentence_space.py` fits it.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from streams.domain.text.sentence_encoder import encode

MODEL = Path(__file__).parents[1] / "models" / "sentence_space.npz"
DIMENSIONS = 256
Vector = npt.NDArray[np.float32]


def embed(text: str) -> Vector | None:
    """The vector of a text, 256 numbers of unit length; None for a text without letters, or while the encoder is off."""
    encoded = encode([text])
    if encoded is None or not encoded.any():
        return None
    mean, basis, _ = _space()
    vector: Vector = (encoded[0] - mean) @ basis
    return vector / np.linalg.norm(vector)


def nearest_cells(vector: Vector, most: int) -> list[int]:
    """The cells of meaning (64 centroids of news) that a vector is nearest to, nearest first."""
    like = _space()[2] @ vector
    kept = np.argpartition(like, -most)[-most:]
    found: list[int] = kept[np.argsort(-like[kept])].tolist()
    return found


@cache
def _space() -> tuple[Vector, Vector, Vector]:
    with np.load(MODEL) as data:
        mean, basis, cells = (data[name].astype(np.float32) for name in ("mean", "basis", "cells"))
    return mean, basis, cells

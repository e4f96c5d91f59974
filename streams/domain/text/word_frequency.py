"""How common words are in English at large: the prior for rarity before a stream has shown its own.

`models/words.npz` holds stems with how rare they are, estimated by `train/words.py` from the
frequency lists of the package wordfreq.
"""

import math
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

MODEL = Path(__file__).parents[1] / "models" / "words.npz"
UNKNOWN = 10.0  # rarity of a stem that the list lacks
STEP = 0.05  # rarities are stored as multiples of this


@cache
def rarities() -> dict[str, float]:
    """The rarity of every listed stem."""
    with np.load(MODEL) as data:
        stems = data["stems"].tobytes().decode().split("\n")
        return dict(zip(stems, (STEP * data["rarity"].astype(np.float64)).tolist(), strict=True))


def rarity(stem: str) -> float:
    """-ln of the chance that a text of 300 words has a stem."""
    return rarities().get(stem, UNKNOWN)


@lru_cache(maxsize=200_000)
def chance(stem: str) -> float:
    """Chance 0..1 that a text of 300 words has a stem."""
    return math.exp(-rarity(stem))

"""How common words are at large: the prior for rarity before a stream has shown its own.

`models/words.npz` holds stems of English and of some forty other languages with how rare they are, estimated by
`train/words.py` from the frequency lists of the package wordfreq.
"""

import math
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

MODEL = Path(__file__).parents[1] / "models" / "words.npz"
FUNCTION_WORDS = MODEL.with_name("function_words.txt")
UNKNOWN = 10.0  # rarity of a stem that the list lacks
STEP = 0.05  # rarities are stored as multiples of this


@cache
def rarities() -> dict[str, float]:
    """The rarity of every listed stem."""
    with np.load(MODEL) as data:
        stems = data["stems"].tobytes().decode().split("\n")
        return dict(zip(stems, (STEP * data["rarity"].astype(np.float64)).tolist(), strict=True))


@cache
def function_words() -> dict[str, frozenset[str]]:
    """By language: the folded words, other than English ones, that every few sentences have."""
    lines = FUNCTION_WORDS.read_text("utf-8").splitlines()
    return {lang: frozenset(words) for lang, *words in map(str.split, lines)}


def rarity(stem: str) -> float:
    """-ln of the chance that a text of 300 words has a stem."""
    return rarities().get(stem, UNKNOWN)


@lru_cache(maxsize=200_000)
def chance(stem: str) -> float:
    """Chance 0..1 that a text of 300 words has a stem."""
    return math.exp(-rarity(stem))

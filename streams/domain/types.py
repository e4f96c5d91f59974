"""What kind of event a passage or an article tells of: seed words of the ontology and static word vectors."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ahocorasick_rs import AhoCorasick

from streams.domain.ontology import ontology
from streams.domain.vectors import embed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)
_GUESSES = 5
_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """One type of the ontology with its probability, 0 to 1."""

    family: str
    subtype: str
    probability: float


class Lexicon:
    """Counts each type's seed phrases in a text, a phrase weighing more the longer it is."""

    def __init__(self) -> None:
        weights: dict[str, dict[int, float]] = {}
        for column, kind in enumerate(ontology().types):
            for seed in kind.seeds:
                stem = " ".join(_TOKEN.findall(seed))
                pattern = f" {stem}" if seed.endswith("*") else f" {stem} "
                weights.setdefault(pattern, {})[column] = 1.0 + 0.7 * stem.count(" ")
        self._weights = [
            [(column, weight / len(shared) ** 0.5) for column, weight in shared.items()]
            for shared in weights.values()
        ]
        self._finder = AhoCorasick(list(weights))

    def count(self, text: str) -> npt.NDArray[np.float32]:
        """Weighted seed count per type, shape (types,), each phrase counted up to twice."""
        counts = np.zeros(len(ontology().types), dtype=np.float32)
        plain = f" {' '.join(_TOKEN.findall(text.lower()))} "
        seen: dict[int, int] = {}
        for pattern, _, _ in self._finder.find_matches_as_indexes(plain, overlapping=True):
            times = seen[pattern] = seen.get(pattern, 0) + 1
            if times <= 2:
                for column, weight in self._weights[pattern]:
                    counts[column] += weight / times
        return counts


@functools.cache
def lexicon() -> Lexicon:
    """The ontology's seed phrases, compiled once."""
    return Lexicon()


@functools.cache
def _centroids() -> npt.NDArray[np.float32]:
    return embed([f"{t.definition} {' '.join(t.seeds)}" for t in ontology().types])


def classify_texts(texts: Sequence[str]) -> list[list[TypeGuess]]:
    """The likeliest types of each text, best first; never empty, `other` when nothing speaks for anything."""
    types = ontology().types
    finder = lexicon()
    scores = 6.0 * embed(texts) @ _centroids().T
    for row, text in enumerate(texts):
        scores[row] += finder.count(text)
    scores -= scores.max(axis=1, keepdims=True)
    chances = np.exp(scores)
    chances /= chances.sum(axis=1, keepdims=True)
    out = []
    for row in chances:
        best = np.argsort(-row)[:_GUESSES]
        guesses = [TypeGuess(types[k].family, types[k].subtype, float(row[k])) for k in best]
        out.append([guesses[0], *(g for g in guesses[1:] if g.probability >= _LEAST)])
    return out


def classify_text(text: str, *, title: str = "") -> list[TypeGuess]:
    """The likeliest types of one text, best first, the title counted as its first sentence."""
    return classify_texts([f"{title}\n{text}" if title else text])[0]

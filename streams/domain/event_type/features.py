"""What a text's type is read from: seed phrases of the ontology, words and word pairs, and the gist.

The gist is the text reduced to the parts its words play (`gist.json`: state, rebel, civil, shell, capture ...), so
that "troops retook the town" and "soldiers have recaptured a village" share a line: state capture ground. Its short
sequences show who did it to whom, which a bag of words cannot.
"""

from __future__ import annotations

import functools
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from ahocorasick_rs import AhoCorasick

from streams.domain.ontology.types import ontology
from streams.domain.text.tokenize import plain_words

if TYPE_CHECKING:
    import numpy.typing as npt

_GIST_FILE = Path(__file__).with_name("gist.json")
_LONGER = 0.7  # what each further word of a seed phrase adds to its weight


def tokens(text: str) -> list[str]:
    """Words and numbers of a text in lower case."""
    return plain_words(text.lower())


class Lexicon:
    """Finds each type's seed phrases in a text, a phrase weighing more the longer it is."""

    def __init__(self) -> None:
        weights: dict[str, dict[int, float]] = {}
        for column, kind in enumerate(ontology().types):
            for seed in kind.seeds:
                stem = " ".join(tokens(seed))
                pattern = f" {stem}" if seed.endswith("*") else f" {stem} "
                weights.setdefault(pattern, {})[column] = 1.0 + _LONGER * stem.count(" ")
        self._weights = [
            [(column, weight / len(shared) ** 0.5) for column, weight in shared.items()] for shared in weights.values()
        ]
        self._finder = AhoCorasick(list(weights))
        self.nothing = np.zeros(len(ontology().types), dtype=np.float32)
        self.nothing.flags.writeable = False

    def evidence(self, words: list[str]) -> npt.NDArray[np.float32]:
        """Logarithm of one plus the weight of seeds per type, shape (types,); a phrase counts up to twice.

        `nothing` itself where there is no seed.
        """
        matches = self._finder.find_matches_as_indexes(f" {' '.join(words)} ", overlapping=True)
        if not matches:
            return self.nothing
        counts = np.zeros(len(ontology().types), dtype=np.float32)
        seen: dict[int, int] = {}
        for pattern, _, _ in matches:
            times = seen[pattern] = seen.get(pattern, 0) + 1
            if times <= 2:
                for column, weight in self._weights[pattern]:
                    counts[column] += weight / times
        return np.log1p(counts)


@functools.cache
def lexicon() -> Lexicon:
    """The ontology's seed phrases, compiled once."""
    return Lexicon()


@functools.cache
def _parts() -> dict[str, str]:
    raw: dict[str, list[str]] = json.loads(_GIST_FILE.read_text(encoding="utf-8"))
    return {word: part for part, lines in raw.items() for line in lines for word in line.split()}


def part_of(word: str) -> str:
    """The part a word of small letters plays in the gist; empty when it plays none."""
    return _parts().get(word, "")


def word_terms(words: list[str]) -> list[str]:
    """Single words and pairs of neighbours, joined by a space, each once."""
    return list(dict.fromkeys([*words, *map(" ".join, itertools.pairwise(words))]))


def gist_terms(words: list[str]) -> list[str]:
    """Sequences of one to three parts, `*` standing for one part left out, `^` for the text's beginning."""
    known = _parts()
    parts: list[str] = []
    for word in words:
        part = known.get(word)
        if part is not None and (not parts or parts[-1] != part):
            parts.append(part)
    terms = parts.copy()
    terms += [f"{a} {b}" for a, b in itertools.pairwise(parts)]
    for a, b, c in zip(parts, parts[1:], parts[2:], strict=False):
        terms += (f"{a} * {c}", f"{a} {b} {c}")
    terms += [f"^ {' '.join(parts[:length])}" for length in (1, 2, 3) if length <= len(parts)]
    return list(dict.fromkeys(terms))

"""Finds thousands of words and phrases in one pass over a text, whole words only, the longest at each place."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

from streams.domain.text.tokenize import lowered, without_marks


class Cue(NamedTuple):
    """A phrase found: offsets into the text, its group, and what was stored with it."""

    start: int
    end: int
    group: str
    value: Any


def plain(text: str) -> str:
    """Lower case with every mark as a space, and a space at both ends: offset n of the text is n + 1 here."""
    return f" {without_marks(lowered(text))} "


class Phrases:
    """An automaton over (phrase, group, value) entries; several may stand under one phrase."""

    def __init__(self, entries: Iterable[tuple[str, str, Any]]) -> None:
        values: dict[str, list[tuple[str, Any]]] = {}
        for phrase, group, value in entries:
            for form in {phrase, phrase.replace("-", " - ")}:  # tokenised text has spaces around its hyphens
                values.setdefault(plain(form), []).append((group, value))
        self._values = list(values.values())
        self._finder = AhoCorasick(list(values))

    def find(self, text: str) -> list[Cue]:
        """Every phrase of the text in order; of two of one group that overlap the earlier and longer one stays."""
        found = self._finder.find_matches_as_indexes(plain(text), overlapping=True)
        found.sort(key=lambda m: (m[1], -m[2]))
        out: list[Cue] = []
        behind: dict[str, int] = {}
        last = -1
        for index, start, behind_end in found:
            end = behind_end - 2
            for group, value in self._values[index]:
                if start >= last or start >= behind.get(group, 0):  # mostly nothing found so far reaches here
                    out.append(Cue(start, end, group, value))
            for group, _ in self._values[index]:
                if end > behind.get(group, 0):
                    behind[group] = end
            last = max(last, end)
        return out

"""Finds thousands of words and phrases in one pass over a text, whole words only, the longest at each place."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick

_OTHER = re.compile(r"[^\w]|_")


class Cue(NamedTuple):
    """A phrase found: offsets into the text, its group, and what was stored with it."""

    start: int
    end: int
    group: str
    value: Any


def plain(text: str) -> str:
    """Lower case with every mark as a space, and a space at both ends: offset n of the text is n + 1 here."""
    low = text.lower()
    if len(low) != len(text):  # a few letters grow in lower case
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return f" {_OTHER.sub(' ', low)} "


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
        for index, start, end in found:
            values = self._values[index]
            if start >= last:  # nothing found so far reaches here: the common case
                out.extend([Cue(start, end - 2, group, value) for group, value in values])
            else:
                out.extend([Cue(start, end - 2, g, value) for g, value in values if start >= behind.get(g, 0)])
            for group, _ in values:
                behind[group] = max(behind.get(group, 0), end - 2)
            last = max(last, end - 2)
        return out

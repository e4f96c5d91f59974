"""Which open incidents a mention could belong to: an inverted index over their most telling terms.

Cost does not grow with the number of open incidents: each is found by a bounded number of terms, and a query
looks at a bounded number of postings, rarest terms first, the most recently changed incidents first.
"""

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from heapq import nsmallest
from itertools import islice

from schemas.records import Mention
from streams.domain.vocabulary import chance

PRIOR = 1000  # incidents' worth of trust in how rare words are at large
POSTINGS = 64  # incidents looked at for one term of a mention
ASKED = 24  # terms of a mention that are asked for
LOCAL = ("point", "city", "admin")  # precisions of a place that say where something happened


class Index:
    """Open incidents by term, and how many of them hold each term."""

    def __init__(self) -> None:
        self._found_by: dict[str, dict[str, None]] = {}
        self._terms: dict[str, tuple[str, ...]] = {}
        self._holds: dict[str, int] = {}
        self._held: dict[str, frozenset[str]] = {}
        self._log_all = math.log(PRIOR + 1)

    def __len__(self) -> int:
        return len(self._terms)

    def idf(self, word: str) -> float:
        """How telling a word is: -ln of the share of incidents that have it, as if PRIOR of English at large were open."""
        return self._log_all - math.log(_expected(word) + self._holds.get(word, 0))

    def put(self, incident_id: str, words: Iterable[str], terms: Iterable[str]) -> None:
        """Index an incident, anew or for the first time, as the newest: its words, and the terms that it is found by."""
        before = self._held.get(incident_id, frozenset())
        held = self._held[incident_id] = frozenset(words)
        for word in held - before:
            self._holds[word] = self._holds.get(word, 0) + 1
        self._let_go(before - held)
        self._unlist(incident_id)
        self._terms[incident_id] = listed = tuple(dict.fromkeys(terms))
        for term in listed:
            self._found_by.setdefault(term, {})[incident_id] = None
        self._log_all = math.log(PRIOR + len(self._held) + 1)

    def drop(self, incident_id: str) -> None:
        """Take an incident out; nothing happens when it is not in."""
        self._let_go(self._held.pop(incident_id, frozenset()))
        self._unlist(incident_id)
        self._log_all = math.log(PRIOR + len(self._held) + 1)

    def _let_go(self, words: Iterable[str]) -> None:
        for word in words:
            self._holds[word] -= 1
            if not self._holds[word]:
                del self._holds[word]

    def _unlist(self, incident_id: str) -> None:
        for term in self._terms.pop(incident_id, ()):
            found = self._found_by[term]
            del found[incident_id]
            if not found:
                del self._found_by[term]

    def candidates(self, rarity: Mapping[str, float], keys: Iterable[str], most: int) -> list[str]:
        """At most `most` incidents that share the most telling terms, best first; `rarity` is the idf of each word asked for."""
        asked = sorted((w for w in rarity if w in self._found_by), key=lambda w: (-rarity[w], w))
        shared: dict[str, float] = {}
        known = shared.get
        left, everything = ASKED, len(self._held)
        for term in (*keys, *asked):
            found = self._found_by.get(term)
            if not found:
                continue
            weight = math.log(1 + everything / len(found))
            for incident_id in islice(reversed(found), POSTINGS):
                shared[incident_id] = known(incident_id, 0.0) + weight
            left -= 1
            if not left:
                break
        return nsmallest(most, shared, key=lambda i: (-shared[i], i))


@lru_cache(maxsize=200_000)
def _expected(word: str) -> float:
    """How many of PRIOR incidents have a word, and half of one."""
    return PRIOR * chance(word) + 0.5


def cells(mention: Mention, around: int) -> tuple[str, ...]:
    """Half-degree cells at most `around` cells from a mention's place, with its kind of incident."""
    place = mention.place
    if place is None or place.lat is None or place.lon is None or place.precision not in LOCAL:
        return ()
    row, column = math.floor(place.lat * 2), math.floor(place.lon * 2)
    steps = range(-around, around + 1)
    return tuple(f"@{mention.family}:{row + r}:{column + c}" for r in steps for c in steps)

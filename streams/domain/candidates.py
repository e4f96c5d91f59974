"""Which open incidents a mention could belong to: an inverted index over their most telling terms.

Cost does not grow with the number of open incidents: each is found by a bounded number of terms, and a query
looks at a bounded number of postings, rarest terms first, the most recently changed incidents first.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from schemas.records import Mention

TERMS = 32  # terms by which one incident can be found
POSTINGS = 64  # incidents looked at for one term of a mention
ASKED = 24  # terms of a mention that are asked for
LOCAL = ("point", "city", "admin")  # precisions of a place that say where something happened


class Index:
    """Open incidents by term, and how many of them hold each term."""

    def __init__(self) -> None:
        self._found_by: dict[str, dict[str, None]] = {}
        self._terms: dict[str, tuple[str, ...]] = {}
        self._holds: Counter[str] = Counter()
        self._held: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self._terms)

    def idf(self, word: str) -> float:
        """How telling a word is: ln((1 + open incidents) / (1 + those with it)) + 1."""
        return math.log((1 + len(self._held)) / (1 + self._holds[word])) + 1

    def put(self, incident_id: str, weights: Mapping[str, float], keys: Iterable[str]) -> None:
        """Index an incident anew by its words with their weights and by further keys, as the newest."""
        self.drop(incident_id)
        self._held[incident_id] = tuple(weights)
        self._holds.update(weights.keys())
        best = sorted(weights, key=lambda w: (-weights[w] * self.idf(w), w))[:TERMS]
        self._terms[incident_id] = terms = (*best, *keys)
        for term in terms:
            self._found_by.setdefault(term, {})[incident_id] = None

    def drop(self, incident_id: str) -> None:
        """Take an incident out; nothing happens when it is not in."""
        for word in self._held.pop(incident_id, ()):
            self._holds[word] -= 1
            if not self._holds[word]:
                del self._holds[word]
        for term in self._terms.pop(incident_id, ()):
            found = self._found_by[term]
            del found[incident_id]
            if not found:
                del self._found_by[term]

    def candidates(self, words: Mapping[str, int], keys: Iterable[str], most: int) -> list[str]:
        """At most `most` incidents, those that share the most telling terms first."""
        asked = sorted(words, key=lambda w: (-self.idf(w), w))
        shared: dict[str, float] = {}
        left = ASKED
        for term in (*keys, *asked):
            found = self._found_by.get(term)
            if not found:
                continue
            weight = math.log(1 + len(self._held) / len(found))
            for incident_id in islice(reversed(found), POSTINGS):
                shared[incident_id] = shared.get(incident_id, 0.0) + weight
            left -= 1
            if not left:
                break
        return sorted(shared, key=lambda i: (-shared[i], i))[:most]


def cells(mention: Mention, around: int) -> tuple[str, ...]:
    """Half-degree cells at most `around` cells from a mention's place, with its kind of incident."""
    place = mention.place
    if place is None or place.lat is None or place.lon is None or place.precision not in LOCAL:
        return ()
    row, column = math.floor(place.lat * 2), math.floor(place.lon * 2)
    steps = range(-around, around + 1)
    return tuple(f"@{mention.family}:{row + r}:{column + c}" for r in steps for c in steps)

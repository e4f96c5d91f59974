"""Blocking: finds the open incidents that a mention could belong to, by an inverted index over their rarest terms.

Cost does not grow with the number of open incidents: each is found by a bounded number of terms, and a query
looks at a bounded number of postings, rarest terms first, the most recently changed incidents first. Accounts in other words
or another language are found by meaning: an incident is listed under the cells of its vector (an inverted file, Jégou et
al. 2011), and of those in the nearest cells the most similar are taken.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from schemas.records import Mention
from streams.domain.text.sentence_space import DIMENSIONS, Vector, nearest_cells
from streams.domain.text.word_frequency import chance

PRIOR = 1000  # weight of the rarity of words at large, in incidents
POSTINGS = 64  # incidents examined for one term of a mention
ASKED = 24  # terms of a mention that are looked up
LISTED, PROBED = 2, 4  # cells of meaning that an incident is listed under, and that a query looks at
NEIGHBOURS = 128  # incidents examined in one cell
REMEMBERED = 200_000  # words whose commonness is remembered
CELL = "~"  # begins the terms that are cells; no word does
AREA_PRECISIONS = ("point", "city", "admin")  # precisions of a place that say where something happened


class Index:
    """Open incidents by term, and how many of them hold each word. Inside it an incident is a small number, its slot."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}
        self._ids: list[str] = []  # by slot
        self._free: list[int] = []
        self._found_by: dict[
            str, int | dict[int, None]
        ] = {}  # slots by term, those changed last at the end; most terms have one
        self._terms: dict[str, tuple[str, ...]] = {}
        self._holds: Counter[str] = Counter()
        self._held: dict[str, tuple[str, ...]] = {}  # a set would take five times the memory
        self._logs: dict[str, float] = {}  # of the incidents expected to hold a word; only while they stay the same
        self._log_all = math.log(PRIOR + 1)
        self._vectors = np.zeros((0, DIMENSIONS), dtype=np.float32)  # by slot, rounded to half precision
        self._sums, self._last = (
            np.zeros(0),
            np.zeros(0, dtype=np.intp),
        )  # by slot: buffer for sums, zeros between queries

    def __len__(self) -> int:
        return len(self._terms)

    def idf(self, word: str) -> float:
        """The idf of a word: -ln of the share of incidents that have it, smoothed by PRIOR incidents of English at large."""
        log = self._logs.get(word)
        if log is None:
            log = self._log(word)
        return self._log_all - log

    def _log(self, word: str) -> float:
        if len(self._logs) >= REMEMBERED:
            self._logs.clear()
        log = self._logs[word] = math.log(_expected(word) + self._holds.get(word, 0))
        return log

    def put(self, incident_id: str, words: Iterable[str], terms: Iterable[str], vector: Vector | None = None) -> None:
        """Index an incident, or index it again, as the newest: its words, and the terms and unit vector by which it is found."""
        before = frozenset(self._held.get(incident_id, ()))
        held = self._held[incident_id] = tuple(words)
        new = [w for w in held if w not in before]
        self._holds.update(new)
        for word in new:
            self._logs.pop(word, None)
        if before:
            self._let_go(before.difference(held))
        self._unlist(incident_id)
        slot = self._slot(incident_id)
        if vector is not None:
            self._vectors[slot] = vector.astype(np.float16)
            terms = (*terms, *(f"{CELL}{n}" for n in nearest_cells(vector, LISTED)))
        self._terms[incident_id] = listed = tuple(dict.fromkeys(terms))
        for term in listed:
            found = self._found_by.setdefault(term, slot)
            if isinstance(found, dict):
                found[slot] = None
            elif found != slot:
                self._found_by[term] = {found: None, slot: None}
        self._log_all = math.log(PRIOR + len(self._held) + 1)

    def drop(self, incident_id: str) -> None:
        """Take an incident out; nothing happens when it is not in."""
        self._let_go(self._held.pop(incident_id, ()))
        self._unlist(incident_id)
        if (slot := self._slots.pop(incident_id, None)) is not None:
            self._free.append(slot)
        self._log_all = math.log(PRIOR + len(self._held) + 1)

    def _slot(self, incident_id: str) -> int:
        slot = self._slots.get(incident_id)
        if slot is None:
            slot = self._slots[incident_id] = self._free.pop() if self._free else len(self._ids)
            self._ids[slot : slot + 1] = [incident_id]
            if slot >= len(self._vectors):
                more = np.zeros((max(64, len(self._vectors)), DIMENSIONS), dtype=np.float32)
                self._vectors = np.concatenate([self._vectors, more])
        return slot

    def _let_go(self, words: Iterable[str]) -> None:
        for word in words:
            self._logs.pop(word, None)
            self._holds[word] -= 1
            if not self._holds[word]:
                del self._holds[word]

    def _unlist(self, incident_id: str) -> None:
        for term in self._terms.pop(incident_id, ()):
            found = self._found_by[term]
            if isinstance(found, int):
                del self._found_by[term]
                continue
            del found[self._slots[incident_id]]
            if len(found) == 1:
                (self._found_by[term],) = found

    def candidates(self, rarity: Mapping[str, float], keys: Iterable[str], most: int) -> list[str]:
        """At most `most` incidents that share the rarest terms, best first; `rarity` is the idf of each word of the query."""
        keys = [k for k in dict.fromkeys(keys) if k in self._found_by][:ASKED]
        words = sorted([(-rarity[w], w) for w in rarity if w in self._found_by])[: ASKED - len(keys)]
        slots: list[int] = []
        weights, lengths = [], []
        for term in (*keys, *(w for _, w in words)):
            found = self._found_by[term]
            if isinstance(found, int):
                found = {found: None}
            slots += found if len(found) <= POSTINGS else islice(reversed(found), POSTINGS)
            weights.append(math.log(1 + len(self._held) / len(found)))
            lengths.append(min(len(found), POSTINGS))
        best = self._best(np.array(slots, dtype=np.intp), np.repeat(weights, lengths), most) if slots else []
        return [i for _, i in sorted(best)[:most]]

    def near(self, vector: Vector, most: int) -> list[str]:
        """At most `most` incidents that are most similar to a unit vector, most similar first."""
        slots: list[int] = []
        for n in nearest_cells(vector, PROBED):
            found = self._found_by.get(f"{CELL}{n}", ())
            slots += (found,) if isinstance(found, int) else islice(reversed(found), NEIGHBOURS)
        if not slots:
            return []
        unique = np.array(list(dict.fromkeys(slots)), dtype=np.intp)
        like = self._vectors.take(unique, axis=0) @ vector
        if len(like) > most:
            kept = np.argpartition(like, -most)[-most:]
            unique, like = unique[kept], like[kept]
        return [
            i for _, i in sorted((-x, self._ids[slot]) for x, slot in zip(like.tolist(), unique.tolist(), strict=True))
        ]

    def _best(
        self, slots: npt.NDArray[np.intp], weights: npt.NDArray[np.float64], most: int
    ) -> list[tuple[float, str]]:
        """Negative sum of the weights, and id, of the `most` slots with the greatest sums and those that tie with the last."""
        if len(self._sums) < len(self._ids):
            self._sums, self._last = np.zeros(2 * len(self._ids)), np.zeros(2 * len(self._ids), dtype=np.intp)
        np.add.at(self._sums, slots, weights)
        at = np.arange(len(slots))
        self._last[slots] = at
        slots = slots[self._last[slots] == at]  # each once
        sums = self._sums[slots]
        self._sums[slots] = 0.0
        if len(slots) > most:
            kept = sums >= np.partition(sums, -most)[-most]
            slots, sums = slots[kept], sums[kept]
        return [(-n, self._ids[slot]) for n, slot in zip(sums.tolist(), slots.tolist(), strict=True)]


@lru_cache(maxsize=200_000)
def _expected(word: str) -> float:
    """How many of PRIOR incidents have a word, and half of one."""
    return PRIOR * chance(word) + 0.5


def cells(mention: Mention, around: int) -> tuple[str, ...]:
    """Half-degree cells at most `around` cells from a mention's place, with its kind of incident."""
    place = mention.place
    if place is None or place.lat is None or place.lon is None or place.precision not in AREA_PRECISIONS:
        return ()
    row, column = math.floor(place.lat * 2), math.floor(place.lon * 2)
    steps = range(-around, around + 1)
    return tuple(f"@{mention.family}:{row + r}:{column + c}" for r in steps for c in steps)

"""The state of dedupe: one entry for each article of the window, and an index that finds similar ones.

The index holds, for each entry, its MinHash values (Broder 1997; computed by rensa) one by one: locality-sensitive
hashing with bands of one row. Two articles share a value with the probability of their Jaccard similarity, so the
values that two share rank candidates, and an excerpt of a tenth of a story is still found. Beside them stand whole
texts, whole titles and addresses. Nothing of the index is stored: entries rebuild it.
"""

import json
import struct
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from itertools import accumulate, islice
from math import sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
from rensa import RMinHash

from streams.domain.dedupe.shingles import Hashes, TextFingerprint
from streams.domain.dedupe.similarity import CONTAINED, NEAR

WINDOW = timedelta(days=3)  # how long an article is remembered, in event time
LATENESS = timedelta(days=1)  # how much later than a newer one an article may come and still meet its copies
WHOLE_VALUES, LEAD_VALUES, SEED = 12, 6, 1997  # MinHash values of one entry: of all its shingles and of the first ones
LEAD_RUNS = 50  # shingles of the lead: what an excerpt most often keeps
VALUES = WHOLE_VALUES + LEAD_VALUES
SHARED = 2  # values that a candidate shares at least
CROWD = 64  # entries kept under one value; the newest stay, for a value that more share is boilerplate
CANDIDATES = 24  # entries compared with one article at most, those that share most values

About = tuple[str, str, str, str, float | None, float]
Kind = Literal["first", "revision", "exact", "near", "excerpt"]
_LENGTH = struct.Struct("<I")
_PACKED = struct.Struct(f"<{VALUES}I")


class Joined(NamedTuple):
    """The first of another story, shown to be a copy after all: of which article, how similar, whose despatch."""

    article_id: str
    copy_of: str
    similarity: float
    origin: str | None
    about: About


@dataclass(slots=True)
class Entry:
    """One article of the window: what later ones are compared with, and its verdict, repeated on replay.

    Times are seconds since 1970: `at` of the event, `seen` the later one of that and the newest event before it,
    from which it ages. `number` counts arrivals. `related` is the article that the verdict names, `story` the first
    of the chain; its own verdict stays when a later article shows it to be of another story.
    `about` is what a verdict on it needs: URL, title, domain and name of the source, published, fetched.
    `hashes` are the word hashes of its headline, `head` words, and of its body: its reading; `size` its runs.
    `joins` are the firsts of other stories that it showed to be of its own, whole, as those leave the window earlier.
    """

    article_id: str
    at: float
    seen: float
    url_key: int
    title_key: int
    body_key: int
    story: str
    origin: str | None
    number: int = -1
    kind: Kind = "first"
    related: str | None = None
    similarity: float = 0.0
    joins: tuple[Joined, ...] = ()
    about: About = ("", "", "", "", None, 0.0)
    size: int = 0
    head: int = 0
    hashes: bytes = b""

    @property
    def keys(self) -> set[int]:
        """Its keys in the index beside the MinHash values; 0 is no key."""
        keys = {self.url_key, self.title_key, self.body_key}
        keys.discard(0)
        return keys

    def reading(self) -> TextFingerprint:
        """The article as it was read when it came."""
        hashed = np.frombuffer(self.hashes, np.uint64)
        return TextFingerprint.of(hashed[: self.head], hashed[self.head :])

    def dump(self) -> bytes:
        """The entry as stored: length and JSON of the small fields, then the hashes as they are."""
        small = {f: getattr(self, f) for f in _SMALL}
        head = json.dumps(small, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        return b"".join((_LENGTH.pack(len(head)), head, self.hashes))

    @classmethod
    def restore(cls, stored: bytes) -> "Entry":
        """The entry of what `dump` gave."""
        (length,) = _LENGTH.unpack_from(stored)
        end = _LENGTH.size + length
        small: dict[str, Any] = json.loads(stored[_LENGTH.size : end].decode("utf-8", "surrogatepass"))
        joins = tuple(Joined._make([*known, tuple(about)]) for *known, about in small["joins"])
        small |= {"joins": joins, "about": tuple(small["about"])}
        return cls(**small, hashes=stored[end:])


_SMALL = tuple(f.name for f in fields(Entry) if f.name != "hashes")


@dataclass(slots=True)
class DedupeState:
    """The sliding window of one partition.

    Entries live `window` of event time after they came; copies are looked for up to `window - lateness` apart, so
    that an article that comes up to `lateness` out of order meets the same ones as in order.
    """

    window: timedelta = WINDOW
    lateness: timedelta = LATENESS
    entries: dict[str, Entry] = field(default_factory=dict)
    newest: float = float("-inf")
    _count: int = 0
    _index: "Index | None" = None
    _ages: deque[tuple[float, str]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.lateness < self.window:
            raise ValueError(f"lateness {self.lateness} must be shorter than the window {self.window}; lower it")

    def dump(self, article_id: str) -> bytes:
        """What to store for one article of the window; KeyError when it is not in it."""
        return self.entries[article_id].dump()

    def restore(self, article_id: str, stored: bytes) -> None:
        """Takes back what `dump` gave, in any order; an older state of the same article is replaced."""
        entry = self.entries[article_id] = Entry.restore(stored)
        self.newest = max(self.newest, entry.seen)
        self._count = max(self._count, entry.number + 1)
        self._index = None

    @property
    def reach(self) -> float:
        """Seconds of event time within which two articles can be copies."""
        return (self.window - self.lateness).total_seconds()

    def index(self) -> "Index":
        """The index over all entries, rebuilt when entries were restored."""
        if self._index is None:
            self._index = Index()
            self._ages.clear()
            entries = sorted(self.entries.values(), key=lambda e: e.number)
            for entry, values in zip(entries, minhash([e.reading().runs for e in entries]), strict=True):
                self._index.meet(entry.number, values, entry.keys)
                self._index.entries[entry.number] = entry
                self._ages.append((entry.seen, entry.article_id))
        return self._index

    def meet(self, entry: Entry, values: list[int]) -> list[Entry]:
        """Adds an entry by its MinHash values and returns those that it may be a copy of, the most alike first."""
        index = self.index()
        entry.number = self._count
        self._count += 1
        met = index.meet(entry.number, values, entry.keys)
        index.entries[entry.number] = self.entries[entry.article_id] = entry
        self._ages.append((entry.seen, entry.article_id))
        likely = (known for n, shared in met if may_be_alike(shared, entry.size, (known := index.entries[n]).size))
        return list(islice(likely, CANDIDATES))

    def advance(self, to: float) -> tuple[str, ...]:
        """Moves event time on and forgets what is older than the window; ids of the forgotten."""
        index = self.index()
        self.newest = max(self.newest, to)
        oldest, gone = self.newest - self.window.total_seconds(), []
        while self._ages and self._ages[0][0] < oldest:
            entry = self.entries.pop(self._ages.popleft()[1])
            index.remove(entry)
            gone.append(entry.article_id)
        return tuple(gone)


class Index:
    """Finds the entries that share MinHash values, whole texts, titles or addresses with an article.

    A value that one entry has maps to its number, one that several have to a list of them.
    """

    __slots__ = ("_filed", "_keys", "_values", "entries")

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self._filed: dict[int, bytes] = {}
        self._values: tuple[dict[int, int | list[int]], ...] = tuple({} for _ in range(VALUES))
        self._keys: dict[int, list[int]] = {}

    def meet(self, number: int, values: list[int], keys: set[int]) -> list[tuple[int, int]]:
        """Files an article under its values and keys; numbers of others and how much they share, most first.

        A key counts like all MinHash values together.
        """
        votes: dict[int, int] = {}
        for filed, value in zip(self._values, values, strict=False):
            here = filed.setdefault(value, number)
            if here is number:  # new under this value
                continue
            if isinstance(here, int):
                votes[here] = votes.get(here, 0) + 1
                filed[value] = [here, number]
            else:
                for other in here:
                    votes[other] = votes.get(other, 0) + 1
                here.append(number)
                if len(here) > CROWD:
                    del here[0]
        found = {n: v for n, v in votes.items() if v >= SHARED} if votes else votes
        for key in keys:
            under = self._keys.get(key)
            if under is None:
                self._keys[key] = [number]
                continue
            for other in under:
                found[other] = found.get(other, 0) + VALUES
            under.append(number)
            if len(under) > CROWD:
                del under[0]
        self._filed[number] = _PACKED.pack(*values) if values else b""
        return sorted(found.items(), key=lambda f: (-f[1], f[0]))

    def remove(self, entry: Entry) -> None:
        """Takes an entry out again."""
        number = entry.number
        del self.entries[number]
        packed = self._filed.pop(number)
        for filed, value in zip(self._values, _PACKED.unpack(packed) if packed else (), strict=False):
            here = filed.pop(value, number)
            if here == number:
                continue
            if isinstance(here, list):
                _without(here, number)
            if here:
                filed[value] = here
        for key in entry.keys:
            under = self._keys.get(key)
            if under:
                _without(under, number)
                if not under:
                    del self._keys[key]


def _without(numbers: list[int], number: int) -> None:
    """Takes a number out; the oldest stands first, and one that a crowd pushed out is gone already."""
    if number in numbers:
        numbers.remove(number)


def may_be_alike(shared: int, one: int, other: int) -> bool:
    """Whether sets of these sizes that share so few MinHash values may be near or excerpt all the same.

    The values shared are binomial around the Jaccard similarity; three standard deviations are allowed for.
    """
    if shared >= VALUES:
        return True
    shorter, longer = (one, other) if one < other else (other, one)
    part = CONTAINED * shorter
    least = min(NEAR, part / (longer + shorter - part))
    return shared >= WHOLE_VALUES * least - 3 * sqrt(WHOLE_VALUES * least * (1 - least))


def minhash(sets: Sequence[Hashes]) -> list[list[int]]:
    """MinHash values of each text's shingle hashes, in the order of the text: `WHOLE_VALUES` of all, `LEAD_VALUES` of the first."""
    parts = [part for runs in sets for part in (runs, runs[:LEAD_RUNS])]
    if not parts:
        return []
    rows: list[list[int]] = RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(parts), [0, *accumulate(map(len, parts))], WHOLE_VALUES, SEED
    ).to_rows()
    return [
        [*whole, *lead[:LEAD_VALUES]] if len(runs) else []
        for runs, whole, lead in zip(sets, rows[::2], rows[1::2], strict=True)
    ]

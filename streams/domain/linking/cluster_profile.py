"""The profile of an incident: sums over its accounts, so that accounts and whole incidents are compared alike.

Words are sums of the accounts' vectors (1 + ln of the count, over the account's length), so that the product of two profiles is
the sum over all pairs of their accounts: average linkage at the cost of one comparison.
"""

import base64
import math
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import timedelta
from sys import intern
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from streams.domain.mentions.link_features import AS_ENGLISH, stems_of
from streams.domain.text.lead import headline
from streams.domain.text.sentence_space import DIMENSIONS

if TYPE_CHECKING:
    from schemas.records import Place
    from streams.domain.linking.member import Member

Vector = npt.NDArray[np.float32]
Weight = Callable[[str], float]
DAY = timedelta(days=1)
MOST = {"words": 600, "title": 200, "names": 160, "places": 12}  # kept of one incident, half of them after a pruning
TERMS = 32  # words by which one incident can be found


class Profile:
    """Sums over the accounts of an incident."""

    __slots__ = (
        "_inside", "account", "accounts", "days", "kinds", "langs", "length", "names", "places", "rarity", "sources", "squares", "stated", "terms", "title",
        "title_length", "tolls", "vector", "word_count", "words",
    )  # fmt: skip

    def __init__(self) -> None:
        self.account = ""  # the mention whose account alone this is, as `of` made it
        self.accounts = 0
        self.words: dict[str, float] = {}
        self.title: dict[str, float] = {}
        self.names: dict[str, float] = {}
        self.places: dict[str, float] = {}  # as `_spot` writes them
        self.days: dict[str, float] = {}  # days of the event, since the year 1
        self.stated: dict[str, float] = {}  # those of them that a text states
        self.tolls: dict[str, float] = {}
        self.kinds: dict[str, float] = {}
        self.sources: dict[str, float] = {}
        self.langs: dict[str, float] = {}  # empty for an account whose language is not known
        self.vector: Vector = np.zeros(DIMENSIONS, dtype=np.float32)
        self.length = 0.0  # of the words, under the idf of the last change
        self.title_length = 0.0
        self.squares = 0.0  # sum of the squared lengths of single accounts
        self.word_count = 0  # sum of the different words of single accounts
        self.terms: list[str] = []  # the words that it is found by
        self.rarity: dict[str, float] = {}  # idf of the words, for as long as no more come in
        self._inside: tuple[float, tuple[float, float]] | None = None  # vector's length and cohesion, until it changes

    @classmethod
    def of(cls, member: "Member", idf: Weight) -> "Profile":
        """The profile of one account."""
        profile = cls()
        profile._count(member, 1)
        whole = not any(len(getattr(profile, name)) > most for name, most in MOST.items())
        profile.measure(idf)
        profile.squares = profile.length**2
        profile.account = member.mention.mention_id if whole else ""
        return profile

    @classmethod
    def of_all(cls, members: Iterable["Member"], idf: Weight) -> "Profile":
        """The profile of several accounts."""
        profile = cls()
        for member in members:
            profile.merge(cls.of(member, idf), idf)
        return profile

    def _count(self, member: "Member", sign: int) -> None:
        m, features = member.mention, member.features
        self._inside, self.account = None, ""
        self.accounts += sign
        counts = features.words
        self.word_count += sign * len(counts)
        weights = {n: damped(n) for n in set(counts.values())}
        squares = {n: weight * weight for n, weight in weights.items()}
        length = math.sqrt(sum([squares[n] for n in counts.values()])) or 1.0
        shares = {
            n: weight / length for n, weight in weights.items()
        }  # one number for all words of a count: they are kept
        _sum(self.words, {w: shares[n] for w, n in counts.items()}, sign)
        title = _title_stems(headline(m.title, m.source.domain), m.lang, counts)
        _sum(self.title, dict.fromkeys(title, 1 / math.sqrt(len(title) or 1)), sign)
        _sum(self.names, dict.fromkeys(features.names, 1.0), sign)
        if m.place is not None and m.place.country:
            _sum(self.places, {_spot(m.place): 1.0}, sign)
        if m.time is not None and m.time.precision in ("day", "instant"):
            day = {str(m.time.start.toordinal()): 1.0}
            _sum(self.days, day, sign)
            if m.time.end - m.time.start <= DAY:  # longer periods say nothing: the days of the report are used
                _sum(self.stated, day, sign)
        _sum(self.tolls, dict.fromkeys(_tolls(member), 1.0), sign)
        _sum(self.kinds, {m.family: 1.0, f"{m.family}/{m.subtype}": 1.0}, sign)
        _sum(self.langs, {m.lang: 1.0} if m.lang else {}, sign)
        _sum(self.sources, {m.source.domain or m.origin: 1.0}, sign)
        if features.vector:
            self.vector = self.vector + np.float32(sign) * floats(features.vector)

    def take_out(self, members: Iterable["Member"], idf: Weight) -> None:
        """Subtract these members."""
        for member in members:
            if member.profiled:
                alone = Profile.of(member, idf)
                self._count(member, -1)
                self.squares = max(0.0, self.squares - alone.squares)
        self.measure(idf)

    def merge(self, other: "Profile", idf: Weight) -> None:
        """Add all accounts of another profile. Lengths and terms are carried over, not measured again."""
        rarity = other.rarity or {w: idf(w) for w in other.words}
        self.length = _longer(self.length, self.words, other.length, other.words, rarity)
        titles = {w: rarity.get(w) or idf(w) for w in other.title}
        self.title_length = _longer(self.title_length, self.title, other.title_length, other.title, titles)
        self.rarity = {}
        self._inside, self.account = None, ""
        self.accounts += other.accounts
        self.squares += other.squares
        self.word_count += other.word_count
        for name in SUMS:
            _sum(getattr(self, name), getattr(other, name), 1)
        self.vector = self.vector + other.vector
        if any(len(getattr(self, name)) > most for name, most in MOST.items()):
            self.measure(idf)
        else:
            told = {*self.terms, *other.terms}
            weights = {w: self.words[w] * (rarity.get(w) or idf(w)) for w in told if w in self.words}
            self.terms = _heaviest(weights)

    def measure(self, idf: Weight) -> None:
        """Measure lengths and terms again, and drop the smallest of too many words, names and places."""
        self._inside = None
        self.rarity = rarity = {w: idf(w) for w in self.words}
        if len(self.words) > MOST["words"]:
            _prune(self.words, {w: n * rarity[w] for w, n in self.words.items()}, MOST["words"])
        for name in ("title", "names", "places"):
            sums = getattr(self, name)
            _prune(sums, sums, MOST[name])
        weights = {w: n * rarity[w] for w, n in self.words.items()}
        self.terms = _heaviest(weights)
        self.length = math.sqrt(sum([n * n for n in weights.values()]))
        self.title_length = math.sqrt(sum([(n * (rarity.get(w) or idf(w))) ** 2 for w, n in self.title.items()]))

    def inside(self) -> tuple[float, tuple[float, float]]:
        """Length of the vector, and the mean products of two accounts' words and vectors; NaN of a single account."""
        if self._inside is None:
            square = float(self.vector @ self.vector)
            pairs = self.accounts * (self.accounts - 1)
            means = math.nan, math.nan
            if pairs > 0:
                means = (self.length**2 - self.squares) / pairs, (square - self.accounts) / pairs
            self._inside = math.sqrt(square), means
        return self._inside

    def direction(self) -> Vector | None:
        """The vector at unit length; None when no account has one."""
        length, _ = self.inside()
        return self.vector / np.float32(length) if length else None

    def dump(self, kept: Container[str] = ()) -> dict[str, Any]:
        """The profile as JSON values; without the sums when it is that of one account, and that is among those `kept`."""
        single = {name: getattr(self, name) for name in SINGLE}
        if self.account in kept:
            return {**single, "account": self.account}
        vector = base64.b64encode(self.vector.astype("<f4").tobytes()).decode()
        return {**{name: getattr(self, name) for name in SUMS}, **single, "vector": vector}

    @classmethod
    def load(cls, row: dict[str, Any], member: "Member | None" = None) -> "Profile":
        """The profile that `dump` gave; `member` is the one account of a profile without sums."""
        profile = cls()
        if member:
            profile._count(member, 1)
            profile.account = member.mention.mention_id
        else:
            for name in SUMS:
                setattr(profile, name, row[name])
            profile.words = {intern(w): n for w, n in profile.words.items()}
            profile.vector = np.frombuffer(base64.b64decode(row["vector"]), dtype="<f4").astype(np.float32)
        for name in SINGLE:
            if name in row:  # entries of before December 2026 lack `word_count`
                setattr(profile, name, row[name])
        return profile


SINGLE = ("accounts", "length", "title_length", "squares", "terms", "word_count")
SUMS = ("words", "title", "names", "places", "days", "stated", "tolls", "kinds", "sources", "langs")


def damped(count: int) -> float:
    """Weight of a word that stands `count` times: 1 + ln(count)."""
    return 1.0 if count == 1 else 1 + math.log(count)


def floats(vector: bytes) -> Vector:
    """A features vector as 256 float32 values."""
    return np.frombuffer(vector, dtype="<f2").astype(np.float32)


def _sum(into: dict[str, float], what: Mapping[str, float], sign: int) -> None:
    if sign > 0 and not into:
        into.update(what)
        return
    if sign > 0:
        for key, n in what.items():
            into[key] = into.get(key, 0.0) + n
        return
    for key, n in what.items():
        left = into.get(key, 0.0) - n
        if left > 1e-6:
            into[key] = left
        else:
            into.pop(key, None)


def _title_stems(title: str, lang: str | None, words: Container[str]) -> tuple[str, ...]:
    """Stems of a headline as they are in the words of its text; a text may be in English whatever language it states."""
    stems = stems_of(title)
    if lang in AS_ENGLISH:
        return stems
    return max(stems_of(title, lang), stems, key=lambda found: sum(w in words for w in found))


def _heaviest(weights: Mapping[str, float]) -> list[str]:
    """The words of the greatest weights, in their order."""
    return [w for _, w in sorted([(-n, w) for w, n in weights.items()])[:TERMS]]


def _longer(
    length: float, sums: Mapping[str, float], other: float, added: Mapping[str, float], rarity: Mapping[str, float]
) -> float:
    """Length of the sum of two vectors of known lengths."""
    shared = sum([n * sums[w] * rarity[w] ** 2 for w, n in added.items() if w in sums])
    return math.sqrt(length * length + other * other + 2 * shared)


def _prune(sums: dict[str, float], worth: Mapping[str, float], most: int) -> None:
    if len(sums) > most:
        for key in sorted(sums, key=lambda w: (-worth[w], w))[most // 2 :]:
            del sums[key]


def _spot(place: "Place") -> str:
    """Country, name, precision and coordinates of a place as one key."""
    at = "" if place.lat is None or place.lon is None else f"{place.lat:.3f},{place.lon:.3f}"
    parts = (place.country, place.name.lower(), place.precision, place.admin1)
    return "|".join([*((p or "").replace("|", " ") for p in parts), at])


def _tolls(member: "Member") -> set[str]:
    """The killed and injured that an account states first: further figures are often of earlier events, or of parts."""
    out = set()
    for what in ("killed", "injured"):
        stated = [c.min for c in member.mention.claims if c.what == what and c.min is not None]
        if stated:
            out.add(f"{what} {stated[0]}")
    return out

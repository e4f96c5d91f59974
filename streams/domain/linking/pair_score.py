"""What two groups of accounts have in common, as named parts; score_trees.py makes one probability of them.

A group is one mention or a whole open incident; the same comparison serves for linking and for merging.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from streams.domain.geo.distance import kilometres
from streams.domain.linking.blocking import AREA_PRECISIONS
from streams.domain.linking.cluster_profile import Profile, Weight
from streams.domain.mentions.link_features import stems_of

FAR = 3000.0  # kilometres beyond which distance does not matter
LONG = 400.0  # days beyond which distance in time does not matter
SAME = 0.25  # days within which reports count as simultaneous: the time of collection says nothing
UNKNOWN = math.nan
TOWN_PRECISIONS = frozenset(("point", "city"))
EVENT_FAMILIES = frozenset(
    ("accidents", "battles", "crime", "disasters", "explosions", "protests", "riots", "violence-against-civilians")
)
UNREAD = "other/unread"  # the kind of a text in a language that is not read
PARTS = (
    "text", "title", "title_found", "found", "vector", "text_held", "vector_held",
    "names", "name", "people", "age", "numbers", "km", "same_place", "same_area", "country", "place_told",
    "days", "reports", "family", "subtype", "event_family", "killed", "injured", "same_source",
    "word_count", "text_best", "text_usual", "vector_best", "vector_usual",
)  # fmt: skip
TEXT, VECTOR, EVENT_FAMILY = PARTS.index("text"), PARTS.index("vector"), PARTS.index("event_family")
SAME_PLACE, TOLLS = PARTS.index("same_place"), (PARTS.index("killed"), PARTS.index("injured"))
BESIDE = PARTS.index("text_best")  # from here on they are known of a mention among its candidates only
WORDED = tuple(
    map(PARTS.index, ("text", "title", "title_found", "found", "text_held", "names", "name", "people", "place_told"))
)  # parts in which two languages have nothing in common, which says nothing
SLIGHT = 0.02  # likeness of texts that is no more than chance
Held = tuple[float, float]


class ProfilePlace(NamedTuple):
    """A place of a profile."""

    country: str
    name: str
    precision: str
    area: str
    lat: float | None
    lon: float | None


class ProfilePlaces(NamedTuple):
    """The places of a profile, as they are compared."""

    fine: tuple[ProfilePlace, ...]  # those with coordinates that are finer than a country
    local: frozenset[str]  # names of those finer than a country
    names: frozenset[str]
    areas: frozenset[tuple[str, str]]
    countries: frozenset[str]


class Rarity(dict[str, float]):
    """The idf of words, looked up when first asked for."""

    def __init__(self, idf: Weight) -> None:
        super().__init__()
        self._idf = idf

    def __missing__(self, word: str) -> float:
        found = self[word] = self._idf(word)
        return found


class Side:
    """One group, weighed once for all that it is compared with."""

    def __init__(self, profile: Profile, idf: Weight) -> None:
        self.profile = profile
        self.rarity = rarity = profile.rarity or Rarity(idf)
        self.title_rarity = {w: rarity.get(w) or idf(w) for w in profile.title}
        self.title = [(w, n * self.title_rarity[w] ** 2) for w, n in profile.title.items()]
        self.said = sum(self.title_rarity.values())
        self.told = sum([rarity[w] for w in profile.words])
        self.numbers = {w: rarity[w] for w in profile.words if w[0].isdigit()}
        self.names = {n: sum([idf(stem) for stem in _name_stems(n)]) for n in profile.names}
        self.named = sum(self.names.values())
        self.ground = ground(profile)
        self.vector_length, self.cohesion = profile.inside()
        self.days = [int(d) for d in _commonest(profile.days, 3)]
        self.family = _top([k for k in profile.kinds if "/" not in k], profile.kinds)
        self.subtype = _top([k for k in profile.kinds if "/" in k], profile.kinds)


def compare(one: Side, other: Profile, apart: float) -> list[float]:
    """The PARTS of the score; `apart` is the days between the reports of both. NaN where nothing is known."""
    a, b = one.profile, other
    here, there = a.words, b.words
    shared_words = [w for w in here if w in there] if len(here) <= len(there) else [w for w in there if w in here]
    rarity = [one.rarity[w] for w in shared_words]
    dot = sum([here[w] * r * r * there[w] for w, r in zip(shared_words, rarity, strict=True)])
    ages = sum([w[-1] == "y" and w[0].isdigit() for w in shared_words])
    mine, theirs = max(1, a.accounts), max(1, b.accounts)  # none are left where revisions took all out
    pairs = mine * theirs
    title = sum([n * b.title[w] for w, n in one.title if w in b.title])
    titles = a.title_length * b.title_length
    vector = float(a.vector @ b.vector)
    vector_length, cohesion = b.inside()
    lengths = one.vector_length * vector_length
    found = sum([g for w, g in one.title_rarity.items() if w in there])
    shared = [n for n in one.names if n in b.names]
    names = one.named and b.names
    row = [
        dot / (a.length * b.length or 1.0),
        title / titles if titles else UNKNOWN,
        found / one.said if one.said else UNKNOWN,
        sum(rarity) / one.told if one.told else UNKNOWN,
        vector / lengths if lengths else UNKNOWN,
        *_held((dot / pairs, vector / pairs if lengths else UNKNOWN), one.cohesion, cohesion),
        sum([one.names[n] for n in shared]) / one.named if names else UNKNOWN,
        max([one.names[n] for n in shared], default=0.0) if names else UNKNOWN,
        float(sum([" " in n for n in shared])) if names else UNKNOWN,
        float(ages),
        _numbers(one.numbers, there),
        *_where(one.ground, there_ground := ground(b)),
        _place_told(one, b, there_ground),
        _days_apart(one.days, b.days),
        _log_days(apart),
        b.kinds.get(one.family, 0.0) / theirs,
        b.kinds.get(one.subtype, 0.0) / theirs,
        _event_family(one.subtype, _top([k for k in b.kinds if "/" in k], b.kinds)),
        _tolls(a.tolls, b.tolls, "killed"),
        _tolls(a.tolls, b.tolls, "injured"),
        float(not a.sources.keys().isdisjoint(b.sources)),
        math.log1p(min(a.word_count / mine, b.word_count / theirs)) or UNKNOWN,
        UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN,
    ]  # fmt: skip
    if a.langs and b.langs and a.langs.keys().isdisjoint(b.langs):
        for at in WORDED:
            row[at] = row[at] or UNKNOWN
        if math.isnan(row[SAME_PLACE]):  # events in two places often have equal tolls, and few other parts are known
            for at in TOLLS:
                row[at] = min(row[at], 0.0) or UNKNOWN
    return row


def _event_family(kind: str, other: str) -> float:
    """Which of the two kinds are events at a place and time rather than stories: 0, 0.5 or 1; NaN where one was not read."""
    if UNREAD in (kind, other):
        return UNKNOWN
    return sum(k.partition("/")[0] in EVENT_FAMILIES for k in (kind, other)) / 2


def _numbers(mine: Mapping[str, float], there: Mapping[str, float]) -> float:
    """Share of the numbers that the other side states too, weighted by rarity; NaN where one side has none."""
    if not mine or not any(w[0].isdigit() for w in there):
        return UNKNOWN
    return sum([r for w, r in mine.items() if w in there]) / sum(mine.values())


def _place_told(one: Side, other: Profile, there: ProfilePlaces) -> float:
    """Whether either side's text names the other's place; NaN where one names none finer than a country."""
    here = one.ground
    if not here.local or not there.local:
        return UNKNOWN
    return float(names_one(other, here) or names_one(one.profile, there))


def names_one(profile: Profile, ground_of: ProfilePlaces) -> bool:
    """Whether a text names one of some places that are finer than a country."""
    return any(
        name in profile.names or all(stem in profile.words for stem in _name_stems(name)) for name in ground_of.local
    )


def set_beside(rows: Sequence[list[float]]) -> None:
    """Fill in how far each comparison of a mention stands out from its others: these parts have no scale of their own.

    A cosine of 0.3 says little where all news is of one kind, and much among headlines.
    """
    if len(rows) < 2:
        return
    texts, vectors = ([0.0 if math.isnan(r[at]) else r[at] for r in rows] for at in (TEXT, VECTOR))
    for row, text, vector in zip(rows, texts, vectors, strict=True):
        best, usual = _others(texts, text)
        near, middle = _others(vectors, vector)
        row[BESIDE:] = text / (text + best + SLIGHT), text / (text + usual + SLIGHT), vector - near, vector - middle
        if math.isnan(row[TEXT]):
            row[BESIDE : BESIDE + 2] = UNKNOWN, UNKNOWN
        if math.isnan(row[VECTOR]):
            row[BESIDE + 2 :] = UNKNOWN, UNKNOWN


def _others(values: list[float], one: float) -> tuple[float, float]:
    """The greatest and the (lower) median of the other values."""
    others = sorted(values)
    others.remove(one)
    return others[-1], others[(len(others) - 1) // 2]


def named(row: list[float]) -> dict[str, float]:
    """The known parts of a score by name, rounded for the record."""
    return {name: round(value, 4) for name, value in zip(PARTS, row, strict=True) if not math.isnan(value)}


def _log_days(apart: float) -> float:
    """ln(1 + days) between reports; NaN where no report of one side is dated."""
    if math.isnan(apart):
        return UNKNOWN
    return math.log1p(min(apart, LONG)) if apart > SAME else 0.0


def _held(across: Held, one: Held, other: Held) -> list[float]:
    """Similarity relative to cohesion: mean products between the sides over those within the tighter one."""
    if math.isnan(one[0]) and math.isnan(other[0]):  # two single accounts
        return [UNKNOWN] * len(across)
    out = []
    for mean, a, b in zip(across, one, other, strict=True):
        inside = b if math.isnan(a) else a if math.isnan(b) else max(a, b)
        out.append(min(2.0, mean / inside) if inside > 0 else UNKNOWN)
    return out


@lru_cache(maxsize=100_000)
def _name_stems(name: str) -> tuple[str, ...]:
    return stems_of(name)


def _commonest(sums: Mapping[str, float], most: int) -> list[str]:
    return [*sums] if len(sums) <= most else sorted(sums, key=lambda k: (-sums[k], k))[:most]


def _top(keys: list[str], sums: Mapping[str, float]) -> str:
    return keys[0] if len(keys) == 1 else min(keys, key=lambda k: (-sums[k], k), default="")


def ground(profile: Profile) -> ProfilePlaces:
    """The places of a profile: those that most of its accounts name."""
    return _ground(tuple(_commonest(profile.places, 4)))


@lru_cache(maxsize=100_000)
def _ground(places: tuple[str, ...]) -> ProfilePlaces:
    spots = [_spot(key) for key in places]
    return ProfilePlaces(
        tuple(s for s in spots if s.precision in TOWN_PRECISIONS and s.lat is not None),
        frozenset(s.name for s in spots if s.precision in AREA_PRECISIONS), frozenset(s.name for s in spots),
        frozenset((s.country, s.area) for s in spots if s.area), frozenset(s.country for s in spots),
    )  # fmt: skip


def _spot(key: str) -> ProfilePlace:
    country, name, precision, area, at = key.split("|")
    lat, lon = map(float, at.split(",")) if at else (None, None)
    return ProfilePlace(country, name, precision, area, lat, lon)


def _where(a: ProfilePlaces, b: ProfilePlaces) -> tuple[float, float, float, float]:
    """ln(1 + km) between the nearest places finer than a country; same name, same area, same country 1 or 0."""
    if not a.countries or not b.countries:
        return UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN
    apart = [k for x in a.fine for y in b.fine if (k := kilometres(x, y)) is not None]
    return (
        math.log1p(min(FAR, *apart, FAR)) if apart else UNKNOWN,
        float(not a.names.isdisjoint(b.names)),
        float(not a.areas.isdisjoint(b.areas)) if a.areas and b.areas else UNKNOWN,
        float(not a.countries.isdisjoint(b.countries)),
    )


def _days_apart(days: list[int], others: Mapping[str, float]) -> float:
    """ln(1 + days) between the nearest event days of both sides."""
    if not days or not others:
        return UNKNOWN
    return math.log1p(min(LONG, *[abs(x - int(y)) for y in _commonest(others, 3) for x in days]))


def _tolls(a: Mapping[str, float], b: Mapping[str, float], what: str) -> float:
    """Share of the one side's tolls that the other knows; -1 when all differ."""
    if not a or not b:
        return UNKNOWN
    mine = {k: n for k, n in a.items() if k.startswith(what)}
    known = [k for k in b if k.startswith(what)]
    if not mine or not known:
        return UNKNOWN
    return sum(n for k, n in mine.items() if k in b) / sum(mine.values()) or -1.0

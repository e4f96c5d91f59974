"""Resolves each place name to one of the places of that name, in the light of all other names of the document.

Two passes of a conditional logit model (weights from `train/places.py`): first by prominence and stated containers
(`Paris, Texas`), then also by nearness to and areas shared with what the first pass made of the other names.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streams.domain.geo.candidates import Candidate, TokenizedText
from streams.domain.geo.gazetteer import KINDS, NO_ENTRY, Gazetteer
from streams.domain.geo.name_lexicon import TYPES

MODEL = Path(__file__).parents[1] / "models" / "resolve.npz"
MOST = 100  # places of one name that are weighed
EARTH = 6371.0  # kilometres
SMALL = ("admin2", "city", "locality", "facility")  # kinds that draw others near; capitals stand for countries
SCALES = (30.0, 120.0, 600.0)  # kilometres at which nearness counts half
OWN = len(KINDS) + 4  # features of a place by itself: kind, size, usual name, most prominent, number of namesakes
STATED = 5  # publisher's country, lies in the stated area, in the stated country, holds the name before it (2)
AROUND = 4 + 3 + len(SCALES)  # votes for its area and country (2 each), second-level area, peers, loneliness, nearness
WIDTH = OWN + STATED + AROUND
ALONE = 0.2  # votes from other names below which a state stands alone
FAMOUS_FIRST = (
    4.0  # what a bare state loses to its country's capital, and a bare town to a world city, of the same name
)
WORLD_CITY = 6.0  # decimal logarithm of its people; a lesser town has a third of them at most
_LONELY = OWN + STATED + 6
_STATE = KINDS.index("admin1")
_PEOPLE = len(KINDS)  # decimal logarithm of a place's people
_CLOSE = OWN + STATED + 7  # nearness to other names at the least of the SCALES
SEAT = 1200  # thousandths of a degree, latitude and longitude together, from an area's middle to its seat
PASSES = 1  # that look at the other names; a second gains a third of a point and costs a third more
_INSIDE = re.compile(r"[\s,(]*(?:in )?(?:the )?(?:(?:north|south|east|west)\w* |central )?(?:the )?")
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Meanings(NamedTuple):
    """The places of one name.

    Numbers (place, area, country, second-level area), features of their own (places x OWN), points on the unit sphere,
    and whether each is small enough to be near to something.
    """

    numbers: Ints
    own: Floats
    points: Floats
    small: Floats


class Options(NamedTuple):
    """The places of every distinct name of a document, flat.

    `unit` says which name each belongs to, `starts` where each name's places begin, `said` how often each name is
    met (at most 4, as a root), `members` the candidates of each name, `given` all features but those of the context.
    """

    numbers: Ints
    points: Floats
    small: Floats
    given: Floats
    unit: Ints
    starts: Ints
    said: Floats
    members: list[list[int]]

    @property
    def place(self) -> Ints:
        """Numbers of the places."""
        return self.numbers[:, 0]


@lru_cache(maxsize=8192)
def _meanings(places: Gazetteer, name: int) -> Meanings:
    named = places.named(name)[:MOST]
    numbers = np.array([(p, places.area[p], places.country[p], places.admin2[p]) for p, _ in named], np.int64)
    own = np.zeros((len(named), OWN))
    points = np.empty((len(named), 3))
    for i, (place, usual) in enumerate(named):
        own[i, places.kind[place]] = 1
        own[i, len(KINDS) :] = places.population[place] / 10, usual, i == 0, min(len(named), 50) / 50
        lat, lon = np.radians(places.lat[place] / 1000), np.radians(places.lon[place] / 1000)
        points[i] = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    small = np.array([KINDS[places.kind[p]] in SMALL for p, _ in named], np.float64)
    return Meanings(numbers, own, points, small)


def options(
    tokenized: TokenizedText, chosen: Sequence[Candidate], places: Gazetteer, home: str | None
) -> Options | None:
    """Everything the chosen candidates may mean; None when the gazetteer knows none of them."""
    stated = _stated(tokenized, chosen)
    containers: dict[int, set[int]] = {}
    for inner, outer in stated:
        containers.setdefault(chosen[inner].name, set()).add(chosen[outer].name)
    within = {i: chosen[o].name for i, o in stated if len(containers[chosen[i].name]) > 1}
    units: dict[tuple[int, int], list[int]] = {}
    for i, c in enumerate(chosen):
        if c.name != NO_ENTRY:
            units.setdefault((c.name, within.get(i, NO_ENTRY)), []).append(i)
    if not units:
        return None
    meant = [_meanings(places, name) for name, _ in units]
    sizes = [len(m.numbers) for m in meant]
    starts = np.cumsum([0, *sizes[:-1]])
    unit = np.repeat(np.arange(len(sizes)), sizes)
    numbers = np.concatenate([m.numbers for m in meant])
    given = np.zeros((len(numbers), OWN + STATED))
    given[:, :OWN] = np.concatenate([m.own for m in meant])
    if home in places.codes:
        given[:, OWN] = numbers[:, 2] == places.codes.index(home)
    of = {i: number for number, group in enumerate(units.values()) for i in group}
    for inner, outer in {(of[i], of[o]) for i, o in stated}:
        for one, other, at, mark in ((inner, outer, OWN + 1, _lies), (outer, inner, OWN + 3, _holds)):
            here = slice(starts[one], starts[one] + sizes[one])
            in_area, in_country = mark(numbers[here], meant[other].numbers, places)
            given[here, at] = np.maximum(given[here, at], in_area)
            given[here, at + 1] = np.maximum(given[here, at + 1], in_country)
    count = np.array([min(len(g), 4) for g in units.values()]) ** 0.5
    points, small = np.concatenate([m.points for m in meant]), np.concatenate([m.small for m in meant])
    return Options(numbers, points, small, given, unit, starts, count, list(units.values()))


def _stated(tokenized: TokenizedText, chosen: Sequence[Candidate]) -> list[tuple[int, int]]:
    """Pairs of candidates of which the first says that it lies in the second: `Paris, Texas`, `Paris (Texas)`."""
    out = []
    for i in range(len(chosen) - 1):
        c, d = chosen[i], chosen[i + 1]
        if d.start - c.end <= 20 and c.name != NO_ENTRY != d.name and _INSIDE.fullmatch(tokenized.text, c.end, d.start):
            out.append((i, i + 1))
    return out


def _lies(inner: Ints, outer: Ints, places: Gazetteer) -> tuple[Ints, Ints]:
    """Which of the inner places lie in an area, and which in a country or wide region, among the outer ones."""
    held = set(outer[:, 0].tolist())
    lands = {country for place, _, country, _ in outer.tolist() if KINDS[places.kind[place]] in ("country", "region")}
    area, land = [], []
    for place, at, country, admin2 in inner.tolist():
        free = place not in held
        area.append(free and (places.area_place[at] in held or admin2 in held))
        land.append(free and country in lands)
    return np.array(area, np.int64), np.array(land, np.int64)


def _holds(outer: Ints, inner: Ints, places: Gazetteer) -> tuple[Ints, Ints]:
    """Which of the outer places are an area, and which the country, of one of the inner ones."""
    areas = {places.area_place[at] for at in inner[:, 1].tolist()} | set(inner[:, 3].tolist())
    lands = set(inner[:, 2].tolist())
    area = [place in areas for place in outer[:, 0].tolist()]
    land = [places.kind[place] == 0 and country in lands for place, _, country, _ in outer.tolist()]
    return np.array(area, np.int64), np.array(land, np.int64)


def _context(o: Options, weight: Floats) -> Floats:
    """Features that the other names give each place, from the weight of every place so far (places x AROUND)."""
    out = np.empty((len(weight), AROUND))
    strength = weight * o.said[o.unit]
    total = max(float(o.said.sum()), 1.0)
    for at, column in ((0, 1), (2, 2)):
        group = o.numbers[:, column]
        others = np.bincount(group, strength)[group] - strength
        others[group == 0] = 0
        out[:, at] = np.minimum(others, 3)
        out[:, at + 1] = others / total
    best = o.starts + _best(o, weight)
    seconds = o.numbers[:, 3]
    chosen_seconds, chosen_places = set(seconds[best].tolist()) - {NO_ENTRY}, set(o.place[best].tolist())
    both = zip(o.place.tolist(), seconds.tolist(), strict=True)
    out[:, 4] = [place in chosen_seconds or second in chosen_places for place, second in both]
    kind = o.given[:, : len(KINDS)].argmax(axis=1)
    alike = (kind[:, None] == kind[best]) & (o.numbers[:, 2][:, None] == o.numbers[best, 2])
    apart = o.unit[:, None] != np.arange(len(best))
    out[:, 5] = np.minimum((alike & apart) @ strength[best], 3) * (kind == _STATE)
    out[:, 6] = (out[:, 0] < ALONE) & (kind == _STATE)
    chord = np.maximum(2 - 2 * (o.points @ o.points[best].T), 0)  # squared, in radii of the earth
    pull = (strength * o.small)[best] * apart
    for at, scale in enumerate(SCALES, 7):
        out[:, at] = np.minimum((pull / (1 + chord * (EARTH / scale) ** 2)).sum(axis=1), 3)
    return out


def _best(o: Options, weight: Floats) -> Ints:
    """Offset of the heaviest place of each name among its places."""
    weights, starts = weight.tolist(), o.starts.tolist()
    ends = [*starts[1:], len(weights)]
    return np.array([weights.index(max(weights[a:b]), a, b) - a for a, b in zip(starts, ends, strict=True)])


def soften(score: Floats, o: Options) -> Floats:
    """Weights of the places of each name, summing to one a name."""
    raised = np.exp(score - np.maximum.reduceat(score, o.starts)[o.unit])
    shares: Floats = raised / np.add.reduceat(raised, o.starts)[o.unit]
    return shares


def features(o: Options, weight: Floats | None) -> Floats:
    """All features (places x WIDTH); those of the context are zero before the first pass."""
    around = np.zeros((len(o.numbers), AROUND)) if weight is None else _context(o, weight)
    return np.concatenate([o.given, around], axis=1)


def load(path: Path) -> Floats:
    """Weights of every pass (passes x WIDTH)."""
    with np.load(path) as data:
        weights: Floats = data["weights"]
    return weights


@cache
def _weights() -> Floats:
    return load(MODEL)


def resolve(
    tokenized: TokenizedText,
    chosen: Sequence[Candidate],
    places: Gazetteer,
    home: str | None = None,
    steps: Floats | None = None,
) -> list[tuple[int, float]]:
    """For each candidate the number of its place and how sure that is; `NO_ENTRY` where none is known.

    `home` is the publisher's country (alpha-2); `steps` are the weights, those of the model unless given.
    """
    out = [(NO_ENTRY, 0.0)] * len(chosen)
    o = options(tokenized, chosen, places, home)
    if o is None:
        return out
    first, *later = _weights() if steps is None else steps
    weight = likely = soften(o.given @ first[: OWN + STATED], o)
    for step in later:
        table = features(o, weight)
        weight = soften(table @ step - FAMOUS_FIRST * (_bare(table) * _rival(o)), o)
        likely = weight * np.exp(-FAMOUS_FIRST * _obscure(table) * _famous(o))
    for group, at in zip(o.members, (o.starts + _best(o, likely)).tolist(), strict=True):
        place, share = int(o.numbers[at, 0]), float(weight[at])
        seat = _seat(places, chosen[group[0]].name, place)
        for i in group:
            out[i] = (place if seat == NO_ENTRY or _is_area(tokenized, chosen[i]) else seat, share)
    return out


def _bare(table: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """States without support in the text: no place in them and no other state is named."""
    unstated = table[:, OWN + 1 : OWN + STATED].sum(axis=1) == 0
    return np.asarray((table[:, _LONELY] > 0) & (table[:, _LONELY - 1] < 1) & unstated)


def _rival(o: Options) -> Floats:
    """1 for places whose name is also that of their country's capital elsewhere: Washington."""
    capital = o.given[:, KINDS.index("capital")] > 0
    seats = set(zip(o.unit[capital].tolist(), o.numbers[capital, 2].tolist(), strict=True))
    return np.array([pair in seats for pair in zip(o.unit.tolist(), o.numbers[:, 2].tolist(), strict=True)], np.float64)


def _obscure(table: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Small places without support in the text: no container, nothing of their area, nothing near."""
    unstated = table[:, OWN + 1 : OWN + STATED].sum(axis=1) == 0
    lesser = (table[:, KINDS.index("capital")] == 0) & (table[:, _PEOPLE] < WORLD_CITY - 0.5)
    return np.asarray(unstated & lesser & (table[:, OWN + STATED] < ALONE) & (table[:, _CLOSE] < ALONE))


def _famous(o: Options) -> Floats:
    """1 for places of whose name there is a world city."""
    city = (o.given[:, _PEOPLE] >= WORLD_CITY) & (o.given[:, _STATE] == 0)
    return np.asarray(np.isin(o.unit, o.unit[city]), np.float64)


@lru_cache(maxsize=8192)
def _seat(places: Gazetteer, name: int, area: int) -> int:
    """The town that an area is named after and that lies close to its middle: it is what is mostly meant."""
    if KINDS[places.kind[area]] not in ("admin1", "admin2"):
        return NO_ENTRY
    for place, _ in places.named(name)[:MOST]:
        within = area in (places.admin1(place), places.admin2[place])
        near = abs(places.lat[place] - places.lat[area]) + abs(places.lon[place] - places.lon[area]) < SEAT
        if within and near and KINDS[places.kind[place]] in ("city", "capital"):
            return place
    return NO_ENTRY


def _is_area(tokenized: TokenizedText, c: Candidate) -> bool:
    """Whether the text says `province` or the like, in the name or right after it."""
    words = tokenized.tokens[c.first : c.last + 2]
    return any(TYPES.get(word.folded) == "admin" for word in words)

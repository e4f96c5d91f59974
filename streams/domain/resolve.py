"""Which of the places of one name a text means: all names of a document weigh in on each other.

Two passes of a conditional logit model (weights from `train/places.py`): first by prominence and stated containers
(`Paris, Texas`), then also by nearness to and areas shared with what the first pass made of the other names.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streams.domain.gazetteer import KINDS, NO_ENTRY, Gazetteer
from streams.domain.toponyms import Candidate, Reading

MODEL = Path(__file__).parent / "models" / "resolve.npz"
MOST = 100  # places of one name that are weighed
PASSES = 2
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Options(NamedTuple):
    """The places of each distinct name of a document, flat.

    `place` numbers of places, `unit` which name each belongs to, `starts` where each name's places begin, `count`
    mentions of each name, `members` candidates of each name, `base` features that need no other name (places x BASE).
    """

    place: Ints
    unit: Ints
    starts: Ints
    count: Floats
    members: list[list[int]]
    base: Floats


BASE = len(KINDS) + 9
WIDTH = BASE + 8


class Columns:
    """Columns of the gazetteer as arrays."""

    def __init__(self, places: Gazetteer) -> None:
        self.lat = np.asarray(places.lat)
        self.lon = np.asarray(places.lon)
        self.kind = np.asarray(places.kind)
        self.population = np.asarray(places.population)
        self.country = np.asarray(places.country)
        self.admin1 = np.asarray(places.admin1)
        self.admin2 = np.asarray(places.admin2)


@cache
def columns(places: Gazetteer) -> Columns:
    """Arrays over the gazetteer's memory."""
    return Columns(places)


def options(
    reading: Reading, chosen: Sequence[Candidate], places: Gazetteer, home: str | None
) -> Options | None:
    """Everything the chosen candidates may mean; None when the gazetteer knows none of them."""
    units: dict[tuple[int, int], list[int]] = {}
    holder = [_container(reading, chosen, i) for i in range(len(chosen))]
    stated: dict[int, set[int]] = {}
    for i, c in enumerate(chosen):
        if c.name != NO_ENTRY and holder[i] != NO_ENTRY:
            stated.setdefault(c.name, set()).add(chosen[holder[i]].name)
    for i, c in enumerate(chosen):
        if c.name == NO_ENTRY:
            continue
        several = len(stated.get(c.name, ())) > 1
        within = chosen[holder[i]].name if several and holder[i] != NO_ENTRY else NO_ENTRY
        units.setdefault((c.name, within), []).append(i)
    if not units:
        return None
    flat: list[int] = []
    unit: list[int] = []
    usual: list[bool] = []
    starts: list[int] = []
    for number, (name, _) in enumerate(units):
        starts.append(len(flat))
        for place, is_usual in places.named(name)[:MOST]:
            flat.append(place)
            unit.append(number)
            usual.append(is_usual)
    place, of = np.array(flat), np.array(unit)
    table = columns(places)
    base = np.zeros((len(flat), BASE))
    kind = table.kind[place]
    base[np.arange(len(flat)), kind] = 1
    k = len(KINDS)
    base[:, k] = table.population[place] / 10
    base[:, k + 1] = usual
    base[starts, k + 2] = 1
    if home is not None:
        base[:, k + 3] = table.country[place] == _country_number(places, home)
    members = list(units.values())
    for number, group in enumerate(members):
        rows = slice(starts[number], starts[number + 1] if number + 1 < len(starts) else len(flat))
        for i in group:
            if holder[i] != NO_ENTRY and chosen[holder[i]].name != NO_ENTRY:
                _state(base, rows, place, chosen[holder[i]].name, places, table, k + 4)
        for i in group:
            for j in range(len(chosen)):
                if holder[j] == i and chosen[j].name != NO_ENTRY:
                    _holds(base, rows, place, chosen[j].name, places, table, k + 6)
    base[:, k + 8] = np.minimum(np.array([len(places.named(n)) for n, _ in units])[of], 50) / 50
    return Options(place, of, np.array(starts), np.array([float(len(g)) for g in members]), members, base)


def _country_number(places: Gazetteer, code: str) -> int:
    return places.codes.index(code) if code in places.codes else -1


def _container(reading: Reading, chosen: Sequence[Candidate], i: int) -> int:
    """Index of the candidate that candidate `i` says it lies in: `Paris, Texas`, `Paris (Texas)`, `Paris in Texas`."""
    if i + 1 >= len(chosen):
        return NO_ENTRY
    c, d = chosen[i], chosen[i + 1]
    gap = reading.text[c.end : d.start]
    return i + 1 if len(gap) <= 5 and gap.strip() in (",", "(", "in", ", in", "") else NO_ENTRY


def _state(base: Floats, rows: slice, place: Ints, name: int, places: Gazetteer, table: Columns, at: int) -> None:
    """Marks places that lie in an area of the stated name, or in a country of it."""
    held = [p for p, _ in places.named(name)[:MOST]]
    own = place[rows]
    areas = np.array(held)
    inside = np.isin(table.admin1[own], areas) | np.isin(table.admin2[own], areas)
    base[rows, at] = np.maximum(base[rows, at], inside & ~np.isin(own, areas))
    lands = [table.country[p] for p in held if KINDS[table.kind[p]] in ("country", "region")]
    base[rows, at + 1] = np.maximum(base[rows, at + 1], np.isin(table.country[own], lands) & ~np.isin(own, areas))


def _holds(base: Floats, rows: slice, place: Ints, name: int, places: Gazetteer, table: Columns, at: int) -> None:
    """Marks places that hold one of the name that stands before them."""
    inner = np.array([p for p, _ in places.named(name)[:MOST]])
    own = place[rows]
    inside = np.isin(own, table.admin1[inner]) | np.isin(own, table.admin2[inner])
    base[rows, at] = np.maximum(base[rows, at], inside)
    land = (table.kind[own] == 0) & np.isin(table.country[own], table.country[inner])
    base[rows, at + 1] = np.maximum(base[rows, at + 1], land)


def context(o: Options, weight: Floats, places: Gazetteer) -> Floats:
    """Features that the other names give each place, from the weight of every place so far (places x 8)."""
    table = columns(places)
    place, unit = o.place, o.unit
    said = np.minimum(o.count, 4) ** 0.5
    strength = weight * said[unit]
    out = np.zeros((len(place), 8))
    area, land = table.admin1[place], table.country[place].astype(np.int64)
    total = max(float(said.sum()), 1.0)
    for at, key in ((0, area), (2, land)):
        groups, back = np.unique(key, return_inverse=True)
        votes = np.bincount(back, strength)
        mine = np.zeros((len(o.starts), len(groups)))
        np.add.at(mine, (unit, back), strength)
        others = votes[back] - mine[unit, back]
        known = key != NO_ENTRY if at == 0 else key != 0
        out[:, at] = np.minimum(others, 3) * known
        out[:, at + 1] = others / total * known
    best = o.starts + np.array([int(np.argmax(w)) for w in np.split(weight, o.starts[1:])])
    out[:, 4] = np.isin(place, table.admin2[place[best]]) | np.isin(table.admin2[place], place[best])
    point = _vectors(table.lat[place], table.lon[place])
    far = np.arccos(np.clip(point @ point[best].T, -1, 1)) * 6371.0
    small = np.isin(table.kind[place[best]], (2, 3, 4, 5))
    pull = (weight[best] * said * small)[None, :] * (np.arange(len(o.starts))[None, :] != unit[:, None])
    for at, scale in ((5, 30.0), (6, 120.0), (7, 600.0)):
        out[:, at] = np.minimum((np.exp(-far / scale) * pull).sum(axis=1), 3)
    return out


def _vectors(lat: Ints, lon: Ints) -> Floats:
    a, b = np.radians(lat / 1000.0), np.radians(lon / 1000.0)
    return np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=1)


def soften(score: Floats, o: Options) -> Floats:
    """Weights of the places of each name, summing to one a name."""
    top = np.maximum.reduceat(score, o.starts)
    raised = np.exp(score - top[o.unit])
    shares: Floats = raised / np.add.reduceat(raised, o.starts)[o.unit]
    return shares


def features(o: Options, weight: Floats | None, places: Gazetteer) -> Floats:
    """All features (places x WIDTH); those of the context are zero before the first pass."""
    rest = np.zeros((len(o.place), WIDTH - BASE)) if weight is None else context(o, weight, places)
    return np.concatenate([o.base, rest], axis=1)


def load(path: Path) -> Floats:
    """Weights of every pass (passes x WIDTH)."""
    with np.load(path) as data:
        weights: Floats = data["weights"]
    return weights


@cache
def _weights() -> Floats:
    return load(MODEL)


def resolve(
    reading: Reading,
    chosen: Sequence[Candidate],
    places: Gazetteer,
    home: str | None = None,
    steps: Floats | None = None,
) -> list[tuple[int, float]]:
    """For each candidate the number of its place and how sure that is; `NO_ENTRY` where none is known.

    `home` is the publisher's country (alpha-2); `steps` are the weights, those of the model unless given.
    """
    out = [(NO_ENTRY, 0.0)] * len(chosen)
    o = options(reading, chosen, places, home)
    if o is None:
        return out
    weight: Floats | None = None
    for step in _weights() if steps is None else steps:
        weight = soften(features(o, weight, places) @ step, o)
    assert weight is not None
    for group, shares, first in zip(o.members, np.split(weight, o.starts[1:]), o.starts, strict=True):
        at = int(np.argmax(shares))
        for i in group:
            out[i] = (int(o.place[first + at]), float(shares[at]))
    return out

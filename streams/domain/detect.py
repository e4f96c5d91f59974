"""Which capitalised names are places: a logistic model over what stands in, before and behind each candidate.

Weights come from `train/places.py`. Features are classes of words, never names: a known place counts by its kind,
size and fit with the rest of the document, a neighbour by its role (given name, title, street, preposition ...).
"""

import math
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streams.domain.gazetteer import KINDS, NO_ENTRY, Gazetteer
from streams.domain.toponyms import LOWER, STOP, TYPES, UPPER, Candidate, Reading, Token

MODEL = Path(__file__).parent / "models" / "detect.npz"
PEOPLE = KINDS.index("people")
_NONE = Token(STOP, "", 0, "", 0, 0)
_GROUPS = "CABPLFRWTD"  # a letter for each of KINDS
_BEFORE_PLACE = frozenset("in near at outside from to around".split())
_HEARD = 12  # places of one name that vote


class Surroundings(NamedTuple):
    """What a document says as a whole.

    `persons`: words met behind a given name or a title; `located`: words met behind `in`, `near` and the like;
    `counts`: how often each name's last word ends a candidate; `areas`, `countries`: votes of all candidates.
    """

    persons: set[str]
    located: set[str]
    counts: Counter[str]
    areas: Counter[int]
    countries: Counter[int]


def describe(reading: Reading, places: Gazetteer) -> list[list[str]]:
    """For each candidate its features, one value a slot."""
    around = _surroundings(reading, places)
    return [_row(reading, number, places, around) for number in range(len(reading.candidates))]


def is_people(candidate: Candidate, places: Gazetteer) -> bool:
    """Whether the name is a demonym such as `French`: context, but no place."""
    return candidate.name != NO_ENTRY and places.kind[places.named(candidate.name)[0][0]] == PEOPLE


def _surroundings(reading: Reading, places: Gazetteer) -> Surroundings:
    tokens = reading.tokens
    around = Surroundings(set(), set(), Counter(), Counter(), Counter())
    for c in reading.candidates:
        word = tokens[c.last].folded
        around.counts[word] += 1
        before = tokens[c.first - 1] if c.first else _NONE
        behind = tokens[c.last + 1] if c.last + 1 < len(tokens) else _NONE
        if before.kind == UPPER and (before.bits & 3 or before.role == "^title"):
            around.persons.add(word)
        if before.kind == LOWER and before.folded in _BEFORE_PLACE and behind.kind != UPPER:
            around.located.add(word)
        if c.name != NO_ENTRY:
            named = places.named(c.name)[:_HEARD]
            for place, _ in named:
                around.areas[places.admin1[place]] += 1 / len(named)
                around.countries[places.country[place]] += 1 / len(named)
    around.areas[NO_ENTRY] = 0
    return around


def _row(reading: Reading, number: int, places: Gazetteer, around: Surroundings) -> list[str]:
    tokens, c = reading.tokens, reading.candidates[number]
    p3, p2, p1 = [tokens[i] if i >= 0 else _NONE for i in range(c.first - 3, c.first)]
    n1, n2 = [tokens[i] if i < len(tokens) else _NONE for i in range(c.last + 1, c.last + 3)]
    first, last = tokens[c.first], tokens[c.last]
    kind, profile, spread, support = _known(c, first, last, places, around)
    multi = min(c.last - c.first, 2)
    own = "" if multi else first.role
    word = last.folded
    heard = f"{word in around.persons:d}{word in around.located:d}"
    shape = ("U" if reading.raw[c.first].strip().isupper() else "l") + str(min(last.length, 5))
    next_kind = _next_kind(reading, number, places)
    return [
        p1.role, n1.role, p2.role, n2.role, p3.role,
        p1.role + kind, n1.role + kind, p2.role + "_" + p1.role, n1.role + "_" + n2.role,
        profile, f"{kind}{spread}", own, own + profile, last.role if multi else "", shape + kind,
        f"{p1.kind == STOP or not c.first:d}{first.bits // 16}{multi}",
        heard + str(min(around.counts[word], 4)), heard + profile, support + kind,
        next_kind, _next_kind(reading, number - 1, places) if number else "", next_kind + own,
        (p1.role if p1.kind == UPPER else "") + "|" + (n1.role if n1.kind == UPPER else ""),
        _tail(tokens, c.last), f"{number == 0:d}{n1.role}",
    ]  # fmt: skip


def _known(
    c: Candidate, first: Token, last: Token, places: Gazetteer, around: Surroundings
) -> tuple[str, str, int, str]:
    """Kind, profile (kind, usual name or not, size), number of places of that name, fit with the document."""
    if c.name == NO_ENTRY:
        kind = "u" + TYPES.get(last.folded, TYPES.get(first.folded, ""))[:2]
        return kind, kind, 0, ""
    named = places.named(c.name)
    best, usual = named[0]
    kind = _GROUPS[places.kind[best]]
    most = max(places.population[p] for p, _ in named[:8])
    share = 1 / min(len(named), _HEARD)
    area = max(around.areas[places.admin1[p]] for p, _ in named[:30]) - share
    country = max(around.countries[places.country[p]] for p, _ in named[:30]) - share
    support = f"{min(int(area * 1.5), 5)}{min(int(country), 4)}"
    return kind, f"{kind}{usual:d}{most // 5}", min(len(named), 12).bit_length(), support


def _next_kind(reading: Reading, number: int, places: Gazetteer) -> str:
    """Kind of the next candidate and what stands before it, when that is a comma, `and` or little else."""
    if number + 1 >= len(reading.candidates):
        return ""
    c, d = reading.candidates[number], reading.candidates[number + 1]
    if d.first - c.last > 3:
        return ""
    between = "".join(t.role for t in reading.tokens[c.last + 1 : d.first])
    return between + ("u" if d.name == NO_ENTRY else _GROUPS[places.kind[places.named(d.name)[0][0]]])


def _tail(tokens: list[Token], last: int) -> str:
    """Role of the last capitalised word of the run that goes on behind the candidate."""
    behind = last + 1
    while behind < len(tokens) and tokens[behind].kind == UPPER:
        behind += 1
    return tokens[behind - 1].role if behind - 1 > last else ""


class Detector:
    """The model: a weight for each value of each slot."""

    def __init__(self, path: Path = MODEL) -> None:
        with np.load(path) as data:
            names = data["names"].tobytes().decode().split("\n")
            weights = data["weights"].tolist()
            self.bias = float(data["bias"])
            self.threshold = float(data["threshold"])
            self.tables: list[dict[str, float]] = [{} for _ in range(int(data["slots"]))]
        for name, weight in zip(names, weights, strict=True):
            slot, _, value = name.partition("\t")
            self.tables[int(slot)][value] = weight

    def probabilities(self, rows: list[list[str]]) -> list[float]:
        """Of each row of features, that it describes a place."""
        return [
            1 / (1 + math.exp(-self.bias - sum(t.get(v, 0.0) for t, v in zip(self.tables, row, strict=True))))
            for row in rows
        ]


@cache
def detector() -> Detector:
    """The one detector of this process, read at first use."""
    return Detector()

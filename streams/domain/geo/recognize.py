"""Which capitalised names are places: a logistic model over what stands in, before and after each candidate.

Weights come from `train/places.py`. Features are classes of words, never names: a known place counts by its kind,
size and fit with the rest of the document, a neighbour by its role (given name, title, street, preposition ...).
Pairs of properties are hashed into one table of weights (Weinberger et al. 2009), so that scoring a document is a few
array operations.
"""

from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from streams.domain.geo.candidates import RUN, Candidate, TokenizedText
from streams.domain.geo.gazetteer import KINDS, NO_ENTRY, Gazetteer, word_key
from streams.domain.geo.name_lexicon import GIVEN, LOWER, RARE_GIVEN, SMALL, STOP, TYPES, UPPER, Token

MODEL = Path(__file__).parents[1] / "models" / "detect.npz"
TABLE_BITS = 16
PEOPLE = KINDS.index("people")
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_TITLE = word_key("^title")
_BEFORE_PLACE = frozenset("in near at outside from to around".split())
_HEARD = 12  # places of one name that vote for areas and countries
_ONE, _P1, _P2, _P3, _N1, _N2, _KIND, _PROFILE, _SPREAD, _OWN, _LAST, _SHAPE, _START, _TIMES, _HEARD_AS, _NEXT, _BACK, \
    _LEFT, _RIGHT, _TAIL, _FIRST, _FIT = range(22)  # fmt: skip
_PAIRS = np.array([
    (_P1, _ONE), (_P2, _ONE), (_P3, _ONE), (_N1, _ONE), (_N2, _ONE), (_P1, _KIND), (_N1, _KIND), (_P2, _P1), (_N1, _N2),
    (_PROFILE, _ONE), (_KIND, _SPREAD), (_OWN, _ONE), (_OWN, _PROFILE), (_LAST, _ONE), (_SHAPE, _KIND), (_START, _ONE),
    (_TIMES, _HEARD_AS), (_HEARD_AS, _PROFILE), (_FIT, _KIND), (_NEXT, _ONE), (_BACK, _ONE), (_NEXT, _OWN),
    (_LEFT, _RIGHT), (_TAIL, _ONE), (_FIRST, _N1),
])  # fmt: skip
_SALT = np.array([word_key(f"slot {i}") for i in range(len(_PAIRS))], np.uint64)


class NameContext(NamedTuple):
    """Words met after a given name or a title, words met after `in`, `near` and the like, and counts of words."""

    persons: set[str]
    located: set[str]
    counts: Counter[str]


class NameSummary(NamedTuple):
    """What detection needs of a name.

    Keys of its kind, profile (kind, usual or not, size) and number of places; the areas and countries of its most
    prominent places and the share of a vote that each has.
    """

    kind: int
    profile: int
    spread: int
    areas: Ints
    countries: Ints
    share: float


def describe(tokenized: TokenizedText, places: Gazetteer) -> Ints:
    """For each candidate the numbers of its features in the table of weights (candidates x features)."""
    if not tokenized.candidates:
        return np.zeros((0, len(_PAIRS)), np.int64)
    summaries = [_summary(places, c.name) for c in tokenized.candidates]
    heard = _name_context(tokenized)
    links = [_next(tokenized, i, summaries) for i in range(len(summaries))]
    rows = [_row(tokenized, i, summaries, heard, links) for i in range(len(summaries))]
    values = np.empty((len(rows), _FIT + 1), np.uint64)
    values[:, :_FIT] = rows
    values[:, _FIT] = _fit(summaries)
    first, second = values[:, _PAIRS[:, 0]], values[:, _PAIRS[:, 1]]
    mixed = (first * np.uint64(0x9E3779B97F4A7C15)) ^ (second * np.uint64(0xC2B2AE3D27D4EB4F)) ^ _SALT
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(64 - TABLE_BITS)).astype(np.int64)


def is_people(candidate: Candidate, places: Gazetteer) -> bool:
    """Whether the name is a demonym such as `French`: context, but no place."""
    return candidate.name != NO_ENTRY and _summary(places, candidate.name).kind == PEOPLE


@lru_cache(maxsize=8192)
def _summary(places: Gazetteer, name: int) -> NameSummary:
    if name == NO_ENTRY:
        none = np.zeros(1, np.int64)
        return NameSummary(len(KINDS), len(KINDS), 0, none, none, 1.0)
    named = places.named(name)
    best, usual = named[0]
    kind = places.kind[best]
    most = max(places.population[p] for p, _ in named[:8])
    heard = [p for p, _ in named[:_HEARD]]
    return NameSummary(
        kind, (kind * 2 + usual) * 20 + most // 5 + 100, min(len(named), 12).bit_length(),
        np.array([places.area[p] for p in heard]), np.array([places.country[p] for p in heard]), 1 / len(heard),
    )  # fmt: skip


def _name_context(tokenized: TokenizedText) -> NameContext:
    tokens = tokenized.tokens
    persons: set[str] = set()
    located: set[str] = set()
    counts: Counter[str] = Counter()
    for c in tokenized.candidates:
        word = tokens[c.last].folded
        counts[word] += 1
        before = tokens[c.first - 1]
        if before.kind == STOP and tokens[c.first - 2].role == _TITLE:
            persons.add(word)
        elif before.kind == UPPER:
            if before.bits & (GIVEN | RARE_GIVEN) or before.role == _TITLE:
                persons.add(word)
        elif before.kind == LOWER and before.folded in _BEFORE_PLACE and tokens[c.last + 1].kind != UPPER:
            located.add(word)
    return NameContext(persons, located, counts)


def _row(
    tokenized: TokenizedText, number: int, summaries: list[NameSummary], heard: NameContext, links: list[int]
) -> tuple[int, ...]:
    """Properties _ONE to _FIRST of a candidate; `links` say how each candidate is joined to the next."""
    tokens, c, summary = tokenized.tokens, tokenized.candidates[number], summaries[number]
    at, end = c.first, c.last
    p1, p2, p3 = tokens[at - 1], tokens[at - 2], tokens[at - 3]
    if p1.kind == STOP and p2.role == _TITLE:  # the full stop of `Mr.`
        p1, p2 = p2, p3
    first, last, n1, n2 = tokens[at], tokens[end], tokens[end + 1], tokens[end + 2]
    kind, profile = summary.kind, summary.profile
    if c.name == NO_ENTRY:
        built = TYPES.get(last.folded) or TYPES.get(first.folded)
        kind = profile = word_key(built) if built else kind
    multi = end > at
    return (
        1, p1.role, p2.role, p3.role, n1.role, n2.role, kind, profile, summary.spread,
        0 if multi else first.role, last.role if multi else 0,
        tokenized.raw[at][:2].isupper() * 8 + min(last.length, 5),
        ((p1.kind == STOP) * 4 + first.bits // SMALL % 4) * 3 + min(end - at, 2),
        min(heard.counts[last.folded], 4), (last.folded in heard.persons) * 2 + (last.folded in heard.located),
        links[number], links[number - 1] if number else 0,
        p1.role if p1.kind == UPPER else 0, n1.role if n1.kind == UPPER else 0,
        _tail(tokens, end) if n1.kind == UPPER else 0, number == 0,
    )  # fmt: skip


def _next(tokenized: TokenizedText, number: int, summaries: list[NameSummary]) -> int:
    """Key of the kind of the next candidate and what stands before it, when that is a comma, `and` or little else."""
    if number + 1 >= len(summaries):
        return 0
    behind, ahead = tokenized.candidates[number].last, tokenized.candidates[number + 1].first
    gap = ahead - behind
    if gap > 3:
        return 0
    between = tokenized.tokens[behind + 1].role if gap > 1 else 1
    if gap == 3:
        between = between * 3 + tokenized.tokens[behind + 2].role
    return between * 16 + summaries[number + 1].kind


def _tail(tokens: list[Token], last: int) -> int:
    """Role of the last capitalised word of the run that goes on after the candidate."""
    behind = last + 1
    while behind < last + RUN and tokens[behind].kind == UPPER:
        behind += 1
    return tokens[behind - 1].role


def _fit(summaries: list[NameSummary]) -> Ints:
    """How much the other names support the areas and countries of each."""
    sizes = [len(s.areas) for s in summaries]
    share = np.array([s.share for s in summaries])
    starts = np.cumsum([0, *sizes[:-1]])
    voice = np.repeat(share, sizes)
    fits = []
    for groups in ([s.areas for s in summaries], [s.countries for s in summaries]):
        group = np.concatenate(groups)
        votes = np.bincount(group, voice)
        votes[0] = 0
        fits.append(np.maximum.reduceat(votes[group], starts) - share)
    area, country = np.clip(fits[0] * 1.5, 0, 5).astype(np.int64), np.clip(fits[1], 0, 4).astype(np.int64)
    fit: Ints = area * 8 + country + 1
    return fit


class Detector:
    """The model: a weight for each number of a feature, a bias, and the probability from which a name is a place."""

    def __init__(self, path: Path = MODEL) -> None:
        with np.load(path) as data:
            self.weights = data["weights"].astype(np.float64)
            self.bias, self.threshold = float(data["bias"]), float(data["threshold"])

    def probabilities(self, features: Ints) -> list[float]:
        """Of each row of features, that it describes a place."""
        chances: list[float] = (1 / (1 + np.exp(-self.bias - self.weights[features].sum(axis=1)))).tolist()
        return chances


@cache
def detector() -> Detector:
    """The one detector of this process, read at first use."""
    return Detector()

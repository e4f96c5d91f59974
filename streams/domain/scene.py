"""Where a happening took place: which of the places that its passages name.

A place behind `in`, `at`, `near` and one near the deed count most, the city of a dateline least: it says where the report
was written.
"""

import re
from collections.abc import Iterable

from streams.domain.passages import Passage
from streams.domain.places import Toponym

ORDER = {"point": 0, "city": 1, "admin": 2, "region": 3, "country": 4, "unknown": 5}
"""Precisions from fine to coarse."""
FINE = 1  # a point or a city in the order above
NEAR = 6  # passages of a happening in which a finer place is looked for
TOP = 8  # passages of an article whose places serve when its news names none
_INTO = re.compile(
    r"\b(?:in|at|near|on|of|outside|from|around|hit|struck|rocked|shook|targeted|inside)\s+(?:[\w.'’-]+\s+){0,4}$", re.IGNORECASE)
_DATED = 4  # what the place of a dateline costs beside others


def scene(role: str, told: list[Passage], best: Passage, article: list[Passage], country: str | None) -> Toponym | None:
    """The place of a happening that `told` tells of and `best` tells best; for the news else the article's first fine one.

    `country` is where the article's news is, for what is recalled beside it without a place.
    """
    dated = _DATED if role != "story" else 0
    found = _pick(best, dated) or next((t for p in told if (t := _pick(p, dated))), None)
    if found is not None and (coarse(found) or (dated and _is_dated(found, told))):
        found = _finer(found, told[:NEAR]) or found
    if found is None and role in ("main", "story", "follow-up"):
        lead = [t for p in article[:TOP] for t in p.toponyms]
        found = min(lead, key=lambda t: (ORDER.get(t.precision, 9) > FINE + 1, t.start), default=None)
    if found is None and country and role in ("background", "aggregate"):
        named_country = (t for p in article for t in p.toponyms if t.precision == "country" and t.country == country)
        found = next(named_country, None)
    return found


def _finer(found: Toponym, told: list[Passage]) -> Toponym | None:
    """A finer place inside the one found that is said to be where something was; the dateline's when no other is."""
    wide = ORDER.get(found.precision, 5) > ORDER["admin"]
    inside = [
        (p, t) for p in told for t in p.toponyms
        if t.country == found.country and t is not found and (wide or t.admin1 == found.admin1)
    ]  # fmt: skip
    said = [t for p, t in inside if t.start >= p.dated and _led(p, t) and (not coarse(t) or (wide and t.precision == "admin"))]
    if said:
        return min(said, key=coarse)
    return next((t for p, t in inside if t.start < p.dated and not coarse(t)), None)


def _led(p: Passage, t: Toponym) -> bool:
    """Whether `in`, `at`, `near` stands before a place."""
    return _INTO.search(p.text, max(0, t.start - p.start - 50), max(0, t.start - p.start)) is not None


def coarse(place: Toponym) -> bool:
    """Coarser than a city."""
    return ORDER.get(place.precision, 5) > FINE


def _is_dated(place: Toponym, told: Iterable[Passage]) -> bool:
    """Whether the place stands in a dateline."""
    return any(p.start <= place.start < p.dated for p in told)


def _pick(p: Passage, dated: int) -> Toponym | None:
    """The place of one passage: behind `in`, `at`, `near`, the finest and nearest to the deed."""
    deed = p.deed()
    at = deed.start if deed else p.start

    def cost(t: Toponym) -> tuple[float, int]:
        return (ORDER.get(t.precision, 5) + (0 if _led(p, t) else 3) + (dated if t.start < p.dated else 0), abs(t.start - at))

    return min(p.toponyms, key=cost, default=None)

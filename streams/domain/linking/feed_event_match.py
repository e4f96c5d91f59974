"""Matches feed events with articles and each other by kind, place, time and magnitude: instruments write no prose.

Words distinguish two articles; between a measured event and anything else they say little, so only facts that both
state count: the same kind, a place within reach, times that overlap, and no other magnitude or storm name. Events that
people or machines coded from the news (GDELT, ACLED) have words and are compared as articles are; such an event shares
the address of the article that it was coded from.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from schemas.identity import canonical_url
from schemas.records import Mention, Period
from streams.domain.geo.distance import kilometres
from streams.domain.ontology.compatibility import WEATHER

DAY = timedelta(days=1)
CLOCKS = timedelta(minutes=3)  # most difference between two networks' times of one earthquake
REPORTED = timedelta(days=4)  # how long articles report an event without naming its day
SLIGHT = 2  # severity below which an event matches only reports of its magnitude
LEAST = 0.5  # score of a match in which nothing but the kind, country and day agree
REACH = {
    "storm": 500.0,
    "flood": 300.0,
    "drought": 800.0,
    "tsunami": 500.0,
    "volcano": 100.0,
    "wildfire": 60.0,
}  # kilometres
OTHER_REACH = 100.0
LASTING = frozenset(("storm", "flood", "drought", "wildfire", "volcano"))  # go on until their newest report
_MAGNITUDE = re.compile(r"\b(?:magnitude[- ]|m ?)(\d(?:\.\d)?)(?!\d)", re.IGNORECASE)
_NAMED = re.compile(r"\b(?i:storm|cyclone|hurricane|typhoon|depression)\s+([A-ZÀ-Þ][^\W\d_]{2,})")
_WARNS = re.compile(r"\b(?:warning|watch|advisory|outlook|forecast)\b", re.IGNORECASE)
_COUNTRY_ONLY = ("country", "region", "unknown")


def period_of(mention: Mention) -> Period | None:
    """The period of an event; lasting ones run until their newest report."""
    time = mention.time
    if measured(mention) and time and mention.subtype in LASTING and time.end < mention.reported_at:
        return replace(time, end=mention.reported_at)
    return time


def measured(mention: Mention) -> bool:
    """Whether it comes from instruments, or from an office that monitors them."""
    return mention.document_kind == "event" and mention.family == "disasters"


def keys(mention: Mention) -> tuple[str, ...]:
    """Keys of a feed event in the index: its page, and its kind with its country."""
    page = _page(mention)
    found = (f"@{page}",) if page else ()
    if mention.family != "disasters" or mention.place is None or not mention.place.country:
        return found
    kind = "weather" if mention.subtype in WEATHER else mention.subtype
    return (f"#{kind}:{mention.place.country}", *found)


def concerned(mention: Mention, members: Iterable[Mention]) -> bool:
    """Whether either side is or has a feed event."""
    return mention.document_kind == "event" or any(m.document_kind == "event" for m in members)


def only_measured(members: Iterable[Mention]) -> bool:
    """Whether an incident has measured events only."""
    return all(measured(m) for m in members)


def same_page(mention: Mention, members: Iterable[Mention]) -> bool:
    """Whether one is the article that the other was coded from."""
    page = _page(mention)
    return bool(page) and any(m.document_kind != mention.document_kind and _page(m) == page for m in members)


def told_apart(mention: Mention, members: Iterable[Mention]) -> bool:
    """Whether the same source has another record in the incident: two ids of one source are two events.

    Machine-coded news is excepted, as its origin is the news site: it codes one event repeatedly.
    """
    return mention.document_kind == "event" and any(
        m.document_kind == "event"
        and m.story_id != mention.story_id
        and m.origin == mention.origin == mention.source.domain
        for m in members
    )


def _page(mention: Mention) -> str:
    return _canonical(mention.url) if mention.url and mention.role in ("main", "follow-up") else ""


@lru_cache(10_000)
def _canonical(url: str) -> str:
    return canonical_url(url)


def match(mention: Mention, members: Sequence[Mention]) -> dict[str, float] | None:
    """The parts of a match between a mention and an incident, one of them a feed event; None when they are not one event.

    An event must fit every event of the incident, and one of its accounts where it has any.
    """
    if mention.family != "disasters":
        return None
    found = [_parts(mention, m) for m in members if measured(m)]
    if measured(mention):
        accounts = [m for m in members if m.document_kind == "article" and m.role in ("main", "follow-up")]
        fitting = [p for m in accounts if (p := _parts(mention, m))]
        found += [max(fitting, key=score, default=None)] if accounts else []
    sure = [p for p in found if p is not None]
    return min(sure, key=score) if sure and len(sure) == len(found) else None


def conflict(one: Sequence[Mention], other: Sequence[Mention]) -> bool:
    """Whether a feed event of either incident does not fit the other."""
    return any(
        (measured(m) and match(m, there) is None) or told_apart(m, there)
        for here, there in ((one, other), (other, one))
        for m in here
    )


def score(parts: dict[str, float]) -> float:
    """The confidence of a match: 0.5 to 0.99."""
    named = parts["kind"] == 1.0  # one storm, by its name
    return min(0.99, LEAST + 0.1 * sum(max(0.0, v) for v in parts.values()) + 0.1 * named)


def _parts(a: Mention, b: Mention) -> dict[str, float] | None:
    kind, place, time, size = _kind(a, b), _place(a, b), _time(a, b), _magnitude(a, b)
    if kind is None or place is None or time is None or size < 0:
        return None
    event, other = (a, b) if measured(a) else (b, a)
    if _WARNS.search(event.title):  # a forecast, not an event
        return None
    if other.document_kind == "article" and event.severity < SLIGHT and not size:
        return None
    return {
        "kind": kind,
        "place": place,
        "time": time,
        "magnitude": size,
        "severity": 1 - abs(a.severity - b.severity) / 5,
    }


def _kind(a: Mention, b: Mention) -> float | None:
    """1 for one name of a storm, 0.5 for one kind; None for another kind, or for storms of two names."""
    if a.family != b.family:
        return None
    names, others = _storms(a), _storms(b)
    if names and others:
        return 1.0 if names & others else None
    if a.subtype == b.subtype:
        return 0.5
    return None


def _storms(m: Mention) -> set[str]:
    """Names of storms, as the text calls them; a feed writes GRACE-21."""
    if m.subtype not in WEATHER:
        return set()
    return {n.casefold() for n in _NAMED.findall(f"{m.title}. {m.passage}")}


def _place(a: Mention, b: Mention) -> float | None:
    """1 for one point, falling to 0 at the edge of its reach; 0 for a country that both name; None elsewhere."""
    one, other = a.place, b.place
    if one is None or other is None:
        return None
    same_country = one.country is not None and one.country == other.country
    if one.precision in _COUNTRY_ONLY or other.precision in _COUNTRY_ONLY:
        return 0.0 if same_country else None
    far = kilometres(one, other)
    if far is None:
        return 0.0 if same_country else None
    reach = _reach(a, b)
    return 1 - far / reach if far <= reach else None


def _reach(a: Mention, b: Mention) -> float:
    """Kilometres within which it is reported; an earthquake's reach grows tenfold with two magnitudes."""
    sizes = _sizes(a) | _sizes(b)
    if a.subtype == "earthquake":
        return min(600.0, max(60.0, 10 ** (0.5 * max(sizes) - 1))) if sizes else OTHER_REACH
    return max(REACH.get(a.subtype, OTHER_REACH), REACH.get(b.subtype, OTHER_REACH))


def _time(a: Mention, b: Mention) -> float | None:
    """1 where the times meet, falling to 0 a day apart; None when further apart. Two events of an instant must meet."""
    one, other = period_of(a), period_of(b)
    if one is None or other is None:
        dated, told = (one, b) if one else (other, a)
        if dated is None or not -DAY / 2 <= told.reported_at - dated.start <= REPORTED:
            return None
        return 0.0
    apart = max(one.start - other.end, other.start - one.end, timedelta())
    both = measured(a) and measured(b) and a.subtype not in LASTING
    if apart > (CLOCKS if both else DAY):
        return None
    return 1 - apart / DAY


def _sizes(m: Mention) -> set[float]:
    return (
        {float(size) for size in _MAGNITUDE.findall(f"{m.title}. {m.passage}")} if m.subtype == "earthquake" else set()
    )


def _magnitude(a: Mention, b: Mention) -> float:
    """1 where magnitudes agree to within early estimates, -1 where none do, 0 where one gives none."""
    one, other = _sizes(a), _sizes(b)
    if not one or not other:
        return 0.0
    return 1.0 if min(abs(x - y) for x in one for y in other) <= 0.5 else -1.0

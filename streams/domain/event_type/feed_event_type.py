"""The types of feed events, from the feeds' own codes through the ontology's crosswalk.

A kind is a hazard's name or its code at GDACS or ReliefWeb, `cameo:` with a CAMEO code (GDELT), `acled:` with `event
type > sub-event type`, or a type of our own such as `protests/strike`. Where one code means several types the words
of the event decide between them; the type of an unknown code is read from the words alone.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from schemas.agencies import agency_at
from schemas.records import FeedEvent
from streams.domain.event_type.classifier import TypeGuess, classify_text
from streams.domain.ontology.types import Type, ontology

_HAZARDS = {
    "eq": "earthquake", "tc": "storm", "et": "storm", "st": "storm", "ss": "storm", "fl": "flood", "ff": "flood",
    "wf": "wildfire", "vo": "volcano", "dr": "drought", "ts": "tsunami", "ls": "landslide", "ms": "landslide",
    "av": "avalanche", "cw": "cold-wave", "ht": "heatwave",
}  # fmt: skip
_OTHERS = {"ep": "health/outbreak", "fr": "accidents/explosion-fire", "ac": "accidents/industrial"}
# What a code means whose words say no more, where the crosswalk names several types or a narrower one.
_MEANT = {
    "140": "protests/peaceful-protest", "144": "protests/peaceful-protest", "175": "protests/protest-with-intervention",
    "18": "violence-against-civilians/attack", "180": "violence-against-civilians/attack",
    "181": "violence-against-civilians/abduction", "182": "crime/assault", "1822": "violence-against-civilians/attack",
    "1823": "violence-against-civilians/attack", "186": "violence-against-civilians/attack", "191": "battles/attack",
    "19": "battles/armed-clash", "20": "violence-against-civilians/attack", "201": "strategic-developments/displacement",
    "other": "strategic-developments/other",
}  # fmt: skip
SURE, CODED, READ = 0.95, 0.7, 0.5  # confidence in an instrument's or person's code, in a machine's


class Kind(NamedTuple):
    """Type of an event, 0 to 1 how sure."""

    family: str
    subtype: str
    confidence: float


def kind_of(event: FeedEvent) -> Kind:
    """The type of a feed event."""
    scheme, _, code = event.kind.partition(":")
    folded = event.kind.lower()
    name = _OTHERS.get(folded) or f"disasters/{_HAZARDS.get(folded, folded)}"
    if known := ontology().by_name.get(name) or ontology().by_name.get(folded):
        return Kind(known.family, known.subtype, SURE)
    coded = by_cameo(code) if scheme == "cameo" else by_acled(code) if scheme == "acled" else ()
    title = event.title if coded else f"{event.kind} {event.title}"
    guesses = classify_text(event.text or event.title, title=title)
    if coded:
        chosen = _told(coded, guesses)
        return Kind(chosen.family, chosen.subtype, CODED if scheme == "cameo" else SURE)
    return Kind(guesses[0].family, guesses[0].subtype, guesses[0].probability)


def origin_of(event: FeedEvent) -> str:
    """The origin of the event: for machine-coded news the site that it was read from, else the feed itself."""
    site = ""
    if event.kind.startswith("cameo:"):
        with suppress(ValueError):
            site = (urlsplit(event.url).hostname or "").removeprefix("www.")
    return agency_at(site) or (site or event.source.domain or event.feed or "unknown").lower()


@cache
def by_cameo(code: str) -> tuple[Type, ...]:
    """Types of a CAMEO code, the likeliest first: those of its longest known beginning; none when it is unknown."""
    for length in range(len(code), 1, -1):
        if found := _meant(code[:length], [t for t in _incidents() if t.crosswalk.cameo == code[:length]]):
            return found
    return ()


@cache
def by_acled(code: str) -> tuple[Type, ...]:
    """Types of `event type > sub-event type`, the likeliest first; none when they are unknown."""
    family, _, sub = code.lower().rpartition(">")
    named = [t for t in _incidents() if (t.crosswalk.acled or "").lower() == sub.strip()]
    slug = family.strip().partition("/")[0].replace(" ", "-")
    return _meant(sub.strip(), [t for t in named if t.family == slug] or named)


def _meant(code: str, named: Sequence[Type]) -> tuple[Type, ...]:
    first = ontology().by_name.get(_MEANT.get(code, ""))
    return tuple(dict.fromkeys([*([first] if first else []), *named]))


def _told(types: Sequence[Type], guesses: Sequence[TypeGuess]) -> Type:
    """Of several types the one that the words support most, else the first."""
    names = {t.name: t for t in types}
    spoken = (names[name] for g in guesses if (name := f"{g.family}/{g.subtype}") in names and g.probability >= READ)
    return next(spoken, types[0])


def _incidents() -> list[Type]:
    return [t for t in ontology().types if t.incident]

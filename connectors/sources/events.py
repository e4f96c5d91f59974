"""Builds a FeedEvent record from an entry of a structured feed: identified, within the contract's bounds."""

import math
import re
from datetime import datetime

from connectors.ingest.contract import Skippable
from connectors.sources.markup import clean_text, one_line
from schemas.identity import event_id
from schemas.records import EventFigure, FeedEvent, Place, Publisher
from schemas.timestamp_sanity import plausible_event_time, plausible_publication_time

LONGEST_ID = 1_000  # characters
LONGEST_RAW = 150_000  # characters kept for audit; with the text it fits a Kafka message in any script
LONGEST_TEXT = 20_000  # characters
LONGEST_FIELD = 2_000  # characters of title, kind and address
TIMES = {"": 1, "hundred": 1e2, "thousand": 1e3, "lakh": 1e5, "million": 1e6, "crore": 1e7, "billion": 1e9}
_AMOUNT = re.compile(
    r"(?P<digits>(?:\d{1,3}(?:(?:,\d{3})+|(?:,\d\d)+,\d{3}|(?:['’]\d{3})+|(?:[ \xa0\u2009\u202f]\d{3})+)|\d+)"
    r"(?:\.\d+)?)"
    rf"(?:\s*(?P<times>{'|'.join(filter(None, TIMES))})s?)?"
)
_GROUPS = re.compile(r"[^\d.]")


def build_event(
    *,
    source: Publisher,
    source_event_id: str,
    feed: str,
    kind: str,
    title: str,
    text: str,
    place: Place | None,
    started_at: datetime | None,
    ended_at: datetime | None = None,
    updated_at: datetime | None,
    fetched_at: datetime,
    severity: int = 0,
    figures: tuple[EventFigure, ...] = (),
    url: str = "",
    raw: str = "",
    lang: str = "en",
) -> FeedEvent:
    """The record of one event. `updated_at` is `fetched_at` when the source does not say.

    Raises Skippable when the event has no usable id or no kind.
    """
    source_event_id = clean_text(source_event_id)
    kind = one_line(kind)
    if not source_event_id or len(source_event_id) > LONGEST_ID:
        raise Skippable(f"an event needs an id of 1 to {LONGEST_ID} characters, to know its revisions by")
    if not kind:
        raise Skippable("an event needs a kind")
    return FeedEvent(
        event_id=event_id(source.domain, source_event_id),
        source=source,
        source_event_id=source_event_id,
        feed=feed,
        kind=kind[:LONGEST_FIELD],
        title=one_line(title)[:LONGEST_FIELD],
        text=clean_text(text)[:LONGEST_TEXT],
        lang=lang,
        place=place if place and (place.name or place.lat is not None) else None,
        started_at=plausible_event_time(started_at),
        ended_at=plausible_event_time(ended_at),
        updated_at=plausible_publication_time(updated_at, fetched_at) or fetched_at,
        fetched_at=fetched_at,
        severity=severity,
        figures=figures,
        url=clean_text(url)[:LONGEST_FIELD],
        raw=clean_text(raw)[:LONGEST_RAW],
    )


def number(value: object) -> float | None:
    """A finite number out of a JSON value or text; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def amount(value: object) -> float | None:
    """A count from a JSON value or text; None when it is not understood as a whole.

    Thousands may be grouped as English, Indian (1,50,000), Swiss (1'157) or French (1 157) tables group them, and
    followed by a word such as million or lakh.
    """
    if not isinstance(value, str):
        return number(value)
    found = _AMOUNT.fullmatch(value.strip().casefold())
    if found is None:
        return number(value)
    plain = number(_GROUPS.sub("", found["digits"]))
    return None if plain is None else plain * TIMES[found["times"] or ""]


def coordinates(lat: object, lon: object) -> tuple[float, float] | tuple[None, None]:
    """Latitude and longitude in degrees; both None unless both are numbers on the globe."""
    y, x = number(lat), number(lon)
    if y is None or x is None or not (-90 <= y <= 90 and -180 <= x <= 180):
        return None, None
    return y, x

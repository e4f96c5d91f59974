"""ACLED's export of events as CSV (https://acleddata.com/acled-codebook), and tables of the same columns.

`kind` is `acled:` with event type and sub-event type, the notes are the text, fatalities are what was killed. Use of
ACLED's own data is subject to its terms (https://acleddata.com/eula).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import BinaryIO, Literal

from connectors.ingest.contract import Skippable
from connectors.sources.countries import from_name, from_number
from connectors.sources.events import amount, build_event, coordinates, number
from connectors.sources.markup import one_line
from connectors.sources.received import json_text
from connectors.sources.tables import read_rows
from connectors.sources.timestamps import parse_timestamp
from schemas.records import EventFigure, FeedEvent, Place, Publisher

ACLED = Publisher(domain="acleddata.com", name="ACLED")
NEEDED = ("event_id_cnty", "event_date", "event_type", "sub_event_type")
SPANS = {"1": timedelta(days=1), "2": timedelta(days=7), "3": timedelta(days=31)}  # time_precision: day, week, month
# geo_precision: town, part of a region, region
PRECISIONS: Mapping[str, Literal["city", "admin"]] = {"1": "city", "2": "admin", "3": "admin"}


def parse_acled(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Iterator[FeedEvent | Skippable]:
    """Events of an export in its order; an error for each row that cannot be read. Never raises for what it holds."""
    for read in read_rows(stream, where=where):
        if isinstance(read, Skippable):
            yield read
            continue
        spot, row = read
        if missing := [name for name in NEEDED if name not in row]:
            why = f"not an export of ACLED: no column {', '.join(missing)}"
            yield Skippable(why, raw=json_text(row).encode(), where=spot)
            return
        try:
            yield _event(row, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=json_text(row).encode(), where=spot)


def _event(row: Mapping[str, str], feed: str, fetched_at: datetime) -> FeedEvent:
    day = parse_timestamp(row["event_date"])
    if day is None:
        raise Skippable(f"no date in event_date: {row['event_date'][:40]!r}")
    kind, deed = one_line(row["event_type"]), one_line(row["sub_event_type"])
    lat, lon = coordinates(row.get("latitude"), row.get("longitude"))
    place = Place(
        name=one_line(row.get("location", "")),
        country=from_number(row.get("iso", "")) or from_name(row.get("country", "")),
        admin1=one_line(row.get("admin1", "")) or None,
        lat=lat,
        lon=lon,
        precision="unknown" if lat is None else PRECISIONS.get(row.get("geo_precision", ""), "admin"),
    )
    killed = amount(row.get("fatalities"))
    return build_event(
        source=ACLED,
        source_event_id=row["event_id_cnty"],
        feed=feed,
        kind=f"acled:{kind} > {deed}",
        title=_title(row, deed, place),
        text=row.get("notes", ""),
        place=place,
        started_at=day,
        ended_at=day + SPANS.get(row.get("time_precision", ""), SPANS["1"]),
        updated_at=parse_timestamp(number(row.get("timestamp"))) or day,
        fetched_at=fetched_at,
        figures=(EventFigure(what="killed", value=killed),) if killed is not None and killed >= 0 else (),
        raw=json_text(dict(row)),
    )


def _title(row: Mapping[str, str], deed: str, place: Place) -> str:
    """Sub-event, actors and place, in the words of the codes."""
    actors = [one_line(row.get(name, "")) for name in ("actor1", "actor2")]
    who = f": {' and '.join(filter(None, actors))}" if any(actors) else ""
    return f"{deed}{who}{f', {place.name}' if place.name else ''}"

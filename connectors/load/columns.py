"""The columns that several tables share: publisher, place, times, actors, claims and figures of a record."""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import records as r
from schemas.codec import to_json

Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)  # the greatest moment that a DateTime holds


def of_source(publisher: r.Publisher) -> Row:
    """Domain and name of a publisher."""
    return {"domain": publisher.domain, "publisher": publisher.name}


def of_place(place: r.Place | None) -> Row:
    """A place; empty strings and null coordinates when there is none."""
    return {
        "place_name": place.name if place else "",
        "country": (place.country if place else None) or "",
        "admin1": (place.admin1 if place else None) or "",
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "place_precision": place.precision if place else "",
        "gazetteer_id": (place.gazetteer_id if place else None) or "",
    }


def of_period(period: r.Period | None) -> Row:
    """When something happened; history before 1970 is exact in the `_ms` columns and null in the others."""
    start, end = (period.start, period.end) if period else (None, None)
    return {
        "time_start_ms": milliseconds(start),
        "time_start": within_range(start),
        "time_end_ms": milliseconds(end),
        "time_end": within_range(end),
        "time_precision": period.precision if period else "",
    }


def milliseconds(moment: datetime | None) -> int | None:
    """Milliseconds since 1970, negative before."""
    return None if moment is None else (moment - EPOCH) // timedelta(milliseconds=1)


def within_range(moment: datetime | None) -> datetime | None:
    """The moment when a DateTime holds it, else None: for times that history may give, told exactly elsewhere."""
    return moment if moment is not None and EPOCH <= moment <= LAST else None


def arrays(prefix: str, items: Iterable[Any], **columns: Callable[[Any], Any]) -> Row:
    """Parallel arrays: one column for each keyword, one element for each item."""
    found = tuple(items)
    return {f"{prefix}_{name}": [read(item) for item in found] for name, read in columns.items()}


def of_actors(actors: Iterable[r.Actor]) -> Row:
    """actor_name, actor_role, actor_kind."""
    return arrays("actor", actors, name=lambda a: a.name, role=lambda a: a.role, kind=lambda a: a.kind)


def of_claims(claims: Iterable[r.Claim]) -> Row:
    """Claims as parallel arrays."""
    return arrays(
        "claim",
        claims,
        what=lambda c: c.what,
        min=lambda c: c.min,
        max=lambda c: c.max,
        of=lambda c: c.of,
        attributed_to=lambda c: c.attributed_to or "",
        attribution_kind=lambda c: c.attribution_kind,
        stated_at=lambda c: within_range(c.stated_at),
        quote_start=lambda c: c.quote.start,
        quote_end=lambda c: c.quote.end,
        text=lambda c: c.text,
    )


def of_sourced_claims(claims: tuple[r.SourcedClaim, ...]) -> Row:
    """An incident's claims as parallel arrays, with the documents that carried them."""
    return of_claims(c.claim for c in claims) | arrays(
        "claim",
        claims,
        mention_id=lambda c: c.mention_id,
        document_id=lambda c: c.document_id,
        url=lambda c: c.url,
        domain=lambda c: c.source.domain,
        publisher=lambda c: c.source.name,
        origin=lambda c: c.origin,
        reported_at=lambda c: within_range(c.reported_at),
        superseded=lambda c: int(c.superseded),
    )


def of_figures(figures: Iterable[r.Figure]) -> Row:
    """An incident's figures as parallel arrays."""
    return arrays(
        "figure",
        figures,
        what=lambda f: f.what,
        low=lambda f: f.low,
        best=lambda f: f.best,
        high=lambda f: f.high,
        sources=lambda f: f.sources,
    )


def as_base64(raw: bytes | None) -> str:
    """Bytes as text."""
    return base64.b64encode(raw or b"").decode()


def as_json(record: object) -> str:
    """The whole record as JSON, as `schemas.codec.from_json` reads it."""
    return json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))

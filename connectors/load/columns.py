"""Values of records as columns: publisher, place, times, actors, claims and figures, which several tables share.

A record is the dictionary of plain values that the codec returns. A missing value is the empty string or an empty
array; null only for numbers and times.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import orjson

Plain = Mapping[str, Any]
Read = Callable[[Plain], Any]
Group = tuple[tuple[str, ...], Callable[[Plain], Sequence[Any]]]  # several columns that are read at once
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)  # the greatest moment that a DateTime holds
MILLISECOND = timedelta(milliseconds=1)


class Columns:
    """Columns of a table and how each is read from a record, or several at once."""

    def __init__(self, *groups: Group, **columns: Read) -> None:
        self._columns, self._groups = columns, groups

    def __or__(self, other: "Columns") -> "Columns":
        """The columns of both."""
        return Columns(*self._groups, *other._groups, **self._columns, **other._columns)

    def after(self, inner: Callable[[Plain], Plain]) -> "Columns":
        """The same columns, read from what `inner` makes of a record."""
        groups = [(names, lambda p, read=read: read(inner(p))) for names, read in self._groups]
        return Columns(*groups, **{n: lambda p, read=read: read(inner(p)) for n, read in self._columns.items()})

    def of(self, records: Sequence[Plain]) -> dict[str, Sequence[Any]]:
        """Every column of these records, which are one or more."""
        found: dict[str, Sequence[Any]] = {name: [*map(read, records)] for name, read in self._columns.items()}
        for names, read in self._groups:
            found.update(zip(names, zip(*map(read, records), strict=True), strict=True))
        return found


def same(*names: str) -> Columns:
    """Columns that hold the field of their name as it is."""
    return Columns(**{name: itemgetter(name) for name in names})


def or_empty(*names: str) -> Columns:
    """Columns that hold the field of their name, the empty string where it is null."""
    return Columns(**{name: lambda p, name=name: p[name] or "" for name in names})


def within(field: str, columns: Columns) -> Columns:
    """The same columns, read from the record inside a field."""
    return columns.after(itemgetter(field))


def milliseconds(moment: datetime | None) -> int | None:
    """Milliseconds since 1970, negative before."""
    return None if moment is None else (moment - EPOCH) // MILLISECOND


def within_range(moment: datetime | None) -> datetime | None:
    """The time where a DateTime can hold it, else None; the exact time stands in another column."""
    return moment if moment is not None and EPOCH <= moment <= LAST else None


def exact(name: str, field: str) -> Columns:
    """A time in any year: exact in the `_ms` column; null before 1970 in the other."""
    return Columns(**{f"{name}_ms": lambda p: milliseconds(p[field]), f"{field}": lambda p: within_range(p[field])})


def arrays(field: str, prefix: str, **columns: Callable[[Plain], Any]) -> Columns:
    """Parallel arrays: one column for each keyword, one element for each item of a field."""
    reads, names = tuple(columns.values()), tuple(f"{prefix}_{name}" for name in columns)

    def read(record: Plain) -> Sequence[Any]:
        items = record[field]
        return [[read(item) for item in items] for read in reads]

    return Columns((names, read))


def of_map(field: str, name: str, value: str, read: Callable[[Any], Any] = lambda v: v) -> Columns:
    """The keys of a map in one array column, its values in another."""
    return Columns(**{name: lambda p: list(p[field]), value: lambda p: [read(v) for v in p[field].values()]})


def _place(record: Plain) -> Sequence[Any]:
    place = record["place"]
    if place is None:
        return ("", "", "", None, None, "", "")
    return (
        place["name"], place["country"] or "", place["admin1"] or "", place["lat"], place["lon"], place["precision"],
        place["gazetteer_id"] or "",
    )  # fmt: skip


def _point(record: Plain) -> Sequence[Any]:
    _, country, _, lat, lon, _, _ = _place(record)
    return (country, lat, lon)


def _period(record: Plain) -> Sequence[Any]:
    time = record["time"]
    if time is None:
        return (None, None, None, None, "")
    start, end = time["start"], time["end"]
    return (milliseconds(start), within_range(start), milliseconds(end), within_range(end), time["precision"])


PUBLISHER = Columns(domain=lambda p: p["source"]["domain"], publisher=lambda p: p["source"]["name"])
PLACE = Columns(
    (("place_name", "country", "admin1", "lat", "lon", "place_precision", "gazetteer_id"), _place),
)
POINT = Columns((("country", "lat", "lon"), _point))
PERIOD = Columns((("time_start_ms", "time_start", "time_end_ms", "time_end", "time_precision"), _period))
ACTORS = arrays("actors", "actor", name=itemgetter("name"), role=itemgetter("role"), kind=itemgetter("kind"))
FIGURES = arrays("figures", "figure", **{name: itemgetter(name) for name in ("what", "low", "best", "high", "sources")})
_CLAIM: dict[str, Read] = {
    "what": itemgetter("what"),
    "min": itemgetter("min"),
    "max": itemgetter("max"),
    "of": itemgetter("of"),
    "attributed_to": lambda c: c["attributed_to"] or "",
    "attribution_kind": itemgetter("attribution_kind"),
    "stated_at": lambda c: within_range(c["stated_at"]),
    "quote_start": lambda c: c["quote"]["start"],
    "quote_end": lambda c: c["quote"]["end"],
    "text": itemgetter("text"),
}
CLAIMS = arrays("claims", "claim", **_CLAIM)
SOURCED_CLAIMS = arrays(
    "claims",
    "claim",
    **{name: lambda s, read=read: read(s["claim"]) for name, read in _CLAIM.items()},
    mention_id=itemgetter("mention_id"),
    document_id=itemgetter("document_id"),
    url=itemgetter("url"),
    domain=lambda s: s["source"]["domain"],
    publisher=lambda s: s["source"]["name"],
    origin=itemgetter("origin"),
    reported_at=lambda s: within_range(s["reported_at"]),
    superseded=lambda s: int(s["superseded"]),
)


def as_base64(raw: bytes | None) -> str:
    """Bytes as text."""
    return base64.b64encode(raw or b"").decode()


def as_json(record: Plain) -> str:
    """The whole record as JSON, as `schemas.codec.from_json` reads it."""
    return orjson.dumps(record, default=_json_of, option=orjson.OPT_UTC_Z).decode()


def _json_of(value: object) -> str:
    if isinstance(value, bytes):
        return as_base64(value)
    raise TypeError(f"no JSON for a {type(value).__name__}")

"""Headers that go with a record from its connector to the last stage: its trace context and the time of its entry.

`traceparent` is that of https://www.w3.org/TR/trace-context/; its trace id is the id of the article or feed event, so
that logs, traces and tables name one thing by one id. `tocsin-origin` is the time of entry in milliseconds.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.identity import digest

TRACE, ORIGIN = "traceparent", "tocsin-origin"
_TRACE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class TraceContext:
    """The id of a message's article or event (32 hexadecimal digits), the span that wrote it (16), the entry in ms."""

    trace: str
    span: str
    origin_ms: int

    @classmethod
    def of(cls, record_id: str, origin_ms: int) -> "TraceContext":
        """The context of a record that comes in now. An id that is not 32 hexadecimal digits is hashed."""
        trace = record_id if re.fullmatch("[0-9a-f]{32}", record_id) and record_id.strip("0") else digest(record_id)
        return cls(trace, digest("span", trace)[:16], origin_ms)

    def headers(self) -> Headers:
        """As headers of a message."""
        trace = f"00-{self.trace}-{self.span}-01"
        return [(TRACE, trace.encode()), (ORIGIN, str(self.origin_ms).encode())]

    def seconds_until(self, now: float) -> float:
        """Seconds from the entry to `now` (seconds since 1970); at least 0, as clocks may differ."""
        return max(0.0, now - self.origin_ms / 1000)

    def by(self, span: str) -> "TraceContext":
        """The same context, handed on by another span."""
        return replace(self, span=span)


def header_pairs(headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> list[tuple[str, Any]]:
    """Headers as pairs; some clients return a dictionary."""
    return list(headers.items() if isinstance(headers, Mapping) else headers or ())


def read_trace_context(
    headers: Mapping[str, Any] | Iterable[tuple[str, Any]] | None, record_id: str, arrived_ms: int
) -> TraceContext:
    """The trace context of a message. Without usable headers it is made of the record's id and the time of arrival.

    An entry later than the arrival comes from a wrong clock: the arrival counts then.
    """
    found = dict(header_pairs(headers))
    try:
        match = _TRACE.fullmatch(bytes(found.get(TRACE) or b"").decode())
        origin = min(int(found.get(ORIGIN) or arrived_ms), arrived_ms)
    except (ValueError, TypeError):
        match, origin = None, arrived_ms
    if match is None or not match[1].strip("0") or not match[2].strip("0"):
        return TraceContext.of(record_id, origin)
    return TraceContext(match[1], match[2], origin)


def record_id(record: object) -> str:
    """The id of the article or feed event that a record is about; empty where the record does not hold it."""
    inner = getattr(record, "article", record)
    for name in ("article_id", "event_id", "document_id"):
        if value := getattr(inner, name, ""):
            return str(value)
    return ""

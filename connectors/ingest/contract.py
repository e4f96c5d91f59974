"""The contract of every source: what it yields, and its errors, each of which says what to do next.

A source yields items in order, without end or until it has no more for now. Each item carries a record, or the error
of one input that cannot be read; and, where the source can go on from there after a restart, a position. The runner
(`connectors.ingest.run`) publishes each item, and stores a position in Kafka once all up to it is confirmed. Reading
again from an older position gives the same records with the same ids, so nothing is lost or counted twice.

ConnectorError
├── Fatal       a person must change something: the message says what; this source ends, others go on
│   └── Gone    the server has closed the address for good (410): never ask again
├── Retriable   the server is not ready: read again from the last stored position, after a growing pause
└── Skippable   this one input can never be read: quarantine it and go on; yielded as a value, so that reading goes on

A source may be cancelled at any `await`; it then closes what it opened and yields no more. One that waits for the
network awaits it; one that reads a disk for long yields often, as other sources run on the same loop.
`tests/connectors/conformance` holds every source to this.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.errors import Quarantine, Retry, Stop, TocsinError
from schemas.identity import digest
from schemas.records import Article, FeedEvent, QuarantineRecord

LARGEST_POSITION = 400_000  # bytes; escaped as JSON it still fits a Kafka message
KEPT_BYTES = 900_000  # what a quarantine record holds of an input; its contract says so


class ConnectorError(TocsinError):
    """Every error that a connector raises on purpose; each kind is one of `schemas.errors` as well."""


class Fatal(ConnectorError, Stop):
    """A person must change something first; the message says what."""


class Gone(Fatal):
    """The server has closed the address for good (410). It is not asked again, not even after a restart."""


class Retriable(ConnectorError, Retry):
    """The server is not ready: read again later. `after`: seconds to wait, where the server asks for a pause."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class Skippable(ConnectorError, Quarantine):
    """One input that can never be read. `raw`: its bytes; `where`: file and line, address, or item number."""

    def __init__(self, reason: str, *, raw: bytes = b"", where: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.raw = raw
        self.where = where


Parsed = Article | FeedEvent | Skippable


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a source.

    content: a record to publish, an error to quarantine, or None where only the position has moved.
    position: where to go on after a restart, as text of at most LARGEST_POSITION bytes; None where the source cannot go
    on from here, only from an earlier one.
    """

    content: Parsed | None
    position: str | None


@dataclass(frozen=True, slots=True)
class Remark:
    """Facts about a read beside its items; the runner plans the next read with them.

    again_after: least seconds to wait, as the server says (Cache-Control, ttl of a feed); the longest of several.
    repeated: how many records had been yielded before and were left out; several remarks are summed.
    """

    again_after: float | None = None
    repeated: int = 0


class Source(Protocol):
    """A source of records."""

    @property
    def name(self) -> str:
        """Name of the connector and what it reads; positions are stored under it."""

    @property
    def topic(self) -> str:
        """The topic its records belong to."""

    def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """Items after `position` (None: from the start) until the source has no more for now.

        Raises Fatal or Retriable; never lets another exception out, whatever the input. A position that it cannot
        read is taken as the start.
        """


def quarantined(error: Skippable, source: Source, failed_at: datetime) -> QuarantineRecord:
    """The quarantine record of an input that `source` could not read; the same input always gets the same id."""
    return QuarantineRecord(
        quarantine_id=f"{source.name}-{digest(error.where, error.raw.hex(), error.reason)}",
        topic=source.topic,
        partition=-1,
        offset=-1,
        stage=source.name,
        error=type(error).__name__,
        reason=f"{error.where}: {error.reason}" if error.where else error.reason,
        value=error.raw[:KEPT_BYTES],
        failed_at=failed_at,
    )

"""Quarantine records: what could not be handled, as it came, with the reason."""

from collections.abc import Iterable
from datetime import datetime

from schemas.records import QuarantineRecord

KEPT_BYTES = 900_000  # below Kafka's default message limit of 1 MB with room for the other fields
REASON_LENGTH = 2_000


def quarantine_record(
    *,
    topic: str,
    partition: int,
    offset: int,
    stage: str,
    error: BaseException,
    key: bytes | None,
    value: bytes | None,
    headers: Iterable[tuple[str, bytes | None]] = (),
    failed_at: datetime,
) -> QuarantineRecord:
    """The record for one message that `stage` gave up on; the same failure always has the same id."""
    return QuarantineRecord(
        quarantine_id=f"{topic}-{partition}-{offset}-{stage}",
        topic=topic,
        partition=partition,
        offset=offset,
        stage=stage,
        error=type(error).__name__,
        reason=(str(error) or repr(error))[:REASON_LENGTH],
        key=key,
        value=(value or b"")[:KEPT_BYTES],
        headers={name: value or b"" for name, value in headers},
        failed_at=failed_at,
    )

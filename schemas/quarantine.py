"""Quarantine records: the unchanged message that could not be handled, with the reason."""

from collections.abc import Iterable
from datetime import datetime

from schemas.records import QuarantineRecord

KEPT_BYTES = 900_000  # of a value; below Kafka's default message limit of 1 MB with room for the other fields
BESIDE_BYTES = 64_000  # of key and headers together
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
    """The record for one message that `stage` could not handle; the same failure always has the same id.

    It always fits a message: a long value is cut, a long key and headers are left out, and the reason says so.
    """
    kept, dropped = _beside(key, headers)
    return QuarantineRecord(
        quarantine_id=f"{topic}-{partition}-{offset}-{stage}",
        topic=topic,
        partition=partition,
        offset=offset,
        stage=stage,
        error=type(error).__name__,
        reason=dropped + _writable(str(error) or repr(error))[:REASON_LENGTH],
        key=key if key is None or len(key) <= BESIDE_BYTES else None,
        value=(value or b"")[:KEPT_BYTES],
        headers=kept,
        failed_at=failed_at,
    )


def _writable(text: str) -> str:
    """The text without lone surrogates, which errors may quote and no record can hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def _beside(key: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, bytes], str]:
    """The key and the headers that fit, and a note on what was left out."""
    size = len(key or b"")
    dropped = ["its key"] if size > BESIDE_BYTES else []
    left = BESIDE_BYTES - (0 if dropped else size)
    kept: dict[str, bytes] = {}
    for name, value in headers:
        size = len(name.encode()) + len(value or b"")
        if size <= left:
            kept[name] = value or b""
            left -= size
        elif "headers" not in dropped:
            dropped.append("headers")
    return kept, f"({' and '.join(dropped)} too long to be kept) " if dropped else ""

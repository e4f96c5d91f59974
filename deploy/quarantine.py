"""What is in quarantine, from its topic: newest records, one record, and sending records through again."""

from collections.abc import Iterator

from kafka import KafkaProducer

from deploy.tail import follow
from schemas.brokers import client_options
from schemas.quarantine import KEPT_BYTES
from schemas.records import QuarantineRecord
from schemas.topics import QUARANTINE
from streams.errors import Stop


def _all(bootstrap: str) -> Iterator[QuarantineRecord]:
    for read in follow(bootstrap, QUARANTINE.name, from_start=True, until_end=True):
        if read.record is not None:
            yield read.record


def newest(bootstrap: str, limit: int) -> list[QuarantineRecord]:
    """The newest `limit` records by time of failure, oldest of them first; each id once."""
    by_id = {r.quarantine_id: r for r in _all(bootstrap)}
    return sorted(by_id.values(), key=lambda r: (r.failed_at, r.quarantine_id))[-limit:]


def find(bootstrap: str, quarantine_id: str) -> QuarantineRecord | None:
    """The record of that id, None when there is none."""
    return next((r for r in _all(bootstrap) if r.quarantine_id == quarantine_id), None)


def replay(bootstrap: str, quarantine_id: str | None) -> int:
    """Send one record, or all, to the topic it came from; how many were sent.

    Raises Stop for an unknown id, or for a record whose bytes were too long to be kept whole.
    """
    chosen = {r.quarantine_id: r for r in _all(bootstrap) if quarantine_id in (None, r.quarantine_id)}
    if quarantine_id is not None and not chosen:
        raise Stop(f"no record {quarantine_id} in quarantine; `tocsin quarantine list` names them")
    whole = [r for r in chosen.values() if r.topic and len(r.value) < KEPT_BYTES]
    if quarantine_id is not None and not whole:
        raise Stop(f"{quarantine_id} was kept only in part; send it again from where it came from")
    producer = KafkaProducer(
        **client_options(bootstrap), acks="all", enable_idempotence=False, bootstrap_timeout_ms=5_000
    )
    try:
        sent = [producer.send(r.topic, key=r.key, value=r.value, headers=list(r.headers.items())) for r in whole]
        for future in sent:
            future.get(timeout=60)
    finally:
        producer.close()
    return len(sent)

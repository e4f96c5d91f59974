"""What the parts stand on: room on disks, clocks, and what parts of this machine wait for."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress

from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from connectors.kafka.clients import KafkaAdminClient
from connectors.sinks.contract import QueryRefused, Reader
from deploy.actions.checked import Finding
from schemas.topics import ALL
from streams.settings import Settings
from streams.stages import STAGES
from streams.status_files import waiting_for

LEAST_SHARE = 0.1  # of a disk that should be free
WRONG_SECONDS = 30.0  # that a clock may differ


def waits(settings: Settings) -> Iterator[Finding]:
    """What each stage and the loader wait for, where they run on this machine and say so."""
    for part in (*STAGES, "loader"):
        if reason := waiting_for(settings.data_dir, part):
            yield Finding(part, False, f"waits: {reason}", "it goes on by itself when that is mended")


def folder(settings: Settings) -> Finding:
    """Whether there is room in the data folder, and whether we may write there."""
    place = settings.data_dir.resolve()
    there = next(each for each in (place, *place.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Finding("data folder", False, f"{place} cannot be written", "set TOCSIN_DATA_DIR, or give us the right")
    usage = shutil.disk_usage(there)
    return _room("data folder", str(place), usage.free, usage.total)


def kafka_rooms(admin: KafkaAdminClient) -> Iterator[Finding]:
    """Room on the disks of each broker, where it tells: Kafka 3.3 and later do, the embedded broker does not."""
    with suppress(KafkaError):
        for broker in admin.describe_log_dirs(topic_partitions={}):
            name = f"disk of broker {broker['broker']}"
            for each in broker["log_dirs"]:
                if each.get("error_code"):
                    yield Finding(name, False, f"{each['log_dir']} has failed", "look at the broker's log")
                elif each.get("total_bytes", -1) > 0:
                    yield _room(name, each["log_dir"], each["usable_bytes"], each["total_bytes"])


def clickhouse_rooms(reader: Reader) -> Iterator[Finding]:
    """Room on the disks of ClickHouse, where it tells (19.15 and later, and not to everybody). Raises StoreAway."""
    with suppress(QueryRefused):
        for name, free, total in reader.query("SELECT name, free_space, total_space FROM system.disks").rows:
            if int(total):
                yield _room(f"disk of ClickHouse, {name}", "", int(free), int(total))


def _room(what: str, where: str, free: int, total: int) -> Finding:
    told = f"{free / 1e9:.1f} of {total / 1e9:.1f} GB free {where}".rstrip()
    good = free >= LEAST_SHARE * total
    return Finding(what, good, told, "" if good else "make room, or keep less: see retention in deploy/README.md")


def kafka_clock(admin: KafkaAdminClient) -> Iterator[Finding]:
    """Whether the newest message is from the future; a broker that is behind shows nowhere.

    Kafka tells it from 3.0 on; the embedded broker, which has our clock, does not.
    """
    with suppress(KafkaError):
        there = set(admin.list_topics()) & {t.name for t in ALL}
        places = [
            TopicPartition(d["name"], p["partition_index"])
            for d in admin.describe_topics(sorted(there))
            for p in d["partitions"]
        ]
        newest = admin.list_partition_offsets(dict.fromkeys(places, OffsetSpec.MAX_TIMESTAMP)) if places else {}
        latest = max((found.timestamp for found in newest.values()), default=-1)
        yield _clock("clock of Kafka", max(0.0, latest / 1000 - time.time()))


def clickhouse_clock(reader: Reader) -> Finding:
    """Whether ClickHouse has the time that we have. Raises StoreError."""
    return _clock("clock of ClickHouse", int(reader.query("SELECT toUnixTimestamp(now())").rows[0][0]) - time.time())


def _clock(what: str, ahead: float) -> Finding:
    if abs(ahead) <= WRONG_SECONDS:
        return Finding(what, True, "as ours")
    told = f"{abs(ahead):,.0f} s {'ahead of' if ahead > 0 else 'behind'} ours"
    return Finding(what, False, told, "set both right (chrony, systemd-timesyncd); what came meanwhile keeps its time")

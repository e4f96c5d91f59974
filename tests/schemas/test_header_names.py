"""One message with a header whose name is no UTF-8 must not stop the readers of its topic, nor cost what is around it."""

import pytest
from aiokafka.consumer import fetcher
from aiokafka.structs import TopicPartition
from kafka.record.memory_records import MemoryRecords, MemoryRecordsBuilder

import connectors.kafka.clients
import streams.kafka.tolerant_headers  # noqa: F401 - changes the fetcher

ODD = b"\xff\xfename"
NAMES = ["trace", "überschrift", "trace", ODD, "trace", ODD, "trace"]  # an odd one ends a batch that was begun in C
READ = [name if name != ODD else "\\xff\\xfename" for name in NAMES]


class Raw(str):
    """Written as the bytes it stands for."""

    __slots__ = ()

    def encode(self, *_):
        return ODD


def batches(compression, each=2):
    raw, offset = b"", 0
    while offset < len(NAMES):
        builder = MemoryRecordsBuilder(2, compression, 1_000_000, offset=offset)
        for name in NAMES[offset : offset + each]:
            header = Raw("odd") if name == ODD else name
            builder.append(
                timestamp=1, key=b"k%d" % offset, value=b"v%d" % offset, headers=[(header, b"h"), ("n", None)]
            )
            offset += 1
        builder.close()
        raw += bytes(builder.buffer())
    return raw


@pytest.mark.parametrize("compression", [0, 1])
def test_kafka_python_reads_every_message(compression):
    assert connectors.kafka.clients.KafkaConsumer is not None
    found = [r for batch in MemoryRecords(batches(compression)) for r in batch]
    assert [(r.offset, r.key, r.value, r.headers) for r in found] == [
        (n, b"k%d" % n, b"v%d" % n, [(name, b"h"), ("n", None)]) for n, name in enumerate(READ)
    ]
    assert all(type(r.value) is bytes for r in found)


@pytest.mark.parametrize("compression", [0, 1])
@pytest.mark.parametrize("start", [0, 1])
def test_aiokafka_reads_every_message_from_where_it_stands(compression, start):
    records = fetcher.PartitionRecords(
        TopicPartition("t", 0), fetcher.MemoryRecords(batches(compression)), None, start, None, None, True, 0
    )
    assert [(r.offset, r.key, r.value, r.headers) for r in records] == [
        (n, b"k%d" % n, b"v%d" % n, ((name, b"h"), ("n", None))) for n, name in enumerate(READ) if n >= start
    ]
    assert records.next_fetch_offset == len(READ)

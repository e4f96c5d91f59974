"""A Kafka in memory for one runner: what its log holds, and a worker that can be killed before or after any write."""

import asyncio
from collections import Counter, defaultdict
from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from zlib import crc32

from schemas.codec import Codec
from schemas.transport.dead_letter_limit import DeadLetterLimit
from streams.agents.runner import Runner
from streams.kafka.writer import Writer, size_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CODEC = Codec()
CHANGELOG = "changelog"


class Killed(BaseException):
    """The worker is gone."""


class Table(dict):
    """Entries in memory."""

    changelog_topic_name = CHANGELOG

    def fits(self, topics):
        pass

    def change(self, entries):
        for key, value in entries.items():
            self.pop(key, None)
            if value is not None:
                self[key] = value


class Builder:
    """A record batch."""

    def __init__(self, room):
        self.pairs, self.headers, self._left = [], [], room

    def append(self, *, timestamp, key, value, headers):
        del timestamp
        self._left -= size_of(key, value)
        if self.pairs and self._left < 0:
            return None
        self.pairs.append((key, value))
        self.headers.append(headers)
        return self

    def close(self):
        pass

    def record_count(self):
        return len(self.pairs)


class Kafka:
    """`log` holds the record batches in the order in which they arrived: topic, partition, pairs of key and value.

    `strike` is the write at which the worker is killed, `arrives` whether what it wrote is kept; `refuse` are writes
    that fail, once each.
    """

    def __init__(self, partitions=1, room=10**6, refuse=()):
        self.partitions, self.room, self.refuse = partitions, room, set(refuse)
        self.log, self.writes, self.strike, self.arrives = [], 0, None, False
        self.headers = defaultdict(list)  # by topic, of what arrived

    def create_batch(self):
        return Builder(self.room)

    async def partitions_for(self, topic):
        return set(range(self.partitions))

    def key_partition(self, topic, key):
        return SimpleNamespace(partition=crc32(key) % self.partitions)

    async def send_batch(self, batch, topic, *, partition):
        number, self.writes = self.writes, self.writes + 1
        if number in self.refuse:
            raise ConnectionError("not now")
        struck = number == self.strike
        if not struck or self.arrives:
            self.log.append((topic, partition, list(batch.pairs)))
            self.headers[topic] += batch.headers
        done = asyncio.get_running_loop().create_future()
        if struck:
            raise Killed
        done.set_result(None)
        return done

    def written(self, topic):
        """Pairs of a topic by partition, in their order."""
        found = defaultdict(list)
        for name, partition, pairs in self.log:
            if name == topic:
                found[partition] += pairs
        return dict(found)

    def state(self):
        """What the changelog comes to."""
        table = Table()
        for pairs in self.written(CHANGELOG).values():
            table.change(dict(pairs))
        return table


class Worker:
    """A runner over a model; it begins with what the changelog holds. Committed: how far it acknowledged."""

    def __init__(self, kafka, stage, table=None):
        self.table, self.waits = kafka.state() if table is None else table, []
        self.acknowledged = Counter()
        self._app = SimpleNamespace(
            Table=lambda *_, **__: self.table, topic=lambda *_, **__: None, agent=lambda *_, **__: lambda loop: loop,
            on_partitions_revoked=SimpleNamespace(connect=lambda _: None), consumer_generation_id=1,
            flow_control=SimpleNamespace(is_active=lambda: True),
            producer=SimpleNamespace(_producer=kafka, key_partition=kafka.key_partition),
        )  # fmt: skip
        self._runner = Runner(
            stage, CODEC, self._app, lambda: NOW, writer=Writer(self._app), room=kafka.room, waits=self.waits.append,
            recovery=nullcontext(), dead_letter_limit=DeadLetterLimit(0.5),
        )  # fmt: skip

    def run(self, *batches):
        """Messages in the batches in which they arrive; whether the worker lived through them."""

        async def all_of_them():
            for batch in batches:
                await self._runner._all([self._event(message) for message in batch])

        try:
            asyncio.run(all_of_them())
        except Killed:
            return False
        return True

    def _event(self, message):
        def ack():
            self.acknowledged[message.topic, message.partition, message.offset] += 1

        return SimpleNamespace(message=message, ack=ack)


def message(topic, offset, value, partition=0, generation=1):
    """A message as faust hands it on; its value is a record, or bytes."""
    return SimpleNamespace(
        topic=topic, partition=partition, offset=offset, timestamp=NOW.timestamp() + offset, headers=(), key=b"k",
        value=value if isinstance(value, bytes) else CODEC.encode(value), generation_id=generation,
    )  # fmt: skip

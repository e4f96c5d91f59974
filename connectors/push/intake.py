"""The queue of pushed records: sent to Kafka together, confirmed together, and refused when too many wait."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.ingest.deliver import RecordWriter
from schemas.codec import CodecError
from schemas.errors import Retry
from schemas.identity import digest
from schemas.records import Article, FeedEvent

Pushed = Article | FeedEvent
MOST_WAITING = 5_000  # records
TOGETHER = 2_000  # records that are confirmed at once
REMEMBERED = 100_000  # ids of confirmed records, by which repetitions are known


class Busy(Retry):
    """Kafka is slower than what comes in: the client must wait and send again."""


@dataclass(slots=True)
class PendingRequest:
    """Records of one request; `done` becomes, for each, why it was refused, empty where it was confirmed."""

    records: Sequence[Pushed]
    done: asyncio.Future[list[str]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Intake:
    """Takes the records of all requests; one thread at a time uses the writer."""

    def __init__(self, writer: RecordWriter, *, most_waiting: int = MOST_WAITING) -> None:
        self._writer = writer
        self._most = most_waiting
        self._waiting: asyncio.Queue[PendingRequest] = asyncio.Queue()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.held = 0

    def check(self) -> None:
        """Raises Busy when the queue is full."""
        if self.held >= self._most:
            raise Busy

    def repeated(self, record: Pushed) -> bool:
        """Whether this same record was confirmed lately. A forgotten one is sent again under the same id: harmless."""
        return mark(record) in self._seen

    async def take(self, records: Sequence[Pushed]) -> list[str]:
        """Queue records; returns for each why it was refused, empty once the brokers have it.

        Raises Busy when too many are waiting, and what the writer raises when it cannot deliver; none counts then.
        """
        if self.held + len(records) > self._most and self.held:
            raise Busy
        request = PendingRequest(records)
        self.held += len(records)
        self._waiting.put_nowait(request)
        return await asyncio.shield(request.done)

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            requests = [await self._waiting.get()]
            while sum(len(p.records) for p in requests) < TOGETHER and not self._waiting.empty():
                requests.append(self._waiting.get_nowait())
            sending = asyncio.create_task(asyncio.to_thread(self._send, requests))
            try:
                answers = await asyncio.shield(sending)
            except asyncio.CancelledError:
                await asyncio.wait([sending])
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                self._fail(requests, error)
            else:
                self._answer(requests, answers)
            finally:
                self.held -= sum(len(p.records) for p in requests)

    def _send(self, requests: Sequence[PendingRequest]) -> list[list[str]]:
        answers = [[self._publish(record) for record in request.records] for request in requests]
        self._writer.flush()
        return answers

    def _publish(self, record: Pushed) -> str:
        try:
            self._writer.publish(record)
        except CodecError as error:
            return str(error)
        return ""

    def _answer(self, requests: Sequence[PendingRequest], answers: Sequence[list[str]]) -> None:
        for request, answer in zip(requests, answers, strict=True):
            for record, refused in zip(request.records, answer, strict=True):
                if not refused:
                    self._seen[mark(record)] = None
            if not request.done.done():
                request.done.set_result(answer)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _fail(self, requests: Sequence[PendingRequest], error: Exception) -> None:
        for request in requests:
            if not request.done.done():
                request.done.set_exception(error)
                request.done.exception()  # marks the error as seen: the client may have gone


def mark(record: Pushed) -> str:
    """A key that identifies a version of a record: an article's id, which includes its text; a digest of an event."""
    return record.article_id if isinstance(record, Article) else digest(record.event_id, record.raw)

"""What a stage does when its own state is at fault, not the message."""

import asyncio
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from schemas.codec import Codec
from schemas.records import Article, Original, Publisher
from schemas.topics import ARTICLE, ORIGINAL, QUARANTINE
from schemas.transport.dead_letter_limit import Tolerance
from streams.agents.stage import Outcome, Runner

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CODEC = Codec()
MARK = b"0:@" + ARTICLE.name.encode()
ID = "0" * 32


class Table(dict):
    """Entries in memory; all are confirmed."""

    def put(self, key, value):
        self[key] = value

    async def confirmed(self):
        pass


class Topic:
    """Keeps what is sent to it."""

    def __init__(self, name, sent):
        self.name, self._sent = name, sent

    async def send(self, *, key, value, force):
        del key, force
        self._sent.append((self.name, value))
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


class Passing:
    """Passes articles on; a state with the entry `spoiled` cannot be read."""

    name, reads, keeps_state = "passing", (ARTICLE.name,), True

    def restore(self, entries):
        kept = dict(entries)
        if "spoiled" in kept:
            raise ValueError("not JSON")
        return kept

    def handle(self, state, record):
        state[record.article_id] = b"seen"
        return Outcome([Original(article=record, story_id=record.article_id)], {record.article_id: b"seen"})


@pytest.fixture
def run():
    """Runs a stage over one message with these entries in its table: topics it wrote to, what it waits for, the table."""

    def run(entries):
        table, sent, waits = Table(entries), [], []
        signal = SimpleNamespace(connect=lambda _: None)
        app = SimpleNamespace(
            Table=lambda *_, **__: table, topic=lambda *names, **_: Topic(names[0], sent),
            agent=lambda *_, **__: lambda loop: loop, on_partitions_revoked=signal,
        )  # fmt: skip
        runner = Runner(
            Passing(), CODEC, app, lambda: NOW, waits=waits.append, recovery=nullcontext(), tolerance=Tolerance(0.5)
        )
        article = Article(
            article_id=ID, url="https://news.example/1", canonical_url="https://news.example/1", title="One", body="One.",
            source=Publisher(domain="news.example"), published_at=NOW, fetched_at=NOW,
        )  # fmt: skip
        message = SimpleNamespace(
            topic=ARTICLE.name, partition=0, offset=7, timestamp=NOW.timestamp(), headers=(), key=b"k",
            value=CODEC.encode(article),
        )  # fmt: skip

        async def once():
            with suppress(TimeoutError):
                await asyncio.wait_for(runner._one(message), 0.2)

        asyncio.run(once())
        return [topic for topic, _ in sent], waits, table

    return run


def test_a_message_is_handled_and_its_place_kept(run):
    sent, waits, table = run({})
    assert (sent, waits) == ([ORIGINAL.name], [])
    assert table[MARK] == f"7 {NOW.timestamp()}".encode()


def test_a_message_whose_place_is_kept_is_passed_over(run):
    assert run({MARK: f"7 {NOW.timestamp()}".encode()})[0] == []


@pytest.mark.parametrize("mark", [b"", b"7", b"seven eight", b"1 2 3"])
def test_a_spoiled_mark_does_not_lose_the_message(run, mark):
    assert run({MARK: mark})[0] == [ORIGINAL.name]


def test_a_state_that_cannot_be_read_stops_the_stage_and_quarantines_nothing(run):
    sent, waits, table = run({b"0:spoiled": b"{", b"1:spoiled": b"{"})
    assert QUARANTINE.name not in sent
    assert sent == []
    assert "the state of partition 0 cannot be read (ValueError('not JSON'))" in waits[0]
    assert MARK not in table


def test_a_state_of_another_partition_that_cannot_be_read_stops_nothing(run):
    assert run({b"1:spoiled": b"{"})[0] == [ORIGINAL.name]

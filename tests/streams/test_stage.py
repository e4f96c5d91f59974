"""What a stage does when its own state is at fault, not the message."""

import pytest

from schemas.records import Article, Original, Publisher
from schemas.topics import ARTICLE, ORIGINAL, QUARANTINE
from streams.agents import runner
from streams.agents.stage import Outcome
from tests.streams.kafka_model import NOW, Kafka, Table, Worker, message

MARK = b"0:@" + ARTICLE.name.encode()
ID = "0" * 32
ONE = Article(
    article_id=ID, url="https://news.example/1", canonical_url="https://news.example/1", title="One", body="One.",
    source=Publisher(domain="news.example"), published_at=NOW, fetched_at=NOW,
)  # fmt: skip


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
def run(monkeypatch):
    """Runs a stage over one message with these entries in its table: topics it wrote to, what it waits for, the table."""

    class StoodStill(Exception):
        pass

    async def sleep(_):
        raise StoodStill

    monkeypatch.setattr(runner.asyncio, "sleep", sleep)

    def run(entries):
        kafka, table = Kafka(), Table(entries)
        worker = Worker(kafka, Passing(), table)
        try:
            worker.run([message(ARTICLE.name, 7, ONE)])
        except StoodStill:
            assert not worker.acknowledged
        return [topic for topic, _, _ in kafka.log if topic != "changelog"], worker.waits, table

    return run


def test_a_message_is_handled_and_its_place_kept(run):
    sent, waits, table = run({})
    assert (sent, waits) == ([ORIGINAL.name], [])
    assert table[MARK] == f"7 {NOW.timestamp() + 7}".encode()


def test_a_message_whose_place_is_kept_is_passed_over(run):
    assert run({MARK: f"7 {NOW.timestamp() + 7}".encode()})[0] == []


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

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka import TopicPartition

from connectors.load.arrivals import Arrivals
from connectors.load.batch import BatchLimits
from connectors.load.load import Loader
from connectors.sinks.contract import RowsRefused, StoreAway, Table
from schemas.codec import Codec
from schemas.records import Article, Publisher
from schemas.transport.dead_letter_limit import DeadLetterLimit

CODEC = Codec()
NOW = datetime(2021, 6, 28, 12, 0, tzinfo=UTC)
TOPIC = "news.article.v1"


@dataclass
class Message:
    value: bytes
    topic: str = TOPIC
    partition: int = 0
    offset: int = 0
    timestamp: int = 1_624_881_600_000
    key: bytes = b"k"
    headers: tuple = ()


class Store:
    """Refuses rows that hold a bad id, and is away as often as told."""

    def __init__(self, bad=(), away=0):
        self.bad, self.away, self.rows, self.inserts = set(bad), away, Counter(), 0

    def insert(self, table, columns):
        self.inserts += table == "article"
        if self.away:
            self.away -= 1
            raise StoreAway("not now")
        ids = columns["article_id"]
        if self.bad & set(ids):
            raise RowsRefused("a value is out of range")
        if table == "article":  # others stand beside it, with the same ids
            self.rows.update(ids)

    def query(self, sql):
        """Nothing is known of what comes, and no copies of it."""
        assert "article_brief" in sql or "copy_link" in sql
        return Table((), [])


class Sent:
    def __init__(self):
        self.records, self.flushed = [], 0

    def publish(self, record):
        self.records.append(record)

    def flush(self):
        self.flushed += 1


def article(number):
    return Article(article_id=f"{number:032x}", url="", source=Publisher(domain="example.org"), fetched_at=NOW)


def messages(numbers):
    return [Message(CODEC.encode(article(n)), offset=n) for n in numbers]


def loader(store, **changes):
    limits = replace(BatchLimits(first_wait=0.001, longest_wait=0.002), **changes)
    return Loader("nowhere:9", store, codec=CODEC, limits=limits, now=lambda: NOW)


def keep(tested, batch, publisher, stop):
    return tested._keeper.keep(take(tested, TopicPartition(TOPIC, 0), batch), publisher, stop)


def take(tested, place, batch):
    return list(tested._take(place, batch, Arrivals(Consumer())))


def gather(tested, consumer, stop):
    return tested._gather(consumer, Arrivals(consumer), stop)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_exactly_the_refused_messages_are_found_and_the_rest_is_stored(case):
    count, bad = case
    store, sent = Store(bad={f"{n:032x}" for n in bad}), Sent()
    assert keep(loader(store), messages(range(count)), sent, threading.Event())
    assert sorted(r.offset for r in sent.records) == sorted(bad)
    assert set(store.rows) == {f"{n:032x}" for n in range(count) if n not in bad}


def test_one_bad_row_among_many_costs_few_inserts():
    store = Store(bad={f"{7:032x}"})
    keep(loader(store), messages(range(1024)), Sent(), threading.Event())
    assert store.inserts <= 2 * 10 + 1


def test_what_cannot_be_decoded_goes_to_quarantine_as_it_came():
    store, sent = Store(), Sent()
    good, poison = messages([1])[0], Message(b"\xff\xfe poison", offset=2, headers=(("trace", b"1"), ("empty", None)))
    assert keep(loader(store), [good, poison], sent, threading.Event())
    (record,) = sent.records
    assert (record.quarantine_id, record.stage, record.error) == (f"{TOPIC}-0-2-load", "load", "CodecError")
    assert (record.key, record.value, record.headers) == (b"k", b"\xff\xfe poison", {"trace": b"1", "empty": b""})
    assert record.failed_at == NOW
    assert "schema id" in record.reason
    assert sent.flushed == 1
    assert set(store.rows) == {f"{1:032x}"}


def test_a_store_that_is_away_is_asked_again_until_it_answers():
    store = Store(away=5)
    tested = loader(store)
    assert keep(tested, messages([1, 2]), Sent(), threading.Event())
    assert set(store.rows) == {f"{1:032x}", f"{2:032x}"}
    assert tested.counters.retries == 5
    assert tested.counters.last_error == "not now"
    assert tested.counters.rows["article"] == 2


def test_waiting_for_the_store_ends_with_stop_and_keeps_nothing():
    stop, sent = threading.Event(), Sent()
    tested = loader(Store(away=10**9), first_wait=5.0, longest_wait=5.0)
    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(keep, tested, messages([1]), sent, stop)
        while not tested.counters.retries:
            assert not wait([kept], timeout=0.01).done
        stop.set()
        assert kept.result(timeout=4) is False
    assert tested.counters.batches == 0


def test_a_programming_error_is_not_taken_for_poison():
    class Broken(Store):
        def insert(self, table, columns):
            raise ZeroDivisionError

    sent = Sent()
    with pytest.raises(ZeroDivisionError):
        keep(loader(Broken()), messages([1]), sent, threading.Event())
    assert sent.records == []


class Consumer:
    """Gets a new partition, with messages, while it is being paused."""

    def __init__(self):
        self.partitions, self.held, self.sought = {TopicPartition(TOPIC, 0)}, set(), {}
        self.polls = 0

    def assignment(self):
        return set(self.partitions)

    def committed(self, partition, metadata):
        return None

    def paused(self):
        return set(self.held)

    def pause(self, *partitions):
        self.held.update(partitions)

    def resume(self, *partitions):
        self.held.difference_update(partitions)

    def seek(self, partition, offset):
        self.sought[partition] = offset

    def poll(self, timeout_ms):
        self.polls += 1
        fresh = TopicPartition(TOPIC, 1)
        if fresh not in self.partitions:
            self.partitions.add(fresh)
            return {fresh: [Message(b"", partition=1, offset=40), Message(b"", partition=1, offset=41)]}
        assert self.partitions <= self.held
        return {}


def test_while_a_batch_is_stored_the_group_hears_from_us_and_no_message_is_lost():
    consumer, go = Consumer(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        stored = pool.submit(lambda: go.wait(10))
        threading.Timer(1.3, go.set).start()
        assert loader(Store())._await(stored, consumer) is True
    assert consumer.polls >= 2
    assert consumer.sought == {TopicPartition(TOPIC, 1): 40}
    assert consumer.held == set()


class Busy(Consumer):
    """Has ten messages of 100 bytes at every poll."""

    def poll(self, timeout_ms, max_records):
        return {TopicPartition(TOPIC, 0): [Message(b"x" * 100, offset=i) for i in range(min(10, max_records))]}


def test_a_batch_ends_at_its_rows_and_at_its_bytes():
    assert len(gather(loader(Store(), rows=25), Busy(), threading.Event())) == 25
    assert len(gather(loader(Store(), bytes=1500), Busy(), threading.Event())) == 20


def test_a_backlog_is_not_read_whole_before_the_clock_is_looked_at():
    """Ten thousand messages take a starved machine longer than the group waits for its member."""

    class Backlog(Busy):
        asked = ()

        def poll(self, timeout_ms, max_records):
            self.asked += (max_records,)
            return {TopicPartition(TOPIC, 0): [Message(b"x", offset=i) for i in range(max_records)]}

    consumer = Backlog()
    assert len(gather(loader(Store(), rows=10_000), consumer, threading.Event())) <= 10_000
    assert max(consumer.asked) <= 500


def test_a_stop_hands_over_what_was_gathered():
    stop = threading.Event()

    class Stopping(Busy):
        def poll(self, timeout_ms, max_records):
            stop.set()
            return super().poll(timeout_ms, max_records)

    assert len(gather(loader(Store(), seconds=60.0), Stopping(), stop)) == 10


def test_a_flood_of_poison_is_held_where_it_begins():
    tested = Loader("nowhere:9", Store(), codec=CODEC, dead_letter_limit=DeadLetterLimit(0.5, recent=4))
    place, other = TopicPartition(TOPIC, 0), TopicPartition(TOPIC, 1)
    good, bad = messages([1, 2]), [Message(b"poison", offset=n) for n in range(3, 9)]
    taken = take(tested, place, [*good, *bad])
    assert [t.error is None for t in taken] == [True, True, False, False]
    assert tested._held[place][0] == 5
    assert "quarantine list" in tested._held[place][1]
    assert take(tested, place, messages([9])) == []
    assert len(take(tested, other, messages([9]))) == 1

"""Batches: whatever is killed, refused or poisoned in their middle, everything counts once and in its order."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import Codec
from schemas.identity import article_id
from schemas.records import Article, Original, Publisher
from schemas.topics import ARTICLE, ORIGINAL, QUARANTINE
from streams.agents.stage import Outcome
from tests.streams.kafka_model import CHANGELOG, NOW, Kafka, Worker, message

CODEC = Codec()
RECORD_BYTES = 120  # about what one entry of the stages below takes in a record batch
MARKS = b":@"


def an_article(number, title):
    url = f"https://news.example/{number}"
    return Article(
        article_id=article_id(url, title, ""), url=url, canonical_url=url, title=title, body="",
        source=Publisher(domain="news.example"), published_at=NOW, fetched_at=NOW,
    )  # fmt: skip


class Counting:
    """Numbers the articles of each title: handled twice on its own state, an article would be counted twice."""

    name, reads, keeps_state = "counting", (ARTICLE.name,), True

    def restore(self, entries):
        return {key: int(value) for key, value in entries}

    def handle(self, state, record):
        state[record.title] = state.get(record.title, 0) + 1
        if record.body == "breaks":
            raise ZeroDivisionError(record.title)
        original = Original(article=record, story_id=f"{state[record.title]:032x}")
        return Outcome([original], {record.title: str(state[record.title]).encode()})


class Remembering:
    """Numbers each article of a title once: seen again it gives the number that it had. One entry per article."""

    name, reads, keeps_state = "remembering", (ARTICLE.name,), True

    def restore(self, entries):
        return dict(entries)

    def handle(self, state, record):
        entry = state.get(record.article_id)
        if entry is None:
            number = 1 + sum(e.startswith(record.title.encode()) for e in state.values() if len(e) < 32)
            entry = state[record.article_id] = f"{record.title}{number}".encode()
        original = Original(article=record, story_id=f"{int(entry[1:]):032x}")
        return Outcome([original], {record.article_id: entry, "last": record.article_id.encode()})


def numbered(kafka):
    """Each article with its number, in the order of the topic's partitions."""
    found = defaultdict(list)
    for partition, pairs in kafka.written(ORIGINAL.name).items():
        for _, value in pairs:
            record = CODEC.decode(value, ORIGINAL.name)
            found[partition].append((record.article.article_id, int(record.story_id, 16)))
    return found


def once(found):
    """The same without what came again."""
    return {partition: list(dict.fromkeys(pairs)) for partition, pairs in found.items()}


def entries(kafka):
    return {key: value for key, value in kafka.state().items() if MARKS not in key}


@st.composite
def flows(draw):
    """Messages on two partitions, in the batches in which they arrive."""
    titles = draw(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 1)), min_size=1, max_size=12))
    offsets, flow = Counter(), []
    for number, (title, partition) in enumerate(titles):
        flow.append(message(ARTICLE.name, offsets[partition], an_article(number, title), partition))
        offsets[partition] += 1
    cuts = sorted(draw(st.sets(st.integers(1, len(flow)), max_size=4)) | {0, len(flow)})
    return [flow[a:b] for a, b in pairwise(cuts)]


def struck(stage, flow, strike, arrives, *, room, refuse=()):
    """The log after a worker was killed at a write and another has read everything that was not acknowledged."""
    kafka = Kafka(partitions=2, room=room, refuse=refuse)
    kafka.strike, kafka.arrives = strike, arrives
    worker = Worker(kafka, stage)
    if not worker.run(*flow):
        kafka.strike = None
        left = [m for batch in flow for m in batch if not worker.acknowledged[m.topic, m.partition, m.offset]]
        assert Worker(kafka, stage).run(left)
    return kafka


@settings(max_examples=300, deadline=None)
@given(flows(), st.integers(0, 25), st.booleans())
def test_a_worker_killed_at_any_write_counts_everything_once(flow, strike, arrives):
    undisturbed = struck(Counting(), flow, None, False, room=10**6)
    kafka = struck(Counting(), flow, strike, arrives, room=10**6)
    assert once(numbered(kafka)) == numbered(undisturbed)
    assert kafka.state() == undisturbed.state()


@settings(max_examples=300, deadline=None)
@given(flows(), st.integers(0, 60), st.booleans(), st.sampled_from([1, RECORD_BYTES, 4 * RECORD_BYTES]))
def test_where_entries_go_one_by_one_a_stage_that_knows_its_events_counts_them_once(flow, strike, arrives, room):
    undisturbed = struck(Remembering(), flow, None, False, room=10**6)
    kafka = struck(Remembering(), flow, strike, arrives, room=room)
    assert once(numbered(kafka)) == numbered(undisturbed)
    assert entries(kafka) == entries(undisturbed)


@settings(max_examples=100, deadline=None)
@given(flows(), st.sets(st.integers(0, 6), max_size=2))
def test_what_the_broker_refuses_for_a_while_is_written_again_in_its_order(flow, refuse):
    undisturbed = struck(Counting(), flow, None, False, room=10**6)
    kafka = struck(Counting(), flow, None, False, room=RECORD_BYTES, refuse=refuse)
    assert numbered(kafka) == numbered(undisturbed)
    assert kafka.state() == undisturbed.state()


def test_all_outputs_of_a_batch_are_one_record_batch_and_so_are_its_entries():
    kafka = Kafka()
    Worker(kafka, Counting()).run([message(ARTICLE.name, n, an_article(n, "AB"[n % 2])) for n in range(10)])
    assert [(topic, len(pairs)) for topic, _, pairs in kafka.log] == [(ORIGINAL.name, 10), (CHANGELOG, 3)]
    assert MARKS in kafka.log[-1][2][-1][0]  # how far the state has come stands last


@pytest.mark.parametrize("poison", [b"no record", an_article(5, "A")], ids=["unreadable", "the stage raises"])
@pytest.mark.parametrize("at", [0, 2, 4])
def test_a_message_that_cannot_be_handled_goes_to_quarantine_alone(poison, at):
    breaking = Article(**{name: getattr(poison, name) for name in poison.__slots__} | {"body": "breaks"}) if not isinstance(poison, bytes) else poison  # fmt: skip
    flow = [message(ARTICLE.name, n, breaking if n == at else an_article(n, "A")) for n in range(5)]
    kafka = Kafka()
    worker = Worker(kafka, Counting())
    assert worker.run(flow)
    assert [number for _, number in numbered(kafka)[0]] == [1, 2, 3, 4]  # the state was not left half changed
    ((_, value),) = kafka.written(QUARANTINE.name)[0]
    assert CODEC.decode(value, QUARANTINE.name).offset == at
    assert set(worker.acknowledged.values()) == {1}
    assert len(worker.acknowledged) == 5


def test_what_was_fetched_before_a_rebalance_is_left_to_whom_it_belongs_now():
    kafka = Kafka()
    worker = Worker(kafka, Counting())
    worker.run([message(ARTICLE.name, n, an_article(n, "A"), generation=n % 2) for n in range(4)])
    assert sorted(offset for _, _, offset in worker.acknowledged) == [1, 3]
    assert [number for _, number in numbered(kafka)[0]] == [1, 2]


def test_a_message_that_comes_twice_at_once_counts_once():
    kafka = Kafka()
    twice = message(ARTICLE.name, 3, an_article(1, "A"))
    Worker(kafka, Counting()).run([twice, twice])
    assert [number for _, number in numbered(kafka)[0]] == [1]


def test_what_a_state_forgets_within_a_batch_leaves_nothing_behind():
    class Forgetting(Counting):
        def handle(self, state, record):
            gone = dict.fromkeys(state)
            state.clear()
            state[record.title] = 1
            return Outcome([], gone | {record.title: b"1"})

    kafka = Kafka()
    Worker(kafka, Forgetting()).run([message(ARTICLE.name, n, an_article(n, f"T{n}")) for n in range(4)])
    assert entries(kafka) == {b"0:T3": b"1"}

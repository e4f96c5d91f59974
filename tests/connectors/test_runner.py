import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from kafka.errors import KafkaTimeoutError
from memory_writer import MemoryWriter

from connectors.ingest import deliver
from connectors.ingest import run as run_module
from connectors.ingest.contract import Fatal, Gone, Item, Remark, Retriable, Skippable
from connectors.ingest.health import FeedInfo
from connectors.ingest.run import Runner
from connectors.sources.article import build_article
from deploy.actions.connecting import stop_if_all_failed
from schemas.errors import Stop
from schemas.topics import ARTICLE

NOW = datetime(2024, 1, 1, tzinfo=UTC)


class Script:
    """A source that plays one list of steps after another: titles, errors to raise, errors to yield."""

    topic = ARTICLE.name

    def __init__(self, name, *reads):
        self.name, self.reads, self.positions = name, list(reads), []

    async def read(self, position):
        self.positions.append(position)
        for n, step in enumerate(self.reads.pop(0) if self.reads else [], start=1):
            if isinstance(step, str):
                yield Item(build_article(title=step, fetched_at=NOW), f"{position or ''}{n}")
            elif isinstance(step, Skippable):
                yield Item(step, None)
            elif isinstance(step, Remark):
                yield step
            elif isinstance(step, Exception):
                raise step
            else:
                await step()


def run(memory_writer, *sources, stored=None, once=True, stop=None, **options):
    async def go():
        runner = Runner(memory_writer, stored or {}, **{"clock": lambda: NOW, "chance": lambda: 0.5, **options})
        return await runner.run(sources, once=once, stop=stop and stop(runner))

    return asyncio.run(go())


def test_items_then_position():
    memory_writer = MemoryWriter()
    outcome = run(memory_writer, Script("s", ["a", Skippable("bad", raw=b"x"), "b"]))
    assert outcome.sent == 2
    assert memory_writer.titles == ["a", "b"]
    assert [r.reason for r in memory_writer.quarantined] == ["bad"]
    assert memory_writer.stored["s"].position == "3"


def test_a_restart_goes_on_where_it_was():
    memory_writer, source = MemoryWriter(), Script("s", ["a"], ["b"])
    run(memory_writer, source)
    run(memory_writer, source, stored=memory_writer.stored)
    assert source.positions == [None, "1"]


def test_one_fatal_stops_only_its_own():
    memory_writer = MemoryWriter()
    outcome = run(memory_writer, Script("bad", ["a", Fatal("mend me")]), Script("good", ["b"]))
    assert outcome.ended == {"bad": "mend me"}
    assert sorted(memory_writer.titles) == ["a", "b"]
    assert memory_writer.stored["bad"].plan.ended == ""


def test_gone_is_for_ever():
    memory_writer, source = MemoryWriter(), Script("s", [Gone("over")])
    run(memory_writer, source)
    assert run(memory_writer, source, stored=memory_writer.stored).ended["s"].startswith("over; to ask again")
    assert source.positions == [None]


def test_a_failure_waits_longer_each_time_and_keeps_the_position():
    memory_writer, source = MemoryWriter(), Script("s", ["a"], [Retriable("busy", after=1000)], [RuntimeError("a bug")])
    waits = []
    for _ in range(3):
        run(memory_writer, source, stored=memory_writer.stored)
        waits.append(memory_writer.stored["s"].plan.due - NOW.timestamp())
    assert source.positions == [None, "1", "1"]
    assert memory_writer.stored["s"].position == "1"
    assert waits[1] >= 1000
    assert memory_writer.stored["s"].plan.failures == 2


def test_no_position_without_confirmed_items():
    memory_writer = MemoryWriter()
    memory_writer.fail = OSError("no broker")
    with pytest.raises(OSError):
        run(memory_writer, Script("s", ["a"]))
    assert memory_writer.stored == {}


def test_while_kafka_is_away_the_records_are_sent_again(monkeypatch):
    monkeypatch.setattr(deliver, "FIRST_WAIT", 0.01)
    memory_writer = MemoryWriter()
    memory_writer.failures = [KafkaTimeoutError("away"), KafkaTimeoutError("still away")]
    outcome = run(memory_writer, Script("s", ["a", "b"]))
    assert memory_writer.failures == []
    assert outcome.sent == 2
    assert set(memory_writer.titles) == {"a", "b"}
    assert memory_writer.stored["s"].position == "2"


def test_at_its_end_it_does_not_wait_for_kafka_for_ever(monkeypatch):
    monkeypatch.setattr(run_module, "GRACE", 0.1)
    memory_writer = MemoryWriter()
    memory_writer.fail = KafkaTimeoutError("away")
    with pytest.raises(KafkaTimeoutError):
        run(memory_writer, Script("s", ["a"]))
    assert memory_writer.stored == {}


def test_a_position_that_is_too_large_is_not_stored():
    class Long(Script):
        async def read(self, position):
            yield Item(build_article(title="a", fetched_at=NOW), "1")
            yield Item(build_article(title="b", fetched_at=NOW), "x" * 1_000_000)

    memory_writer = MemoryWriter()
    run(memory_writer, Long("s"))
    assert memory_writer.titles == ["a", "b"]
    assert memory_writer.stored["s"].position == "1"


def test_what_is_not_due_is_not_read_and_a_stop_is_quick():
    memory_writer, source, other = MemoryWriter(), Script("s", ["a"], ["b"]), Script("t", ["c"])
    run(memory_writer, source)

    def soon(_):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stop.set)
        return stop

    outcome = run(memory_writer, source, other, stored=memory_writer.stored, once=False, stop=soon)
    assert outcome.sent == 1
    assert memory_writer.titles == ["a", "c"]


def test_stopped_in_the_middle_of_a_read_its_items_come_again():
    memory_writer = MemoryWriter()

    def soon(_):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, stop.set)
        return stop

    run(memory_writer, Script("s", ["a", lambda: asyncio.sleep(60), "b"]), once=False, stop=soon)
    assert memory_writer.stored == {}
    run(memory_writer, Script("s", ["a", "b"]), stored=memory_writer.stored)
    assert memory_writer.titles == ["a", "b"]


def test_a_long_read_hands_over_on_the_way():
    memory_writer = MemoryWriter()
    run(memory_writer, Script("s", [str(n) for n in range(450)] + [Retriable("cut")]))
    assert len(memory_writer.titles) == 450
    assert memory_writer.stored["s"].position == "450"


def test_the_server_says_when():
    memory_writer = MemoryWriter()
    run(memory_writer, Script("s", ["a", Remark(again_after=7200.0)]))
    assert memory_writer.stored["s"].plan.interval == 7200.0


def test_health_is_told_of_those_that_are_watched_and_not_counted():
    memory_writer = MemoryWriter()
    about = {"s": FeedInfo("The S", "en", "GB")}
    outcome = run(memory_writer, Script("s", ["a"]), Script("t", ["b"]), about=about)
    (health,) = memory_writer.health
    assert (health.name, health.title, health.country, health.status) == ("s", "The S", "GB", "ok")
    assert outcome.sent == 2
    for _ in range(3):
        run(memory_writer, Script("s", [Retriable("503")]), stored=memory_writer.stored, about=about)
    assert [(h.status, h.reason, h.revision) for h in memory_writer.health[1:]] == [("failing", "503", 2)]
    run(memory_writer, Script("s", [Gone("410")]), stored=memory_writer.stored, about=about)
    assert (memory_writer.health[-1].status, memory_writer.health[-1].reason) == ("ended", "410")


def test_a_feed_that_goes_quiet_raises_an_alarm():
    memory_writer, hour = MemoryWriter(), timedelta(hours=1)
    for n in range(24 * 13):
        at = NOW + n * hour
        article = [f"{n}"] if n < 24 * 12 else []
        run(
            memory_writer,
            Script("s", article),
            stored=memory_writer.stored,
            about={"s": FeedInfo("The S")},
            clock=lambda at=at: at,
        )
    assert {h.status for h in memory_writer.health} == {"ok", "silent"}
    alarm = next(h for h in memory_writer.health if h.status == "silent")
    assert alarm.status_since == NOW + (24 * 12 + 6) * hour
    assert alarm.reason == "nothing new for 7 h; usually 24.1 a day, its longest pause was 1 h"


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([Retriable("answered 503")], "answered 503"),
        ([ValueError("of ours")], "of ours"),
        ([Skippable("not a feed")], "nothing of what"),
        ([Fatal("closed to robots")], "closed to robots"),
    ],
)
def test_a_source_that_failed_when_it_was_to_be_read_once_is_told(steps, why):
    outcome = run(MemoryWriter(), Script("s", steps))
    with pytest.raises(Stop, match=why):
        stop_if_all_failed(outcome, 1)
    stop_if_all_failed(run(MemoryWriter(), Script("s", steps), Script("t", ["a"])), 2)


@pytest.mark.parametrize("steps", [[], ["a"], ["a", Skippable("bad")], [Remark(repeated=2), Skippable("bad")]])
def test_a_source_that_was_read_is_no_failure(steps):
    outcome = run(MemoryWriter(), Script("s", steps))
    assert outcome.failed == {}
    stop_if_all_failed(outcome, 1)

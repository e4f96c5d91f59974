import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from kafka.errors import KafkaTimeoutError
from shelf import Shelf

from connectors.ingest import deliver
from connectors.ingest import run as run_module
from connectors.ingest.contract import Fatal, Gone, Item, Remark, Retriable, Skippable
from connectors.ingest.health import About
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


def run(shelf, *sources, stored=None, once=True, stop=None, **options):
    async def go():
        runner = Runner(shelf, stored or {}, **{"clock": lambda: NOW, "chance": lambda: 0.5, **options})
        return await runner.run(sources, once=once, stop=stop and stop(runner))

    return asyncio.run(go())


def test_items_then_position():
    shelf = Shelf()
    outcome = run(shelf, Script("s", ["a", Skippable("bad", raw=b"x"), "b"]))
    assert outcome.sent == 2
    assert shelf.titles == ["a", "b"]
    assert [r.reason for r in shelf.quarantined] == ["bad"]
    assert shelf.stored["s"].position == "3"


def test_a_restart_goes_on_where_it_was():
    shelf, source = Shelf(), Script("s", ["a"], ["b"])
    run(shelf, source)
    run(shelf, source, stored=shelf.stored)
    assert source.positions == [None, "1"]


def test_one_fatal_stops_only_its_own():
    shelf = Shelf()
    outcome = run(shelf, Script("bad", ["a", Fatal("mend me")]), Script("good", ["b"]))
    assert outcome.ended == {"bad": "mend me"}
    assert sorted(shelf.titles) == ["a", "b"]
    assert shelf.stored["bad"].plan.ended == ""


def test_gone_is_for_ever():
    shelf, source = Shelf(), Script("s", [Gone("over")])
    run(shelf, source)
    assert run(shelf, source, stored=shelf.stored).ended["s"].startswith("over; to ask again")
    assert source.positions == [None]


def test_a_failure_waits_longer_each_time_and_keeps_the_position():
    shelf, source = Shelf(), Script("s", ["a"], [Retriable("busy", after=1000)], [RuntimeError("a bug")])
    waits = []
    for _ in range(3):
        run(shelf, source, stored=shelf.stored)
        waits.append(shelf.stored["s"].plan.due - NOW.timestamp())
    assert source.positions == [None, "1", "1"]
    assert shelf.stored["s"].position == "1"
    assert waits[1] >= 1000
    assert shelf.stored["s"].plan.failures == 2


def test_no_position_without_confirmed_items():
    shelf = Shelf()
    shelf.fail = OSError("no broker")
    with pytest.raises(OSError):
        run(shelf, Script("s", ["a"]))
    assert shelf.stored == {}


def test_while_kafka_is_away_the_records_are_sent_again(monkeypatch):
    monkeypatch.setattr(deliver, "FIRST_WAIT", 0.01)
    shelf = Shelf()
    shelf.failures = [KafkaTimeoutError("away"), KafkaTimeoutError("still away")]
    outcome = run(shelf, Script("s", ["a", "b"]))
    assert shelf.failures == []
    assert outcome.sent == 2
    assert set(shelf.titles) == {"a", "b"}
    assert shelf.stored["s"].position == "2"


def test_at_its_end_it_does_not_wait_for_kafka_for_ever(monkeypatch):
    monkeypatch.setattr(run_module, "GRACE", 0.1)
    shelf = Shelf()
    shelf.fail = KafkaTimeoutError("away")
    with pytest.raises(KafkaTimeoutError):
        run(shelf, Script("s", ["a"]))
    assert shelf.stored == {}


def test_a_position_that_is_too_large_is_not_stored():
    class Long(Script):
        async def read(self, position):
            yield Item(build_article(title="a", fetched_at=NOW), "1")
            yield Item(build_article(title="b", fetched_at=NOW), "x" * 1_000_000)

    shelf = Shelf()
    run(shelf, Long("s"))
    assert shelf.titles == ["a", "b"]
    assert shelf.stored["s"].position == "1"


def test_what_is_not_due_is_not_read_and_a_stop_is_quick():
    shelf, source, other = Shelf(), Script("s", ["a"], ["b"]), Script("t", ["c"])
    run(shelf, source)

    def soon(_):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stop.set)
        return stop

    outcome = run(shelf, source, other, stored=shelf.stored, once=False, stop=soon)
    assert outcome.sent == 1
    assert shelf.titles == ["a", "c"]


def test_stopped_in_the_middle_of_a_read_its_items_come_again():
    shelf = Shelf()

    def soon(_):
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.05, stop.set)
        return stop

    run(shelf, Script("s", ["a", lambda: asyncio.sleep(60), "b"]), once=False, stop=soon)
    assert shelf.stored == {}
    run(shelf, Script("s", ["a", "b"]), stored=shelf.stored)
    assert shelf.titles == ["a", "b"]


def test_a_long_read_hands_over_on_the_way():
    shelf = Shelf()
    run(shelf, Script("s", [str(n) for n in range(450)] + [Retriable("cut")]))
    assert len(shelf.titles) == 450
    assert shelf.stored["s"].position == "450"


def test_the_server_says_when():
    shelf = Shelf()
    run(shelf, Script("s", ["a", Remark(again_after=7200.0)]))
    assert shelf.stored["s"].plan.interval == 7200.0


def test_health_is_told_of_those_that_are_watched_and_not_counted():
    shelf = Shelf()
    about = {"s": About("The S", "en", "GB")}
    outcome = run(shelf, Script("s", ["a"]), Script("t", ["b"]), about=about)
    (health,) = shelf.health
    assert (health.name, health.title, health.country, health.status) == ("s", "The S", "GB", "ok")
    assert outcome.sent == 2
    for _ in range(3):
        run(shelf, Script("s", [Retriable("503")]), stored=shelf.stored, about=about)
    assert [(h.status, h.reason, h.revision) for h in shelf.health[1:]] == [("failing", "503", 2)]
    run(shelf, Script("s", [Gone("410")]), stored=shelf.stored, about=about)
    assert (shelf.health[-1].status, shelf.health[-1].reason) == ("ended", "410")


def test_a_feed_that_goes_quiet_raises_an_alarm():
    shelf, hour = Shelf(), timedelta(hours=1)
    for n in range(24 * 13):
        at = NOW + n * hour
        article = [f"{n}"] if n < 24 * 12 else []
        run(shelf, Script("s", article), stored=shelf.stored, about={"s": About("The S")}, clock=lambda at=at: at)
    assert {h.status for h in shelf.health} == {"ok", "silent"}
    alarm = next(h for h in shelf.health if h.status == "silent")
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
    outcome = run(Shelf(), Script("s", steps))
    with pytest.raises(Stop, match=why):
        stop_if_all_failed(outcome, 1)
    stop_if_all_failed(run(Shelf(), Script("s", steps), Script("t", ["a"])), 2)


@pytest.mark.parametrize("steps", [[], ["a"], ["a", Skippable("bad")], [Remark(repeated=2), Skippable("bad")]])
def test_a_source_that_was_read_is_no_failure(steps):
    outcome = run(Shelf(), Script("s", steps))
    assert outcome.failed == {}
    stop_if_all_failed(outcome, 1)

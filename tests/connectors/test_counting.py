"""Counting takes its share of the time, the newest hours first."""

import re
from datetime import UTC, datetime, timedelta

from connectors.load.tallies import AGAIN_SECONDS, AT_ONCE, SHARE, Tallies
from connectors.sinks.contract import StoreAway, Table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Slow:
    """A store that takes three seconds for each statement."""

    def __init__(self):
        self.now, self.counted, self.away, self.asked = 0.0, [], False, 0

    def query(self, statement):
        self.asked += 1
        if self.away:
            raise StoreAway("away")
        return Table(("n",), [(0,)] if "max(" in statement else [])

    def execute(self, statement):
        self.now += 3
        if "_tally_hour (" in statement:
            self.counted.append({int(n) for n in re.findall(r"toDateTime\((\d+)", statement)})


def test_counting_rests_in_between_and_newest_hours_come_first():
    store = Slow()
    tallies = Tallies(store, now_us=lambda: 1, clock=lambda: store.now)
    moments = [NOON - timedelta(hours=n) for n in range(2 * AT_ONCE)]
    tallies.note("article_by_time", {"fetched_at": moments})
    tallies.in_turn()
    tallies.in_turn()
    assert [len(hours) for hours in store.counted] == [AT_ONCE]
    assert max(store.counted[0]) == NOON.timestamp()
    store.now = 6 * SHARE - 0.1
    tallies.in_turn()
    assert [len(hours) for hours in store.counted] == [AT_ONCE]
    store.now = 6 * SHARE
    tallies.in_turn()
    assert [len(hours) for hours in store.counted] == [AT_ONCE, AT_ONCE]
    assert not store.counted[0] & store.counted[1]


def test_times_that_no_column_holds_are_not_counted():
    store = Slow()
    tallies = Tallies(store)
    tallies.note(
        "mention_by_time", {"reported_at": [datetime(1969, 7, 20, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]}
    )
    tallies.note("mention", {"reported_at": [NOON]})
    tallies.in_turn()
    assert store.counted == []


def test_what_was_loaded_before_is_found_as_soon_as_the_store_answers():
    store = Slow()
    store.away = True
    tallies = Tallies(store, clock=lambda: store.now)
    tallies.in_turn()
    tallies.in_turn()
    assert store.asked == 1, "a store that is away is not asked at once again"
    store.away, store.now = False, AGAIN_SECONDS
    tallies.note("mention_by_time", {"reported_at": [NOON]})
    tallies.in_turn()
    assert store.asked > 1
    assert len(store.counted) == 1
    asked, store.now = store.asked, 10 * AGAIN_SECONDS
    tallies.in_turn()
    assert store.asked == asked, "what was loaded before is looked for once"


def test_a_clock_that_was_set_back_makes_no_count_older_than_the_last():
    class Stamped(Slow):
        stamps = ()

        def query(self, statement):
            return Table(("n",), [(5_000_000,)] if "max(" in statement else [])

        def execute(self, statement):
            self.stamps += tuple(int(n) for n in re.findall(r", (\d+)\s+FROM", statement))

    store = Stamped()
    tallies = Tallies(store, now_us=lambda: 1_000, clock=lambda: store.now)
    tallies.note("article_by_time", {"fetched_at": [NOON]})
    tallies.in_turn()
    tallies.note("article_by_time", {"fetched_at": [NOON]})
    tallies.in_turn(last=True)
    by_hour, by_day, again, _ = store.stamps
    assert 5_000_000 < by_hour <= by_day < again

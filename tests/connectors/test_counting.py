"""Counting takes its share of the time, the newest hours first."""

import re
from datetime import UTC, datetime, timedelta

from connectors.load.tallies import AT_ONCE, SHARE, Tallies

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Slow:
    """A store that takes three seconds for each statement."""

    def __init__(self):
        self.now, self.counted = 0.0, []

    def execute(self, statement):
        self.now += 3
        if "_tally_hour (" in statement:
            self.counted.append({int(n) for n in re.findall(r"toDateTime\((\d+)", statement)})


def test_counting_rests_in_between_and_newest_hours_come_first():
    store = Slow()
    tallies = Tallies(store, now_us=lambda: 1, clock=lambda: store.now)
    moments = [NOON - timedelta(hours=n) for n in range(2 * AT_ONCE)]
    tallies.note("article_by_time", {"fetched_at": moments})
    assert tallies.in_turn()
    assert tallies.in_turn()
    assert [len(hours) for hours in store.counted] == [AT_ONCE]
    assert max(store.counted[0]) == NOON.timestamp()
    store.now = 6 * SHARE - 0.1
    assert tallies.in_turn()
    store.now = 6 * SHARE
    assert not tallies.in_turn()
    assert [len(hours) for hours in store.counted] == [AT_ONCE, AT_ONCE]
    assert not store.counted[0] & store.counted[1]


def test_times_that_no_column_holds_are_not_counted():
    store = Slow()
    tallies = Tallies(store)
    tallies.note(
        "mention_by_time", {"reported_at": [datetime(1969, 7, 20, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]}
    )
    tallies.note("mention", {"reported_at": [NOON]})
    assert not tallies.in_turn()
    assert store.counted == []

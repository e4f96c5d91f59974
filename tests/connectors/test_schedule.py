from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.schedule import LONGEST_OBEYED, Plan, ReadIntervals, after_failure, after_read

INTERVALS = ReadIntervals()
NOW = 1_700_000_000.0
DAY = 86_400.0
CHANCE = st.floats(0, 1)


def live(plan, per_day, days, limits=INTERVALS):
    """A feed of so many items a day, read whenever it is due."""
    at, carried = plan.due, 0.0
    end = at + days * DAY
    while at < end:
        carried += (at - plan.read_at) * per_day / DAY
        new, carried = int(carried), carried - int(carried)
        plan = after_read(plan, at=at, dates=[at] * new, limits=limits, chance=0.5)
        at = plan.due
    return plan


def first(dates=()):
    return after_read(Plan(), at=NOW, dates=dates, limits=INTERVALS, chance=0.5)


def test_the_first_answer_s_dates_tell_the_rhythm():
    busy = first([NOW - n * 600 for n in range(50)])  # one in ten minutes
    calm = first([NOW - n * DAY for n in range(5)])
    assert 240 < busy.interval < 400
    assert calm.interval > 10 * busy.interval


def test_the_rhythm_is_learned_and_followed():
    calm = live(first([NOW - n * DAY for n in range(5)]), per_day=2, days=10)
    busy = live(calm, per_day=200, days=4)
    assert calm.interval > 3 * 3_600
    assert busy.interval < 400  # half an item at 200 a day are 216 s
    assert live(busy, per_day=0, days=10).interval == INTERVALS.longest


def test_a_server_may_slow_us_down_within_the_limits_but_not_hurry_us():
    plan = first([NOW - n for n in range(50)])
    assert plan.interval == INTERVALS.shortest
    read = {"at": NOW + 200, "dates": [], "limits": INTERVALS, "chance": 0.5}
    assert after_read(plan, **read, asked=1800).interval == 1800
    assert after_read(plan, **read, asked=1e9).interval == INTERVALS.longest
    assert after_read(plan, **read, asked=0).interval == after_read(plan, **read).interval


def test_failures_wait_longer_each_time_and_a_success_forgets_them():
    plan, waits = first(), []
    for _ in range(20):
        plan = after_failure(plan, at=NOW, limits=INTERVALS, chance=0.5)
        waits.append(plan.due - NOW)
    assert waits == sorted(waits)
    assert waits[0] < 60
    assert waits[-1] <= INTERVALS.longest_wait
    assert plan.failures == 20
    assert plan.interval == first().interval
    assert after_read(plan, at=NOW, dates=[], limits=INTERVALS, chance=0.5).failures == 0


@given(CHANCE, st.floats(0, 1e12), st.integers(0, 2_000))
def test_retry_after_is_obeyed_up_to_a_week(chance, asked, failures):
    plan = after_failure(Plan(failures=failures), at=0.0, limits=INTERVALS, chance=chance, asked=asked)
    assert plan.due >= min(asked, LONGEST_OBEYED)
    assert plan.due <= max(INTERVALS.longest_wait, LONGEST_OBEYED * 1.2)


@given(CHANCE, CHANCE, st.lists(st.floats(0, 2 * NOW), max_size=50), st.none() | st.floats(0, 1e9))
def test_no_pause_leaves_the_limits(one, other, dates, asked):
    plan = Plan()
    for chance in (one, other, one):
        at = plan.due or NOW
        plan = after_read(plan, at=at, dates=dates, limits=INTERVALS, chance=chance, asked=asked)
        assert INTERVALS.shortest <= plan.interval <= INTERVALS.longest
        assert 0.9 * plan.interval - 1 <= plan.due - at <= 1.1 * plan.interval + 1


def test_chance_spreads_the_feeds_of_one_host():
    dues = {after_failure(Plan(failures=3), at=0.0, limits=INTERVALS, chance=c / 10).due for c in range(10)}
    assert len(dues) == 10

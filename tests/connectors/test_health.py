from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.health import DAY, HOUR, FeedInfo, Memory, ReadResult, due_for_record, health_record, observe
from schemas.codec import Codec

START = 20_000 * DAY  # a midnight
CODEC = Codec()


def record(memory):
    found = health_record(memory, "feed:x", FeedInfo("X", "en", "GB"), due=memory.read_at + 60, interval=60, failures=0)
    CODEC.encode(found)
    return found


def live(memory, start, hours, busy):
    """Reads once an hour, with one new record in each hour that `busy` says."""
    for n in range(hours):
        at = start + n * HOUR
        dates = [at - 60] if busy(n) else []
        memory = observe(memory, ReadResult(at, dates, lags=[60.0] * len(dates), repeated=2))
    return memory


def test_an_even_feed_that_stops_is_silent_and_recovers():
    memory = live(Memory(), START, 24 * 12, lambda n: True)
    assert (memory.status, memory.reason) == ("ok", "")
    end = START + 24 * 12 * HOUR
    memory = live(memory, end, 5, lambda n: False)
    assert memory.status == "ok"
    memory = live(memory, end + 5 * HOUR, 4, lambda n: False)
    assert memory.status == "silent"
    assert memory.reason.startswith("nothing new for 9 h; usually 24")
    assert record(due_for_record(memory, Memory())).status == "silent"
    memory = live(memory, end + 10 * HOUR, 1, lambda n: True)
    assert memory.status == "ok"


def test_nights_and_weekends_are_no_silence():
    def office(n):
        return n // 24 % 7 < 5 and 8 <= n % 24 < 18

    statuses, memory = set(), Memory()
    for n in range(24 * 7 * 5):
        at = START + n * HOUR
        memory = observe(memory, ReadResult(at, [at] if office(n) else []))
        statuses.add(memory.status)
    assert statuses == {"ok"}
    assert live(memory, START + 24 * 7 * 5 * HOUR, 24 * 6, lambda n: False).status == "silent"


def test_a_feed_of_few_items_is_not_judged():
    memory = observe(Memory(), ReadResult(START, [START - DAY * n for n in range(7)]))
    assert live(memory, START, 24 * 20, lambda n: False).status == "ok"


def test_the_first_answer_tells_a_history():
    memory = observe(Memory(), ReadResult(START, [START - HOUR * n for n in range(24 * 12)], lags=[9e5]))
    found = record(due_for_record(memory, Memory()))
    assert 23 < found.items_usual < 26
    assert found.items_day in {24, 25}
    assert found.latency_seconds is None  # what was published before we came was not late through us
    assert live(memory, START + HOUR, 9, lambda n: False).status == "silent"


def test_what_is_older_than_the_history_counts_only_as_the_newest():
    memory = observe(Memory(), ReadResult(START, [START - 100 * DAY, START - 90 * DAY]))
    found = record(due_for_record(memory, Memory()))
    assert found.last_item_at.timestamp() == START - 90 * DAY
    assert found.items_usual == 0


def test_failures_are_told_from_the_third():
    memory = live(Memory(), START, 3, lambda n: True)
    statuses = []
    for n in (1, 2, 3):
        memory = observe(memory, ReadResult(START + DAY + n, error="503", failures=n))
        statuses.append((memory.status, memory.reason))
    assert statuses == [("ok", ""), ("ok", ""), ("failing", "503")]
    assert memory.since == START + DAY + 3
    assert observe(memory, ReadResult(START + DAY + 9)).status == "ok"
    assert observe(memory, ReadResult(START, error="410", ended=True)).status == "ended"


def test_sums_of_the_week():
    memory = live(Memory(), START, 48, lambda n: n % 2 == 0)
    found = record(due_for_record(memory, Memory()))
    assert found.repeated_share == round(96 / (96 + 24), 4)
    assert found.latency_seconds == 60.0
    assert (found.revision, found.feed_id) == (
        1,
        record(due_for_record(live(memory, START + 3 * DAY, 1, bool), memory)).feed_id,
    )


def test_a_record_at_changes_and_now_and_then():
    memory = due_for_record(observe(Memory(), ReadResult(START)), Memory())
    soon = observe(memory, ReadResult(START + 60))
    assert due_for_record(soon, memory) is None
    assert due_for_record(observe(memory, ReadResult(START + 1000)), memory).revision == 2
    assert due_for_record(observe(memory, ReadResult(START + 60, error="x", failures=3)), memory).revision == 2


@given(
    st.lists(
        st.builds(
            ReadResult,
            at=st.floats(0, 4e9),
            dates=st.lists(st.floats(0, 4e9), max_size=5),
            lags=st.lists(st.floats(-1e6, 1e9), max_size=3),
            unreadable=st.integers(0, 9),
            repeated=st.integers(0, 9),
            error=st.sampled_from(["", "503"]),
            failures=st.integers(0, 5),
        ),
        max_size=6,
    )
)
def test_whatever_comes_the_record_fits_its_contract_and_the_memory_survives(reads):
    memory = Memory()
    for brought in reads:
        before, memory = memory, observe(memory, brought)
        memory = due_for_record(memory, before) or memory
        assert Memory.from_plain(memory.to_plain()) == memory
        if memory.revision:
            record(memory)
    assert len(memory.days) <= 29 + sum(len(b.dates) for b in reads)


@given(st.dictionaries(st.sampled_from(["days", "hours", "revision", "x"]), st.just("?") | st.lists(st.integers())))
def test_a_memory_that_is_not_readable_is_fresh(plain):
    assert isinstance(Memory.from_plain(plain), Memory)

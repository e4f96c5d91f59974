"""What waits for a target: the newest of each alert, and no position past what it has not been told."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connectors.notify.backlog import IN_A_SUMMARY, MOST_ALERTS, MOST_REPEATS, Backlog, Held, HourlyLimit

REVISIONS = st.lists(st.sampled_from("abc"), max_size=30)
STEPS = st.lists(st.sampled_from(["take", "send", "fail"]), max_size=80)


def held(alert_id, revision, offset, partition=0):
    return Held(alert_id, revision, partition, offset, offset, alert_id.encode(), b"x")


def filled(names, per_hour=None):
    backlog, revisions = Backlog(HourlyLimit(per_hour)), {}
    for offset, name in enumerate(names):
        revisions[name] = revisions.get(name, 0) + 1
        backlog.take(held(name, revisions[name], offset))
    return backlog, revisions


@given(REVISIONS, STEPS)
def test_whatever_fails_and_wherever_it_ends_a_restart_tells_the_newest_of_all(names, steps):
    log, revisions = [], {}
    for offset, name in enumerate(names):
        revisions[name] = revisions.get(name, 0) + 1
        log.append(held(name, revisions[name], offset))
    backlog, coming, told = Backlog(HourlyLimit(None)), iter(log), {}
    backlog.begin(0, 0)
    for step in steps:
        if step == "take":
            if message := next(coming, None):
                backlog.take(message)
        elif chosen := backlog.next(0.0):
            if step == "fail":
                backlog.put_back()
                continue
            (one,) = chosen
            assert one.revision > told.get(one.alert_id, 0)
            told[one.alert_id] = one.revision
            backlog.confirm()
    position = backlog.positions()[0]
    again = {h.alert_id: h.revision for h in log[position:]}
    assert {name: max(told.get(name, 0), again.get(name, 0)) for name in revisions} == revisions


def test_of_each_alert_the_newest_is_told_and_an_older_one_never_after_it():
    backlog, _ = filled("aaabab")
    assert [(h.alert_id, h.revision, h.first) for h in backlog.next(0)] == [("a", 4, 0)]
    backlog.confirm()
    backlog.take(held("b", 1, 6))
    assert [(h.alert_id, h.revision, h.first) for h in backlog.next(0)] == [("b", 2, 3)]
    backlog.confirm()
    assert backlog.positions() == {0: 7}


def test_what_failed_waits_behind_the_others_unless_a_newer_one_speaks_for_it():
    backlog, _ = filled("ab")
    assert backlog.next(5.0)[0].alert_id == "a"
    backlog.take(held("a", 2, 2))
    backlog.put_back()
    assert backlog.positions() == {0: 0}
    assert backlog.next(6.0)[0].alert_id == "b"
    backlog.confirm()
    (a,) = backlog.next(7.0)
    assert (a.revision, a.first, a.tried) == (2, 0, 5.0)


def test_a_revision_that_comes_while_an_older_one_is_on_its_way_waits():
    backlog, _ = filled("a")
    backlog.next(0)
    assert backlog.knows("a")
    backlog.take(held("a", 2, 1))
    backlog.take(held("a", 1, 2))
    backlog.confirm()
    assert backlog.positions() == {0: 1}
    assert backlog.next(0)[0].revision == 2


def test_partitions_of_others_are_forgotten_and_what_others_told_is_dropped():
    backlog = Backlog(HourlyLimit(None))
    for partition, name in enumerate("abc"):
        backlog.take(held(name, 2, 5, partition))
    sent = backlog.next(0)
    backlog.keep_only([1, 2])
    backlog.put_back()
    assert sent[0].partition == 0
    assert backlog.positions() == {1: 5, 2: 5}
    backlog.prune({"b": 2, "c": 1}.get)
    assert [h.alert_id for h in backlog.next(0)] == ["c"]


def test_beyond_the_limit_all_that_waits_comes_at_once_when_there_is_room_again():
    backlog, _ = filled([f"{n}" for n in range(10)], per_hour=4)
    for _ in range(4):
        assert len(backlog.next(0.0)) == 1
        backlog.confirm()
    assert backlog.next(0.0) == []
    assert backlog.held_back
    assert backlog.next(899.0) == []
    assert len(backlog.next(900.0)) == 6
    backlog.put_back()
    assert len(backlog.next(901.0)) == 6
    backlog.confirm()
    assert not backlog.held_back
    assert backlog.positions() == {0: 10}
    backlog.take(held("new", 1, 10))
    assert backlog.next(902.0) == []
    assert len(backlog.next(1802.0)) == 1


@given(st.integers(1, 100), st.lists(st.floats(0, 5_000), max_size=300))
def test_no_more_goes_out_than_the_pace_allows(per_hour, pauses):
    limit, now, out = HourlyLimit(per_hour), 0.0, []
    for pause in pauses:
        now += pause / 10
        if limit.free(now):
            limit.spend()
            out.append(now)
    for first in out:
        within = [at for at in out if first <= at < first + 3600]
        assert len(within) <= 2 * per_hour


def test_a_backlog_is_bounded_and_so_is_a_summary():
    backlog, _ = filled([f"{n}" for n in range(MOST_ALERTS - 1)], per_hour=1)
    assert not backlog.full
    backlog.take(held("last", 1, MOST_ALERTS))
    assert backlog.full
    backlog.next(0)
    backlog.confirm()
    assert backlog.next(1.0) == []
    assert len(backlog.next(3600.0)) == IN_A_SUMMARY


def test_what_is_due_later_waits_and_a_newer_revision_does_not_put_it_off():
    backlog = Backlog(HourlyLimit(None))
    backlog.begin(0, 0)
    backlog.take(replace(held("a", 1, 0), due=100.0))
    backlog.take(replace(held("a", 2, 1), due=900.0))
    backlog.take(held("b", 1, 2))
    assert [h.alert_id for h in backlog.next(5.0)] == ["b"]
    backlog.confirm()
    assert backlog.next(99.0) == []
    assert backlog.positions() == {0: 0}
    assert [(h.alert_id, h.revision) for h in backlog.next(100.0)] == [("a", 2)]


def test_alerts_that_are_gathered_go_as_one_message_after_the_wait():
    backlog = Backlog(HourlyLimit(None), gather=60.0)
    backlog.begin(0, 0)
    backlog.take(held("a", 1, 0))
    assert backlog.next(10.0) == []
    backlog.take(held("b", 1, 1))
    assert backlog.next(69.0) == []
    assert [h.alert_id for h in backlog.next(70.0)] == ["a", "b"]
    backlog.confirm()
    backlog.take(held("c", 1, 2))
    assert backlog.next(71.0) == []
    assert [h.alert_id for h in backlog.next(131.0)] == ["c"]


def test_an_unheard_alert_is_told_again_until_a_newer_revision_comes_and_holds_no_position():
    backlog = Backlog(HourlyLimit(None))
    backlog.begin(0, 0)
    backlog.take(held("a", 1, 0))
    (first,) = backlog.next(0.0)
    backlog.repeat(first, 50.0)
    backlog.confirm()
    assert backlog.positions() == {0: 1}
    assert backlog.next(49.0) == []
    (again,) = backlog.next(50.0)
    assert (again.again, again.revision) == (1, 1)
    backlog.put_back()
    assert backlog.positions() == {0: 1}
    assert [h.again for h in backlog.next(51.0)] == [1]
    backlog.repeat(again, 100.0)
    backlog.confirm()
    backlog.take(held("a", 2, 1))
    assert [(h.revision, h.again) for h in backlog.next(101.0)] == [(2, 0)]
    backlog.confirm()
    assert backlog.next(1000.0) == []


def test_nothing_is_told_for_ever():
    backlog, told = Backlog(HourlyLimit(None)), 0
    backlog.begin(0, 0)
    backlog.take(held("a", 1, 0))
    while chosen := backlog.next(float(told)):
        told += 1
        backlog.repeat(chosen[0], float(told))
        backlog.confirm()
    assert told == 1 + MOST_REPEATS

"""Alerts to webhooks that are slow, dead, choosy or far behind, and a notifier that is killed: nothing lost."""

import json
import threading
from collections import Counter
from dataclasses import replace

import pytest
from kafka import TopicPartition

from connectors.ingest.publish import Publisher
from connectors.notify.announced import read_memory
from deploy.actions.quarantine import newest, replay
from deploy.supervise.tree import notifier
from schemas.codec import Codec, to_json
from schemas.topics import ALERT
from tests.integration.notifying import QUICK, an_alert, pair
from tests.integration.system import eventually

pytestmark = pytest.mark.timeout(300)


def test_a_first_start_is_quiet_a_second_goes_on_and_the_past_can_be_asked_for(bench):
    hook, old, new = bench.hook, [an_alert(n) for n in range(5)], [an_alert(n) for n in range(5, 10)]
    bench.publish(*old)
    with bench.worker():
        bench.publish(new[0])
        eventually(lambda: hook.pairs() == [pair(new[0])], seconds=30, what="the new one comes")
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="it is committed")
    bench.publish(*new[1:])
    with bench.worker():
        eventually(lambda: len(hook.pairs()) == 5, seconds=30, what="those of the meantime come")
    with bench.worker(from_start=True):
        eventually(lambda: len(hook.pairs()) == 10, seconds=30, what="the past comes")
    assert Counter(hook.pairs()) == Counter(map(pair, old + new))
    key, body, headers = hook.came("desk")[0]
    assert (key, body) == (f"{new[0].alert_id}:1", to_json(new[0]))
    assert headers["Tocsin-Kind"] == "alert"


def test_after_an_outage_each_alert_comes_once_with_its_newest_state_and_no_other_target_waits(bench):
    hook = bench.hook
    hook.answers["dead"] = 503
    with bench.worker("dead") as told, bench.worker("desk"):
        for revision in range(1, 6):
            bench.publish(*[an_alert(n, revision, "new" if revision == 1 else "figures changed") for n in range(10)])
        newest_of_each = {pair(an_alert(n, 5)) for n in range(10)}
        eventually(lambda: newest_of_each <= set(hook.pairs("desk")), seconds=60, what="the other target hears")
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="and is done")
        assert bench.behind("dead")["dead"] > 0
        eventually(lambda: any("503" in t for t in told), seconds=30, what="what it waits for is told")
        assert hook.pairs("dead") == []
        hook.answers["dead"] = 204
        eventually(lambda: bench.behind("dead") == {"dead": 0}, seconds=60, what="it catches up")
        assert set(hook.pairs("dead")) == newest_of_each
        assert len(hook.pairs("dead")) == 10
        eventually(lambda: told[-1:] == [""], seconds=30, what="it waits no more")


def test_what_a_target_refuses_is_set_aside_with_its_reason_and_can_be_sent_again(bench):
    hook, alerts = bench.hook, [an_alert(n) for n in range(4)]
    hook.answers["desk"] = lambda body: 422 if body["alert_id"] == alerts[1].alert_id else 200
    with bench.worker():
        bench.publish(*alerts)
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="all are dealt with")
        assert set(hook.pairs()) == {pair(a) for n, a in enumerate(alerts) if n != 1}
        (record,) = newest(bench.bootstrap, 10)
        assert (record.stage, record.error, record.key) == ("notify-desk", "Refused", alerts[1].alert_id.encode())
        assert "it answers 422" in record.reason
        assert "no, says" in record.reason
        hook.answers["desk"] = 200
        assert replay(bench.bootstrap, record.quarantine_id) == 1
        eventually(lambda: pair(alerts[1]) in hook.pairs(), seconds=30, what="it comes after all")
    assert max(Counter(hook.pairs()).values()) == 1


def test_an_overtaken_alert_is_not_sent_again_from_quarantine(bench):
    hook = bench.hook
    hook.answers["desk"] = lambda body: 422 if body["revision"] == 1 else 200
    with bench.worker():
        bench.publish(an_alert(1))
        eventually(lambda: len(newest(bench.bootstrap, 10)) == 1, seconds=30, what="it is refused")
        bench.publish(an_alert(1, 2, "escalated"))
        eventually(lambda: hook.pairs() == [pair(an_alert(1, 2))], seconds=30, what="the next is taken")
        assert replay(bench.bootstrap, None) == 0


def test_what_is_wrong_with_the_door_loses_nothing(bench):
    hook = bench.hook
    hook.redirect = hook.url("elsewhere")
    for status in (401, 302):
        hook.answers["desk"] = status
        with bench.worker() as told:
            bench.publish(an_alert(status))
            eventually(
                lambda told=told, status=status: any(str(status) in t for t in told), seconds=30, what="it waits"
            )
    hook.answers["desk"] = 200
    with bench.worker():
        eventually(lambda: len(hook.pairs()) == 2, seconds=30, what="both come")
    assert hook.asked["elsewhere"] == 0
    assert newest(bench.bootstrap, 10) == []


def test_an_alert_that_its_target_never_takes_is_passed_by_others_and_set_aside_in_the_end(bench):
    hook = bench.hook
    hook.answers["desk"] = lambda body: 500 if body["revision"] == 1 else 200
    others = [an_alert(n, 2) for n in range(5)]
    with bench.worker(waits=replace(QUICK, give_up=6.0)):
        bench.publish(an_alert(99), *others)
        eventually(lambda: set(map(pair, others)) == set(hook.pairs()), seconds=30, what="others pass it")
        assert newest(bench.bootstrap, 10) == []
        eventually(lambda: len(newest(bench.bootstrap, 10)) == 1, seconds=30, what="it is set aside")
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="and passed")


def test_a_slow_target_keeps_its_place_in_the_group(bench):
    hook = bench.hook
    hook.slow["desk"] = 6.5  # longer than a silent member is kept
    with bench.worker(timeout=20.0) as told:
        bench.publish(an_alert(1), an_alert(2))
        eventually(lambda: len(hook.pairs()) == 2, seconds=60, what="all come, slowly")
        assert any("has not answered" in t for t in told)
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="all are committed")
    assert max(Counter(hook.pairs()).values()) == 1


def test_what_the_rate_limit_holds_back_comes_in_one_summary(bench):
    hook = bench.hook
    with bench.worker(per_hour=360):
        hook.slow["desk"] = 0.5  # so that all are there before the limit is reached
        bench.publish(*[an_alert(n) for n in range(400)])
        hook.slow["desk"] = 0
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=60, what="all are told")
    summaries = [body for key, body, _ in hook.came("desk") if key.startswith("summary:")]
    told = hook.pairs() + [(a["alert_id"], a["revision"]) for body in summaries for a in body["alerts"]]
    assert Counter(told) == Counter(pair(an_alert(n)) for n in range(400))
    assert 1 <= len(summaries) <= 4
    assert len(hook.came("desk")) < 370


def test_a_merged_incident_names_the_one_that_survives(bench):
    one, other = an_alert(1), an_alert(2)
    merged = an_alert(1, 2, "merged", merged_into=other.incident_id)
    with bench.worker():
        bench.publish(one, other)
        eventually(lambda: len(bench.hook.pairs()) == 2, seconds=30, what="both are told")
        bench.publish(merged)
        eventually(lambda: pair(merged) in bench.hook.pairs(), seconds=30, what="the merge is told")
    body = bench.hook.came("desk")[-1][1]
    assert (body["reason"], body["incident"]["merged_into"]) == ("merged", other.incident_id)
    assert read_memory(bench.bootstrap, "desk").headline(other.incident_id) == "Strike 2"


def test_kill_in_the_middle_of_deliveries_loses_nothing(bench):
    """Two targets, one of them slow: every alert reaches both; doubled is only what was in flight at a kill."""
    hook, kills = bench.hook, 3
    settings = bench.settings("desk", "slow")
    hook.slow["slow"] = 0.2
    (child,) = notifier(settings)
    child.start().wait_ready()
    alerts = [an_alert(n) for n in range(60)]
    bench.publish(*alerts)
    for kill in range(kills):
        done = len(hook.pairs("slow"))
        eventually(lambda done=done: len(hook.pairs("slow")) >= done + 8, seconds=60, what="some are told")
        assert len(hook.pairs("slow")) < 60, f"all was over before kill {kill}"
        child.kill()
        child.start().wait_ready()
    try:
        for name in ("desk", "slow"):
            eventually(lambda name=name: bench.behind(name) == {name: 0}, seconds=60, what=f"{name} is done")
    finally:
        child.stop()
    for name in ("desk", "slow"):
        counts = Counter(hook.pairs(name))
        assert set(counts) == set(map(pair, alerts))
        assert sum(counts.values()) <= 60 + kills
        assert {key for key, _, _ in hook.came(name)} == {f"{a}:{r}" for a, r in counts}
    assert hook.url() not in child.log.read_text()


def test_killed_after_the_target_took_it_the_notifier_says_the_same_again_under_the_same_key(bench):
    hook, killed = bench.hook, threading.Event()
    (child,) = notifier(bench.settings("desk"))

    def kill_it_first(_):
        if not killed.is_set():
            child.kill()
            killed.set()
        return 200

    hook.answers["desk"] = kill_it_first
    child.start().wait_ready()
    bench.publish(an_alert(1))
    assert killed.wait(60)
    eventually(lambda: len(hook.came("desk")) == 1, seconds=30, what="it was taken all the same")
    child.start().wait_ready()
    try:
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=60, what="it is noted at last")
    finally:
        child.stop()
    (key, body, _), (key_again, body_again, _) = hook.came("desk")
    assert (key, body) == (key_again, body_again) == (f"{an_alert(1).alert_id}:1", to_json(an_alert(1)))


def test_poison_among_alerts_is_set_aside_and_held_when_it_is_a_flood(bench):
    hook = bench.hook
    with bench.worker():
        with Publisher(bench.bootstrap, Codec(), batch_bytes=bench.batch_bytes) as publisher:
            publisher.keep(ALERT.name, "poison", b"no alert")
            publisher.keep(ALERT.name, "gone", None)
        bench.publish(an_alert(1))
        eventually(lambda: hook.pairs() == [pair(an_alert(1))], seconds=30, what="the good one comes")
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="all is committed")
    (record,) = newest(bench.bootstrap, 10)
    assert (record.stage, record.key, record.value) == ("notify", b"poison", b"no alert")
    assert TopicPartition(record.topic, record.partition).topic == ALERT.name
    assert json.dumps(record.reason)

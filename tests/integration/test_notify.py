"""Alerts to webhooks that are slow, dead, choosy or far behind, and a notifier that is killed: nothing lost."""

import json
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from kafka import TopicPartition

from connectors.ingest.publish import Publisher
from connectors.notify.announced import group_of, read_memory
from connectors.notify.hush import Hush
from connectors.notify.sender import Timing, Waits
from connectors.notify.target_worker import Courier
from connectors.notify.targets import Webhook
from deploy.actions.quarantine import newest, replay
from deploy.actions.setup import create_topics
from deploy.supervise.lag import LagReader
from deploy.supervise.tree import notifier
from schemas.codec import Codec, to_json
from schemas.records import Alert, Change, Incident
from schemas.topics import ALERT
from streams.domain.alerting.triage import Act, triage
from streams.settings import Settings
from tests.integration.hook import Hook
from tests.integration.system import eventually, own_kafka

pytestmark = pytest.mark.timeout(300)
START = datetime(2026, 1, 1, tzinfo=UTC)
QUICK = Waits(first=0.05, longest=0.3)


def an_alert(number, revision=1, reason="new", **changes):
    incident = Incident(
        incident_id=f"{number:032x}", version=revision, family="explosions", subtype="air-drone-strike",
        title=f"Strike {number}", mention_count=1, article_count=1, source_count=1, origin_count=1, severity=4,
        role="main", first_seen=START, last_changed=START + timedelta(hours=revision), change=Change(),
        **changes,
    )  # fmt: skip
    return Alert(
        alert_id=f"{number + 10**6:032x}", incident_id=incident.incident_id, rule="severity", level="critical",
        revision=revision, reason=reason, headline=f"Strike {number}", incident=incident, raised_at=START,
        changed_at=incident.last_changed,
    )  # fmt: skip


def pair(alert):
    return alert.alert_id, alert.revision


class Bench:
    """A broker of one's own, a webhook, and couriers to it."""

    def __init__(self, bootstrap, batch_bytes, hook, folder):
        self.bootstrap, self.batch_bytes, self.hook, self.folder = bootstrap, batch_bytes, hook, folder

    def publish(self, *alerts):
        with Publisher(self.bootstrap, Codec(), batch_bytes=self.batch_bytes) as publisher:
            for alert in alerts:
                publisher.publish(alert)

    @contextmanager
    def courier(self, name="desk", *, from_start=False, timeout=2.0, **options):
        """One at work in a thread; what it waited for is in `told`."""
        stop, told = threading.Event(), []
        target = Webhook(self.hook.url(name), timeout=timeout)
        options = {"waits": QUICK, "batch_bytes": self.batch_bytes, **options}
        courier = Courier(self.bootstrap, name, target, tell=told.append, **options)
        failed = []

        def run():
            try:
                courier.run(stop, from_start=from_start)
            except BaseException as error:
                failed.append(error)
                raise

        thread = threading.Thread(target=run)
        thread.start()
        try:
            assert courier.ready.wait(30)
            yield told
        finally:
            stop.set()
            thread.join()
            target.close()
        assert not failed

    def settings(self, *names):
        targets = {name: {"url": self.hook.url(name)} for name in names}
        return Settings(kafka=self.bootstrap, data_dir=self.folder, batch_bytes=self.batch_bytes, notify=targets)

    def behind(self, *names):
        reader = LagReader(self.bootstrap, names)
        try:
            return {name: sum(x.behind for x in reader.lags() if x.group == group_of(name)) for name in names}
        finally:
            reader.close()


@pytest.fixture
def bench(parts, tmp_path):
    with own_kafka(parts, tmp_path) as (bootstrap, batch_bytes), Hook() as hook:
        create_topics(Settings(kafka=bootstrap, partitions=2))
        yield Bench(bootstrap, batch_bytes, hook, tmp_path)


def test_a_first_start_is_quiet_a_second_goes_on_and_the_past_can_be_asked_for(bench):
    hook, old, new = bench.hook, [an_alert(n) for n in range(5)], [an_alert(n) for n in range(5, 10)]
    bench.publish(*old)
    with bench.courier():
        bench.publish(new[0])
        eventually(lambda: hook.pairs() == [pair(new[0])], seconds=30, what="the new one comes")
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="it is committed")
    bench.publish(*new[1:])
    with bench.courier():
        eventually(lambda: len(hook.pairs()) == 5, seconds=30, what="those of the meantime come")
    with bench.courier(from_start=True):
        eventually(lambda: len(hook.pairs()) == 10, seconds=30, what="the past comes")
    assert Counter(hook.pairs()) == Counter(map(pair, old + new))
    key, body, headers = hook.came("desk")[0]
    assert (key, body) == (f"{new[0].alert_id}:1", to_json(new[0]))
    assert headers["Tocsin-Kind"] == "alert"


def test_after_an_outage_each_alert_comes_once_with_its_newest_state_and_no_other_target_waits(bench):
    hook = bench.hook
    hook.answers["dead"] = 503
    with bench.courier("dead") as told, bench.courier("desk"):
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
    with bench.courier():
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
    with bench.courier():
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
        with bench.courier() as told:
            bench.publish(an_alert(status))
            eventually(
                lambda told=told, status=status: any(str(status) in t for t in told), seconds=30, what="it waits"
            )
    hook.answers["desk"] = 200
    with bench.courier():
        eventually(lambda: len(hook.pairs()) == 2, seconds=30, what="both come")
    assert hook.asked["elsewhere"] == 0
    assert newest(bench.bootstrap, 10) == []


def test_an_alert_that_its_target_never_takes_is_passed_by_others_and_set_aside_in_the_end(bench):
    hook = bench.hook
    hook.answers["desk"] = lambda body: 500 if body["revision"] == 1 else 200
    others = [an_alert(n, 2) for n in range(5)]
    with bench.courier(waits=replace(QUICK, give_up=6.0)):
        bench.publish(an_alert(99), *others)
        eventually(lambda: set(map(pair, others)) == set(hook.pairs()), seconds=30, what="others pass it")
        assert newest(bench.bootstrap, 10) == []
        eventually(lambda: len(newest(bench.bootstrap, 10)) == 1, seconds=30, what="it is set aside")
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="and passed")


def test_a_slow_target_keeps_its_place_in_the_group(bench):
    hook = bench.hook
    hook.slow["desk"] = 6.5  # longer than a silent member is kept
    with bench.courier(timeout=20.0) as told:
        bench.publish(an_alert(1), an_alert(2))
        eventually(lambda: len(hook.pairs()) == 2, seconds=60, what="all come, slowly")
        assert any("has not answered" in t for t in told)
        eventually(lambda: bench.behind("desk") == {"desk": 0}, seconds=30, what="all are committed")
    assert max(Counter(hook.pairs()).values()) == 1


def test_what_the_rate_limit_holds_back_comes_in_one_summary(bench):
    hook = bench.hook
    with bench.courier(per_hour=360):
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
    with bench.courier():
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
    with bench.courier():
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


def test_a_silenced_alert_is_not_told_and_an_acknowledged_one_only_when_it_grows_worse(bench):
    hook, hush, stop = bench.hook, Hush(bench.bootstrap, Codec()), threading.Event()
    reader = threading.Thread(target=hush.follow, args=(stop,))
    reader.start()
    now = datetime.now(UTC)
    silent, known, loud = (an_alert(n) for n in (1, 2, 3))
    bench.publish(
        triage(None, silent.alert_id, Act("silence", "mara", now, "a drill", now + timedelta(hours=1))),
        triage(None, known.alert_id, Act("acknowledge", "mara", now)),
    )
    try:
        with bench.courier(hushed=hush.reason, page="http://console.example/#{}".format):
            eventually(lambda: hush.reason(silent), seconds=10, what="triage is read")
            bench.publish(silent, known, an_alert(2, 2, "figures changed"), loud)
            eventually(lambda: pair(loud) in hook.pairs(), seconds=30, what="the loud one is told")
            bench.publish(an_alert(2, 3, "escalated"))
            eventually(lambda: (known.alert_id, 3) in hook.pairs(), seconds=30, what="what grows worse is told")
    finally:
        stop.set()
        reader.join()
    assert silent.alert_id not in {alert_id for alert_id, _ in hook.pairs()}
    assert (known.alert_id, 2) not in hook.pairs()


def test_escalation_tells_only_what_nobody_acknowledged_and_repeats_end_with_an_acknowledgement(bench):
    hush = Hush(bench.bootstrap, Codec())
    stop = threading.Event()
    following = threading.Thread(target=hush.follow, args=(stop,))
    following.start()
    heard, unheard = an_alert(1), an_alert(2)
    timing = Timing(after=4.0, repeat=1.0)
    try:
        with bench.courier(hushed=hush.reason, timing=timing):
            bench.publish(heard, unheard)
            bench.publish(triage(None, heard.alert_id, Act("acknowledge", "mara", datetime.now(UTC))))
            eventually(lambda: len(bench.hook.pairs()) >= 3, seconds=60, what="it is told and told again")
            bench.publish(triage(None, unheard.alert_id, Act("acknowledge", "ben", datetime.now(UTC))))
            eventually(lambda: hush.reason(unheard, pressing=True), seconds=30, what="the notifier knows")
    finally:
        stop.set()
        following.join()
    assert set(bench.hook.pairs()) == {pair(unheard)}
    keys = [key for _, _, key, _ in bench.hook.told()]
    assert keys[:3] == [f"{unheard.alert_id}:1", f"{unheard.alert_id}:1:again1", f"{unheard.alert_id}:1:again2"]

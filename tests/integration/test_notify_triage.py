"""What triage does to what targets are told: silence, acknowledgement, escalation, repeats."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from connectors.notify.sender import Timing
from connectors.notify.triage_filter import TriageFilter
from schemas.codec import Codec
from streams.domain.alerting.triage import Act, triage
from tests.integration.notifying import an_alert, pair
from tests.integration.system import eventually

pytestmark = pytest.mark.timeout(300)


@contextmanager
def hushing(bench):
    """What triage says, followed in a thread."""
    triage_filter, stop = TriageFilter(bench.bootstrap, Codec()), threading.Event()
    following = threading.Thread(target=triage_filter.follow, args=(stop,))
    following.start()
    try:
        yield triage_filter
    finally:
        stop.set()
        following.join()


def test_a_silenced_alert_is_not_told_and_an_acknowledged_one_only_when_it_grows_worse(bench):
    hook, now = bench.hook, datetime.now(UTC)
    silent, known, loud = (an_alert(n) for n in (1, 2, 3))
    bench.publish(
        triage(None, silent.alert_id, Act("silence", "mara", now, "a drill", now + timedelta(hours=1))),
        triage(None, known.alert_id, Act("acknowledge", "mara", now)),
    )
    with (
        hushing(bench) as triage_filter,
        bench.worker(suppressed=triage_filter.reason, page="http://console.example/#{}".format),
    ):
        eventually(lambda: triage_filter.reason(silent), seconds=10, what="triage is read")
        bench.publish(silent, known, an_alert(2, 2, "figures changed"), loud)
        eventually(lambda: pair(loud) in hook.pairs(), seconds=30, what="the loud one is told")
        bench.publish(an_alert(2, 3, "escalated"))
        eventually(lambda: (known.alert_id, 3) in hook.pairs(), seconds=30, what="what grows worse is told")
    assert silent.alert_id not in {alert_id for alert_id, _ in hook.pairs()}
    assert (known.alert_id, 2) not in hook.pairs()


def test_escalation_tells_only_what_nobody_acknowledged_and_repeats_end_with_an_acknowledgement(bench):
    heard, unheard = an_alert(1), an_alert(2)
    timing = Timing(after=4.0, repeat=1.0)
    with hushing(bench) as triage_filter, bench.worker(suppressed=triage_filter.reason, timing=timing):
        bench.publish(heard, unheard)
        bench.publish(triage(None, heard.alert_id, Act("acknowledge", "mara", datetime.now(UTC))))
        eventually(lambda: len(bench.hook.pairs()) >= 3, seconds=60, what="it is told and told again")
        bench.publish(triage(None, unheard.alert_id, Act("acknowledge", "ben", datetime.now(UTC))))
        eventually(lambda: triage_filter.reason(unheard, pressing=True), seconds=30, what="the notifier knows")
    assert set(bench.hook.pairs()) == {pair(unheard)}
    keys = [key for _, _, key, _ in bench.hook.told()]
    assert keys[:3] == [f"{unheard.alert_id}:1", f"{unheard.alert_id}:1:again1", f"{unheard.alert_id}:1:again2"]

"""What the notifier's tests share: alerts, and a bench with a broker of one's own, a webhook and couriers to it."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from connectors.ingest.publish import Publisher
from connectors.notify.announced import group_of
from connectors.notify.sender import Waits
from connectors.notify.target_worker import TargetWorker
from connectors.notify.targets import Webhook
from deploy.supervise.lag import LagReader
from schemas.codec import Codec
from schemas.records import Alert, Change, Incident
from streams.settings import Settings

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
    def worker(self, name="desk", *, from_start=False, timeout=2.0, **options):
        """One at work in a thread; what it waited for is in `told`."""
        stop, told = threading.Event(), []
        target = Webhook(self.hook.url(name), timeout=timeout)
        options = {"waits": QUICK, "batch_bytes": self.batch_bytes, **options}
        worker = TargetWorker(self.bootstrap, name, target, tell=told.append, **options)
        failed = []

        def run():
            try:
                worker.run(stop, from_start=from_start)
            except BaseException as error:
                failed.append(error)
                raise

        thread = threading.Thread(target=run)
        thread.start()
        try:
            assert worker.ready.wait(30)
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

"""Sends alerts to the targets of the settings: a worker for each, side by side in one process."""

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime

from connectors.ingest.contract import Fatal
from connectors.notify.notice import of_test
from connectors.notify.rules import Rules
from connectors.notify.sender import Timing, Waits
from connectors.notify.target_worker import TargetWorker
from connectors.notify.targets import Away, Refused, Target, open_target
from connectors.notify.triage_filter import TriageFilter
from deploy.actions.codec import open_codec
from schemas.codec import Codec
from schemas.errors import Stop
from schemas.transport.dead_letter_limit import DeadLetterLimit
from streams.settings import Settings
from streams.status_files import WaitingMark, ready_file

log = logging.getLogger("tocsin.notify")


def run_notifier(settings: Settings, names: Iterable[str], stop: threading.Event, *, from_start: bool = False) -> None:
    """Deliver until `stop` is set. Raises Stop when a target or topic is missing or wrong."""
    targets, codec = open_targets(settings, names), open_codec(settings)
    triage_filter = TriageFilter(settings.kafka, codec)
    workers = [_worker(settings, name, target, codec, triage_filter) for name, target in targets.items()]
    try:
        with ThreadPoolExecutor(len(workers) + 2, thread_name_prefix="worker") as pool:
            pool.submit(_say_ready, settings, workers, stop)
            running = [pool.submit(worker.run, stop, from_start=from_start) for worker in workers]
            running.append(pool.submit(triage_filter.follow, stop))
            wait(running, return_when=FIRST_EXCEPTION)  # when one ends, the supervisor restarts all of them
            stop.set()
        for ended in running:
            ended.result()
    finally:
        for target in targets.values():
            target.close()


def send_tests(settings: Settings, names: Iterable[str]) -> dict[str, str]:
    """Send each target a test; errors by name, empty where it was accepted. Raises Stop as `open_targets` does."""
    found = {}
    for name, target in open_targets(settings, names).items():
        try:
            target.send(of_test(name, datetime.now(UTC).isoformat()))
            found[name] = ""
        except (Away, Refused) as error:
            found[name] = str(error)
        finally:
            target.close()
    return found


def open_targets(settings: Settings, names: Iterable[str]) -> dict[str, Target]:
    """Targets by name, all when none is named. Raises Stop that names the target at fault, never its address."""
    wanted = list(names) or list(settings.notify)
    if not wanted:
        raise Stop("there are no targets: add one to tocsin.toml, as `tocsin notify --help` shows")
    if unknown := sorted(set(wanted) - set(settings.notify)):
        raise Stop(f"no target {', '.join(unknown)}; there are {', '.join(settings.notify) or 'none'}")
    found = {}
    for name in wanted:
        given = settings.notify[name]
        try:
            found[name] = open_target(given.address(), secret=given.key(), timeout=given.timeout)
        except (Fatal, Stop) as error:
            raise Stop(f"target {name}: {error}") from None
    return found


def _worker(settings: Settings, name: str, target: Target, codec: Codec, triage_filter: TriageFilter) -> TargetWorker:
    given = settings.notify[name]
    console = settings.console_url.rstrip("/")
    return TargetWorker(
        settings.kafka,
        name,
        target,
        rules=Rules(
            given.least_level,
            given.least_severity,
            frozenset(given.families),
            frozenset(given.countries),
            frozenset(given.reasons),
        ),
        per_hour=given.limit(),
        codec=codec,
        batch_bytes=settings.batch_bytes,
        waits=Waits(give_up=given.give_up_hours * 3600),
        dead_letter_limit=DeadLetterLimit(settings.invalid_share),
        tell=WaitingMark(settings, f"notify-{name}").note,
        suppressed=triage_filter.reason,
        timing=Timing(given.after_minutes * 60, given.gather_minutes * 60, given.repeat_minutes * 60),
        page=lambda incident_id: f"{console}/#{incident_id}" if console else "",
    )


def _say_ready(settings: Settings, workers: Sequence[TargetWorker], stop: threading.Event) -> None:
    """Tell the supervisor when the first offsets of every target are stored."""
    for worker in workers:
        while not worker.ready.wait(0.2):
            if stop.is_set():
                return
    mark = ready_file(settings, "notify")
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()

"""The process tree of `tocsin up`: every part in its order, watched, restarted when it dies, stopped in reverse."""

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kafka.errors import KafkaError

from deploy.supervise.lag import LagReader, groups_of, totals
from deploy.supervise.liveness import Liveness
from deploy.supervise.process import Child
from schemas.errors import Stop
from streams.settings import Settings
from streams.stages import STAGES, shared
from streams.status_files import ready_file, waiting_for

log = logging.getLogger("tocsin")
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0  # seconds before a dead part is started again
LOOK_SECONDS = 5.0  # between two looks at the offsets
STEADY_SECONDS = 20.0  # a part that lived this long restarts after the first wait again; a broken one dies sooner


@dataclass(slots=True)
class Restart:
    """When a part was started last, and how long it must wait the next time."""

    started: float
    wait: float = FIRST_WAIT
    due: float | None = None


@dataclass(slots=True)
class Tree:
    """Parts in order of start. With `kafka` their offsets are watched, with `data_dir` their notes of waiting.

    `targets`: names of the notifier's targets.
    """

    parts: list[Child]
    kafka: str | None = None
    data_dir: Path | None = None
    targets: tuple[str, ...] = ()
    _restarts: dict[str, Restart] = field(default_factory=dict)
    _liveness: Liveness = field(default_factory=Liveness)
    _lag: LagReader | None = None
    _looked: float = 0.0

    def start(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Start every part, each after the one before it is ready. Raises Stop when one fails."""
        try:
            for part in self.parts:
                tell(part.name)
                part.start()
                part.wait_ready()
                self._restarts[part.name] = Restart(time.monotonic())
        except BaseException:
            self.stop()
            raise

    def start_together(self, parts: list[Child]) -> None:
        """Start parts that need not wait for each other, then wait until all are ready."""
        self.parts.extend(parts)
        try:
            for part in parts:
                part.start()
            for part in parts:
                part.wait_ready()
                self._restarts[part.name] = Restart(time.monotonic())
        except BaseException:
            self.stop()
            raise

    def watch(self) -> list[str]:
        """Restart parts that have died or stalled, after a growing wait; returns what was noticed. Call it often."""
        now = time.monotonic()
        noticed = self._end_stalled(now)
        for part in self.parts:
            restart = self._restarts[part.name]
            if part.running:
                continue
            if restart.due is None:
                restart.wait = FIRST_WAIT if now - restart.started > STEADY_SECONDS else restart.wait
                restart.due = now + restart.wait
                noticed.append(f"{part.name} has died, see {part.log}; it is started again in {restart.wait:g} s")
            elif now >= restart.due:
                self._restarts[part.name] = Restart(now, min(restart.wait * 2, LONGEST_WAIT))
                self._forgive(part, now)  # its offsets stood still while it waited
                try:
                    part.start()
                except Stop as error:
                    noticed.append(str(error))
        return noticed

    def _end_stalled(self, now: float) -> list[str]:
        """Kill the workers whose offsets do not move, so that they are started again like dead ones."""
        if self.kafka is None or now - self._looked < LOOK_SECONDS:
            return []
        noticed = []
        try:
            self._lag = self._lag or LagReader(self.kafka, self.targets)
            places = self._lag.places()
            stalled = self._liveness.observe([*totals(places), *places], now)
        except KafkaError as error:
            self._liveness.forgive(None, now)
            return [f"Kafka does not answer: {error!r}"]
        finally:
            self._looked = time.monotonic()
        for group, still in stalled.items():
            for part in (part for part in self.parts if part.running and _reads(part, group)):
                self._liveness.forgive(group, now)
                if self.data_dir and (reason := waiting_for(self.data_dir, _mark_of(group))):
                    noticed.append(f"{part.name} waits: {reason}")
                    continue
                noticed.append(f"{part.name} has stalled: {still}; it is killed and started again")
                part.kill()
        return noticed

    def _forgive(self, part: Child, now: float) -> None:
        for group in groups_of(self.targets):
            if _reads(part, group):
                self._liveness.forgive(group, now)

    def stop(self) -> None:
        """Stop every part, the last started first."""
        if self._lag is not None:
            self._lag.close()
            self._lag = None
        for part in reversed(self.parts):
            part.stop()


def _reads(part: Child, group: str) -> bool:
    """Whether a part is a member of that consumer group."""
    mark = _mark_of(group)
    kind, *stages = part.name.split()
    return kind == ("notify" if mark.startswith("notify-") else mark) or (kind == "worker" and mark in stages)


def _mark_of(group: str) -> str:
    """The name under which a group's part notes what it waits for."""
    name = group.removeprefix("tocsin-")
    return "loader" if name == "load" else name


def tocsin_child(
    name: str,
    arguments: list[str],
    settings: Settings,
    *,
    ready: Callable[[], bool],
    before: Callable[[], None] = lambda: None,
) -> Child:
    """One of our own commands as a part, with these settings in its environment."""
    return Child(
        name,
        [sys.executable, "-m", "deploy.cli", *arguments],
        log=log_folder(settings) / f"{name.replace(' ', '-')}.log",
        ready=ready,
        before=before,
        environment=settings.environment()
        | ({} if settings.metrics_port is None else {"TOCSIN_METRICS_PORT": "0"}),  # one machine, many processes
        ready_seconds=90,
    )


def workers(settings: Settings, stages: tuple[str, ...] = STAGES) -> list[Child]:
    """Workers for these stages, in as many processes as the settings say."""
    first = [_worker(settings, together) for together in shared(stages, settings.worker_processes)]
    if not any(child.name == "worker classify" for child in first):
        return first
    return [*first, *(_worker(settings, ("classify",), number) for number in range(2, settings.classify_workers + 1))]


def _worker(settings: Settings, stages: tuple[str, ...], number: int = 1) -> Child:
    """One process for stages that share it; `number` tells it from others of the same stage."""
    marks = [ready_file(settings, stage) for stage in stages]

    def forget() -> None:
        for mark in marks:
            mark.unlink(missing_ok=True)

    return tocsin_child(
        f"worker {' '.join(stages)}" + (f" {number}" if number > 1 else ""),
        ["worker", *stages, "--together"],
        settings,
        ready=lambda: all(mark.exists() for mark in marks),
        before=forget,
    )


def notifier(settings: Settings) -> list[Child]:
    """The notifier for the targets of the settings; empty when there are none."""
    if not settings.notify:
        return []
    mark = ready_file(settings, "notify")
    return [
        tocsin_child("notify", ["notify"], settings, ready=mark.exists, before=lambda: mark.unlink(missing_ok=True))
    ]


def log_folder(settings: Settings) -> Path:
    """Where the parts write their logs."""
    return settings.data_dir.resolve() / "log"

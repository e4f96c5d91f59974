"""One run of the suite: the ledger undisturbed, then under a schedule of faults, then the verdict."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.integration.faults.brokers import CLUSTER_FAULTS
from tests.integration.faults.checker import OUTCOME, Found, Verdict, check, gather
from tests.integration.faults.faults import FAULTS
from tests.integration.faults.ledger import Slice, make_ledger
from tests.integration.faults.rig import rig

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FASTEST, SLOWEST = 0.05, 0.3  # seconds between two messages of a slice


@dataclass
class Line:
    """One fault in the table."""

    fault: str
    times: int = 0
    lost: int = 0
    doubled: int = 0
    recovered: list[float] = field(default_factory=list)


@dataclass
class Result:
    """A run's table and verdict."""

    seed: int
    lines: list[Line]
    verdict: Verdict
    seconds: float
    noticed: list[str]


def run(
    folder: Path,
    seed: int,
    names: Sequence[str],
    *,
    sample: bool = True,
    made: int = 6,
    long: bool = False,
    brokers: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Result:
    """Run the faults of these names in an order that the seed gives; `long`: outages last minutes."""
    began, dice = time.monotonic(), random.Random(seed)
    schedule = dice.sample(list(names), len(names))
    tell(f"seed {seed}: {', '.join(schedule)}")
    ledger = make_ledger(seed, len(schedule), NOW, sample=sample, made=made)
    peaceful = undisturbed(folder / "undisturbed", ledger, tell)
    lines = [Line(name) for name in schedule]
    with rig(folder / "disturbed", brokers=brokers, tell=tell) as system:
        system.long = long
        for line, part in zip(lines, ledger, strict=True):
            pause = dice.uniform(FASTEST, SLOWEST)
            failed: list[BaseException] = []
            system.topic = part.topic

            def publish(part: Slice = part, pause: float = pause, failed: list[BaseException] = failed) -> None:
                try:
                    system.publish(part, pause)
                except BaseException as error:  # noqa: BLE001 - told in the main thread
                    failed.append(error)

            thread = threading.Thread(target=publish, name="publish")
            thread.start()
            system.wait(dice.uniform(0, 2))
            line.times += (FAULTS | CLUSTER_FAULTS)[line.fault](system, dice)
            healed = time.monotonic()
            while thread.is_alive():
                system.wait(0.2)
            if failed:
                raise failed[0]
            published = time.monotonic()
            line.recovered.append(system.settle() + max(0.0, published - healed - pause * len(part.entries)))
            tell(f"{line.fault}: recovered in {line.recovered[-1]:.1f} s")
        with system.reader() as reader:
            found = gather(system.settings.kafka, reader, system.hook.told())
        noticed = system.noticed
    verdict = check(ledger, found, peaceful)
    return Result(seed, _judged(lines, verdict), verdict, time.monotonic() - began, noticed)


def undisturbed(folder: Path, ledger: Sequence[Slice], tell: Callable[[str], None]) -> Found:
    """The same ledger without faults; drained between slices of different topics."""
    with rig(folder, tell=tell) as system:
        for number, part in enumerate(ledger):
            system.publish(part, 0)
            if number + 1 == len(ledger) or ledger[number + 1].topic != part.topic:
                system.settle()
        with system.reader() as reader:
            found = gather(system.settings.kafka, reader, system.hook.told())
    if not (verdict := check(ledger, found)).good:
        raise AssertionError("the undisturbed run is wrong already:\n" + "\n".join(verdict.lines()[:20]))
    tell(f"undisturbed: {len(found.rows['incident_current'])} incidents, {len(found.announced)} alert revisions")
    return found


def _judged(lines: list[Line], verdict: Verdict) -> list[Line]:
    for number, line in enumerate(lines):
        line.lost, line.doubled = (len(by_slice.get(number, ())) for by_slice in (verdict.lost, verdict.doubled))
    outcome = Line(OUTCOME, 0, len(verdict.lost.get(OUTCOME, ())), len(verdict.doubled.get(OUTCOME, ())))
    return [*sorted(lines, key=lambda line: line.fault), outcome]


def table(result: Result) -> list[str]:
    """The table for people."""
    width = max(len(line.fault) for line in result.lines)
    rows = [f"{'fault':{width}} | times | lost | doubled | recovered in"]
    for line in result.lines:
        seconds = ", ".join(f"{s:.1f} s" for s in line.recovered) or "-"
        rows.append(f"{line.fault:{width}} | {line.times:5} | {line.lost:4} | {line.doubled:7} | {seconds}")
    return rows


def summary(result: Result) -> dict[str, float]:
    """The run in five numbers."""
    return {
        "faults": sum(line.times > 0 for line in result.lines),
        "times": sum(line.times for line in result.lines),
        "lost": sum(line.lost for line in result.lines),
        "doubled": sum(line.doubled for line in result.lines),
        "seconds": round(result.seconds, 1),
    }

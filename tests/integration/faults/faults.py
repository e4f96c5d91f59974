"""The faults, each a function that strikes and heals; the dice say whom, when and for how long."""

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from connectors.kafka.clients import KafkaAdminClient
from schemas.topics import ARTICLE
from schemas.transport.brokers import client_options
from streams.stages import STAGES
from tests.integration.faults.clickhouse import (
    clickhouse_away,
    clickhouse_read_only,
    freeze_clickhouse,
    kill_clickhouse,
    kill_clickhouse_mid_insert,
)
from tests.integration.faults.disks import broker_disk_full, clickhouse_disk_full, filled, mounted
from tests.integration.faults.rig import Rig

SESSION_SECONDS = 6.0  # after this long without a heartbeat a member is put out of its group
SEVERAL = 4  # messages that wait for a killed worker, so that its successor has a batch of them
STRIKE_SECONDS = 25.0  # a worker that was killed is missed after 6, then its successor gets what has come meanwhile
CLOCK, STRIKE = (Path(__file__).with_name(name) for name in ("clock", "strike"))
STATEFUL = ("dedupe", "link", "alert")

Fault = Callable[[Rig, random.Random], int]  # strikes, heals, and says how often it struck


def kill_workers(rig: Rig, dice: random.Random) -> int:
    """kill -9 of each stage, in any order."""
    for stage in dice.sample(STAGES, len(STAGES)):
        _kill(rig, f"worker {stage}")
        rig.wait(dice.uniform(0, 2))
    return len(STAGES)


def _strike(point: str, **environment: str) -> Fault:
    """The fault that kills a worker at this point of a batch."""

    def strike(rig: Rig, dice: random.Random) -> int:
        stages = [stage for stage in STATEFUL if stage != "dedupe" or rig.topic == ARTICLE.name]
        for stage in dice.sample(stages, len(stages)):
            part = rig.part(f"worker {stage}")
            _kill(rig, part.name)
            time.sleep(dice.uniform(2, 4))
            end = time.monotonic() + STRIKE_SECONDS
            while rig.behind(stage) < SEVERAL and time.monotonic() < end:  # without the supervisor: they make the batch
                time.sleep(0.2)
            variables = {"PYTHONPATH": _path(STRIKE), "STRIKE_AT": point, **environment}
            with part.surroundings(variables):
                part.start()
                end = time.monotonic() + STRIKE_SECONDS
                while part.running and time.monotonic() < end:
                    time.sleep(0.1)
            if not part.running:
                return 1
            part.kill()  # it met no batch of several events
            rig.wait(1)
        return 0

    return strike


def kill_all(rig: Rig, dice: random.Random) -> int:
    """kill -9 of all stages, the loader and the notifier in one moment."""
    names = [*(f"worker {stage}" for stage in STAGES), "loader", "notify"]
    for name in names:
        _kill(rig, name)
    rig.wait(dice.uniform(0, 2))
    return len(names)


def kill_loader(rig: Rig, dice: random.Random) -> int:
    """kill -9 of the loader, twice."""
    for _ in range(2):
        _kill(rig, "loader")
        rig.wait(dice.uniform(2, 4))
    return 2


def kill_notifier(rig: Rig, dice: random.Random) -> int:
    """kill -9 of the notifier, three times, while its target takes its time."""
    rig.hook.slow["desk"] = 0.5
    for _ in range(3):
        _kill(rig, "notify")
        rig.wait(dice.uniform(2, 5))
    rig.hook.slow["desk"] = 0.0
    return 3


def zombie_notifier(rig: Rig, dice: random.Random) -> int:
    """The notifier freezes, another takes its targets over, then the frozen one wakes up with an alert in hand."""
    return _zombie(rig, "notify", dice)


def zombie_worker(rig: Rig, dice: random.Random) -> int:
    """A worker with state freezes, another takes its partition over, then the frozen one wakes up."""
    return _zombie(rig, dice.choice(STATEFUL), dice)


def zombie_loader(rig: Rig, dice: random.Random) -> int:
    """The loader freezes, another takes over, then the frozen one wakes up with its batch in hand."""
    return _zombie(rig, "loader", dice)


def _zombie(rig: Rig, stage: str, dice: random.Random) -> int:
    sleeper = rig.part(stage if stage in ("loader", "notify") else f"worker {stage}")
    spare = rig.spare(stage)
    try:
        spare.start()
        spare.wait_ready()
        rig.wait(dice.uniform(1, 2))
        sleeper.suspend()
        rig.wait(SESSION_SECONDS + dice.uniform(3, 5))
        if sleeper.running:
            sleeper.resume()
        rig.wait(dice.uniform(2, 4))
    finally:
        spare.stop()
    return 1


def rebalances(rig: Rig, dice: random.Random) -> int:
    """Workers join and leave, some by kill -9."""
    times = 3
    for _ in range(times):
        spare = rig.spare(dice.choice(STAGES))
        spare.start()
        rig.wait(dice.uniform(3, 6))
        if spare.running and dice.random() < 0.5:
            spare.kill()
        else:
            spare.stop()
    return times


def kill_broker(rig: Rig, dice: random.Random) -> int:
    """kill -9 of the broker; it comes back on its own disk."""
    rig.kafka.kill()
    rig.wait(dice.uniform(1, 4))
    rig.kafka.start()
    rig.kafka.wait_ready()
    return 1


def refuse_connections(rig: Rig, dice: random.Random) -> int:
    """The network to the broker is cut, so that connections are refused; for a minute in the long form."""
    rig.proxies[0].cut()
    rig.wait(dice.uniform(60, 65) if rig.long else dice.uniform(12, 20))
    rig.proxies[0].mend()
    return 1


def freeze_broker(rig: Rig, dice: random.Random) -> int:
    """The broker keeps its connections and answers nothing, again and again: each time every group joins anew."""
    times = 3
    for _ in range(times):
        rig.kafka.suspend()
        rig.wait(SESSION_SECONDS + dice.uniform(1, 4))
        rig.kafka.resume()
        rig.wait(dice.uniform(1, 3))
    return times


def wrong_clocks(rig: Rig, dice: random.Random) -> int:
    """Stages run with clocks that are ahead or behind, then with the right one again."""
    ahead, behind = dice.uniform(600, 20_000), -dice.uniform(600, 1_000_000)
    for seconds in (ahead, behind):
        part = rig.part(f"worker {dice.choice(STAGES)}")
        with part.surroundings({"PYTHONPATH": _path(CLOCK), "WRONG_CLOCK": str(seconds)}):
            _kill(rig, part.name)
            rig.wait(dice.uniform(8, 11))
        _kill(rig, part.name)
        rig.wait(dice.uniform(1, 3))
    return 2


def full_disk(rig: Rig, dice: random.Random) -> int:
    """The disk under the workers' folder is full while they are killed and start again."""
    folder = rig.settings.data_dir
    with mounted(folder, 2**16):
        for name in ("log", "run", "faust"):
            (folder / name).mkdir()
        with filled(folder):
            stage = dice.choice(STATEFUL)
            _kill(rig, f"worker {stage}")
            rig.wait(dice.uniform(5, 8))
    return 1


def spoiled_folder(rig: Rig, dice: random.Random) -> int:
    """The workers' local folders are overwritten with noise or deleted, and the workers are killed."""
    for stage in dice.sample(STATEFUL, 2):
        folder = rig.settings.data_dir / "faust" / stage
        _kill(rig, f"worker {stage}")
        files = [f for f in folder.rglob("*") if f.is_file()]
        if files and dice.random() < 0.5:
            for file in files:
                file.write_bytes(dice.randbytes(512))
        else:
            shutil.rmtree(folder)
        rig.wait(dice.uniform(1, 3))
    return 2


def state_lost(rig: Rig, dice: random.Random) -> int:
    """A stage's changelog and offsets are gone: it reads its topics from their start and must come to the same."""
    stage = dice.choice(STATEFUL)
    rig.settle()  # the supervisor must not look while the stage is away
    worker = rig.part(f"worker {stage}")
    worker.kill()
    admin = KafkaAdminClient(**client_options(rig.settings.kafka))
    try:
        admin.delete_topics([f"tocsin-{stage}-state-changelog"])
        while _refused(admin.delete_groups([f"tocsin-{stage}"])):
            time.sleep(0.5)  # the dead member is still counted
    finally:
        admin.close()
    worker.start()
    worker.wait_ready()
    return 1


def _refused(results: object) -> bool:
    return "NonEmptyGroup" in repr(results)


def broker_and_worker(rig: Rig, dice: random.Random) -> int:
    """The broker dies, and a worker with it."""
    _kill(rig, f"worker {dice.choice(STATEFUL)}")
    rig.kafka.kill()
    rig.wait(dice.uniform(1, 3))
    rig.kafka.start()
    rig.kafka.wait_ready()
    return 2


def _path(first: Path) -> str:
    return f"{first}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"


def _kill(rig: Rig, name: str) -> None:
    part = rig.part(name)
    if part.running:
        part.kill()


FAULTS: dict[str, Fault] = {
    "worker killed": kill_workers,
    "killed after some outputs": _strike("some outputs"),
    "killed after all outputs": _strike("all outputs"),
    "killed after some entries": _strike("some entries", TOCSIN_BATCH_BYTES="1"),
    "killed with entries sent": _strike("entries sent"),
    "killed after all entries": _strike("all entries"),
    "all killed at once": kill_all,
    "loader killed": kill_loader,
    "notifier killed": kill_notifier,
    "frozen worker wakes up": zombie_worker,
    "frozen loader wakes up": zombie_loader,
    "frozen notifier wakes up": zombie_notifier,
    "workers join and leave": rebalances,
    "broker killed": kill_broker,
    "broker refuses connections": refuse_connections,
    "broker frozen": freeze_broker,
    "broker and worker killed": broker_and_worker,
    "ClickHouse killed": kill_clickhouse,
    "ClickHouse away": clickhouse_away,
    "ClickHouse killed mid-insert": kill_clickhouse_mid_insert,
    "ClickHouse frozen": freeze_clickhouse,
    "ClickHouse read-only": clickhouse_read_only,
    "clocks wrong": wrong_clocks,
    "disk full": full_disk,
    "disk of ClickHouse full": clickhouse_disk_full,
    "disk of the broker full": broker_disk_full,
    "local state spoiled": spoiled_folder,
    "state lost": state_lost,
}
SHORT = (
    "killed after all outputs",
    "all killed at once",
    "notifier killed",
    "frozen worker wakes up",
    "broker killed",
    "ClickHouse killed mid-insert",
)

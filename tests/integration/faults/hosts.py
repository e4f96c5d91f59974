"""Two hosts with a worker of every stage each: python -m tests.integration.faults.hosts [--seed N].

Each has a network namespace, a data folder and clients of its own; one holds a stage, the other stands by. While
articles flow, a host is killed, cut off from the network, and killed again; each time the other must take over every
stage, and in the end every input must be there once.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kafka import KafkaAdminClient

from deploy.supervise.process import Child
from schemas.topics import group
from schemas.transport.brokers import client_options
from streams.settings import Settings
from streams.stages import STAGES
from streams.status_files import ready_file
from tests.integration.faults.checker import Verdict, check, gather
from tests.integration.faults.ledger import make_ledger
from tests.integration.faults.proxy import Proxy
from tests.integration.faults.rig import Rig, rig, say

APART_SECONDS = 90.0  # no takeover takes so long
HOSTS = 2
STRIKES = ("killed", "cut off", "killed")


def missing() -> str | None:
    """Why this machine has no network namespaces for us, None when it has."""
    try:
        tried = subprocess.run(["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    except OSError as error:
        return f"unshare or ip is missing: {error.strerror}"
    return None if tried.returncode == 0 else "network namespaces are not allowed here"


@dataclass
class Host:
    """A machine of its own: its process, its way to the broker, its settings."""

    name: str
    settings: Settings
    process: Child
    wire: Proxy
    members: dict[str, str] = field(default_factory=dict)  # by stage, its worker's id in the group

    def ready(self, stage: str) -> bool:
        """Whether its worker has been given its partitions, with their state, since the marks were taken away."""
        return self.process.running and ready_file(self.settings, stage).exists()

    def forget(self) -> None:
        """Take away the marks of being ready."""
        for stage in STAGES:
            ready_file(self.settings, stage).unlink(missing_ok=True)


@dataclass(frozen=True)
class Takeover:
    """What was done to a host, which stages it held, and seconds until the other held all of them."""

    strike: str
    held: tuple[str, ...]
    seconds: float


def host(system: Rig, name: str, stack: ExitStack) -> Host:
    """A host that is not started yet."""
    folder = system.folder / name
    folder.mkdir()
    gate = str(folder / "gate.sock")
    wire = stack.enter_context(Proxy(gate, int(system.settings.kafka.rpartition(":")[2])))
    settings = system.settings.changed(data_dir=folder / "data")
    command = ["unshare", "--net", sys.executable, "-m", "tests.integration.faults.host", gate]
    process = Child(
        name, command, log=folder / "host.log", environment=settings.environment(), ready=lambda: True, stop_seconds=60
    )
    stack.callback(process.stop)
    return Host(name, settings, process, wire)


def until(system: Rig, holder: Host, stages: Sequence[str] = STAGES) -> float:
    """Seconds until a host has these stages with their state. Raises AssertionError when it takes too long."""
    began = time.monotonic()
    while not all(holder.ready(stage) for stage in stages):
        if time.monotonic() - began > APART_SECONDS:
            lacking = [stage for stage in stages if not holder.ready(stage)]
            raise AssertionError(f"{holder.name} does not hold {', '.join(lacking)}, see {holder.process.log}")
        system.watch()
        time.sleep(0.05)
    return time.monotonic() - began


def rehearse(folder: Path, seed: int) -> tuple[list[Takeover], Verdict]:
    """Strike while articles flow, and tell the takeovers and the verdict."""
    ledger = make_ledger(seed, len(STRIKES), datetime(2026, 1, 1, tzinfo=UTC), sample=False, made=8)
    taken = []
    with rig(folder, proxied=False, replication=1, tell=say) as system, ExitStack() as stack:
        ours = [part for part in system.tree.parts if part.name.startswith("worker")]
        for part in ours:
            part.stop()
            system.tree.parts.remove(part)
        one, other = (host(system, name, stack) for name in ("host-a", "host-b"))
        one.process.start()
        until(system, one)
        _learn(system, one, other)
        other.process.start()
        for strike, part in zip(STRIKES, ledger, strict=True):
            _both_there(system)
            _learn(system, one, other)
            publishing = threading.Thread(target=system.publish, args=(part, random.Random(seed).uniform(0.3, 0.5)))
            publishing.start()
            system.wait(3)
            holding = {stage: m for stage, found in members(system).items() for m, many in found.items() if many}
            held = {host.name: tuple(s for s in STAGES if host.members[s] == holding[s]) for host in (one, other)}
            struck, heir = (one, other) if len(held[one.name]) >= len(held[other.name]) else (other, one)
            heir.forget()
            _strike(struck, strike)
            taken.append(Takeover(strike, held[struck.name], until(system, heir)))
            say(
                f"{struck.name} {strike}, held {', '.join(taken[-1].held)}: {heir.name} holds all after {taken[-1].seconds:.1f} s"
            )
            publishing.join()
            say(f"settled in {system.settle():.1f} s")
            _heal(struck, strike)
        with system.reader() as reader:
            found = gather(system.settings.kafka, reader, system.hook.told())
    return taken, check(ledger, found)


def members(system: Rig) -> dict[str, dict[str, int]]:
    """By stage, the ids of its group's members with the number of partitions that each has; none while it settles."""
    with closing(KafkaAdminClient(**client_options(system.settings.kafka))) as admin:
        found = admin.describe_groups([group(stage) for stage in STAGES])
    return {
        stage: {
            m["member_id"]: sum(len(t["partitions"]) for t in m["member_assignment"]["assigned_partitions"])
            for m in found[group(stage)]["members"]
            if found[group(stage)]["group_state"] == "Stable"
        }
        for stage in STAGES
    }


def _learn(system: Rig, one: Host, other: Host) -> None:
    """Note which members are whose: an id that is new belongs to the host that has lost its own."""
    for stage, present in members(system).items():
        for mine, theirs in ((one, other), (other, one)):
            if mine.members.get(stage) not in present:
                mine.members[stage] = next((m for m in present if m != theirs.members.get(stage)), "")


def _both_there(system: Rig) -> None:
    """Wait until every group has a member on each host and has settled who has the partitions."""
    end = time.monotonic() + APART_SECONDS
    while any(len(present) != HOSTS for present in members(system).values()):
        if time.monotonic() > end:
            raise AssertionError(f"a host has not joined its groups within {APART_SECONDS:g} s")
        system.wait(0.5)


def _strike(struck: Host, strike: str) -> None:
    if strike == "killed":
        struck.process.kill()
    else:
        struck.wire.cut()


def _heal(struck: Host, strike: str) -> None:
    if strike == "killed":
        struck.forget()
        struck.process.start()
    else:
        struck.wire.mend()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if reason := missing():
        parser.error(reason)
    taken, verdict = rehearse(Path(tempfile.mkdtemp(prefix="tocsin-hosts-")), chosen.seed)
    for line in verdict.lines():
        say(line)
    lost, doubled = (sum(map(len, by.values())) for by in (verdict.lost, verdict.doubled))
    seconds = {f"{n}: {t.strike}": round(t.seconds, 1) for n, t in enumerate(taken, 1)}
    print(json.dumps({"seed": chosen.seed, "takeover_s": seconds, "lost": lost, "doubled": doubled}))
    return 0 if verdict.good else 1


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())

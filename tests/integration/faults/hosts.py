"""Two hosts with a worker of every stage each: python -m tests.integration.faults.hosts [--seed N] [--partitions N].

Each has a network namespace, a data folder and clients of its own; of one partition one host holds a stage, the other
stands by, of several each holds some. While articles flow, a host is killed, cut off from the network, and killed
again; each time the other must take over everything, and in the end every input must be there once.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from connectors.kafka.clients import KafkaAdminClient
from deploy.supervise.process import Child
from schemas.topics import group, read_by
from schemas.transport.brokers import client_options
from streams.settings import Settings
from streams.stages import STAGES
from streams.status_files import ready_file
from tests.integration.faults.checker import Verdict, check, gather
from tests.integration.faults.ledger import Slice, make_ledger
from tests.integration.faults.proxy import Proxy
from tests.integration.faults.rig import Rig, outer_parts, rig, say
from tests.integration.faults.run import NOW, undisturbed

APART_SECONDS = 90.0  # nobody joins, settles or takes over for so long
STRIKES = ("killed", "cut off", "killed")
INPUTS = {stage: frozenset(read_by(stage)) for stage in STAGES}


def missing() -> str | None:
    """Why this machine has no network namespaces for us, None when it has."""
    try:
        tried = subprocess.run(["unshare", "--net", "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    except OSError as error:
        return f"two hosts need network namespaces: unshare is missing ({error.strerror})"
    said = tried.stderr.decode(errors="replace").strip()
    return None if tried.returncode == 0 else f"two hosts need network namespaces, refused here: {said}"


@dataclass(eq=False)
class Host:
    """A machine of its own: its process, its way to the broker, its settings."""

    name: str
    settings: Settings
    process: Child
    wire: Proxy

    def ready(self, stage: str) -> bool:
        """Whether its worker has been given its partitions, with their state, since the marks were taken away."""
        return self.process.running and ready_file(self.settings, stage).exists()

    def forget(self) -> None:
        """Take away the marks of being ready."""
        for stage in STAGES:
            ready_file(self.settings, stage).unlink(missing_ok=True)

    def strike(self, how: str) -> None:
        """Kill it, or cut it off."""
        if how == "killed":
            self.process.kill()
        else:
            self.wire.cut()

    def heal(self, how: str) -> None:
        """Start it again, or mend its network."""
        if how == "killed":
            self.forget()
            self.process.start()
        else:
            self.wire.mend()


@dataclass(frozen=True)
class Member:
    """A member of a stage's group: the host that it runs on, and what of the stage's inputs it reads."""

    host: str
    reads: frozenset[tuple[str, int]]  # topics and partitions


@dataclass(frozen=True)
class Takeover:
    """What was done to a host, how many partitions of which stage it read, seconds until the other read them all."""

    strike: str
    held: dict[str, int]
    seconds: float


def new_host(system: Rig, name: str, stack: ExitStack) -> Host:
    """A host that is not started yet. Its clients bear its name, so that the groups tell whose a member is."""
    folder = system.folder / name
    folder.mkdir()
    gate = str(folder / "gate.sock")
    wire = stack.enter_context(Proxy(gate, int(system.settings.kafka.rpartition(":")[2])))
    settings = system.settings.changed(data_dir=folder / "data")
    process = Child(
        name, ["unshare", "--net", sys.executable, "-m", "tests.integration.faults.host", gate],
        log=folder / "host.log", environment=settings.environment() | {"BROKER_CLIENT_ID": name},
        ready=lambda: True,
    )  # fmt: skip
    stack.callback(lambda: process.running and process.kill())
    return Host(name, settings, process, wire)


Groups = dict[str, tuple[str, list[Member]]]


def groups(system: Rig) -> Groups:
    """By stage, the state of its group and its members. A standby follows changelogs, and reads no input."""
    with closing(KafkaAdminClient(**client_options(system.settings.kafka))) as admin:
        found = admin.describe_groups([group(stage) for stage in STAGES])
    return {stage: (found[group(stage)]["group_state"], _members(stage, found[group(stage)])) for stage in STAGES}


def _members(stage: str, described: dict) -> list[Member]:
    given = [(m["client_id"], m["member_assignment"] or {}) for m in described["members"]]
    return [Member(host, frozenset(_inputs(stage, assigned))) for host, assigned in given]


def _inputs(stage: str, assigned: dict) -> Iterator[tuple[str, int]]:
    for each in assigned.get("assigned_partitions", ()):
        if each["topic"] in INPUTS[stage]:
            yield from ((each["topic"], number) for number in each["partitions"])


def settle_groups(system: Rig, hosts: Sequence[Host]) -> Groups:
    """Wait until every group is stable, with a worker on each of these hosts, and what is read is read with its state."""
    by_name, seen = {host.name: host for host in hosts}, Groups()

    def lacking() -> str:
        seen.update(groups(system))
        for stage, (state, members) in seen.items():
            there = sorted(member.host for member in members)
            if state != "Stable" or there != sorted(by_name):
                return f"the group of {stage} is {state} with members on {', '.join(there) or 'no host'}"
            if not all(by_name[member.host].ready(stage) for member in members if member.reads):
                return f"{stage} reads its state back"
        return ""

    _until(system, lacking, 0.5)
    return seen


def taken_over(system: Rig, heir: Host, before: Groups) -> float:
    """Seconds until a host alone reads all that was read before, with its state."""

    def lacking() -> str:
        if unready := [stage for stage in STAGES if not heir.ready(stage)]:
            return f"{heir.name} has not taken over {', '.join(unready)}, see {heir.process.log}"
        for stage, (state, members) in groups(system).items():
            everything = frozenset().union(*(member.reads for member in before[stage][1]))
            if state != "Stable" or members != [Member(heir.name, everything)]:
                return f"the group of {stage} is {state} and has not given everything to {heir.name}: {members}"
        return ""

    return _until(system, lacking, 0.05)


def _until(system: Rig, lacking: Callable[[], str], pause: float) -> float:
    """Seconds until nothing is lacking. Raises AssertionError with what is lacking after APART_SECONDS."""
    began = time.monotonic()
    while what := lacking():
        if time.monotonic() - began > APART_SECONDS:
            raise AssertionError(f"after {APART_SECONDS:g} s {what}")
        system.wait(pause)
    return time.monotonic() - began


def rehearse(
    folder: Path, seed: int, strikes: Sequence[str] = STRIKES, *, partitions: int = 1, compared: bool = False
) -> tuple[list[Takeover], Verdict]:
    """Strike while articles flow, and tell the takeovers and the verdict; `partitions` of every stage.

    `compared`: the outcome must be that of one worker in peace too, which only one partition gives again.
    """
    ledger = make_ledger(seed, len(strikes), NOW, sample=False, made=8)
    peaceful = undisturbed(folder / "undisturbed", ledger, say) if compared else None
    pause = random.Random(seed).uniform(0.3, 0.5)
    counts = dict.fromkeys(("partitions", "dedupe_partitions", "link_partitions"), partitions)
    with rig(folder / "hosts", parts=outer_parts, proxied=False, tell=say, **counts) as system, ExitStack() as stack:
        hosts = [new_host(system, name, stack) for name in ("host-a", "host-b")]
        for host in hosts:
            host.process.start()
        taken = [_one(system, hosts, strike, part, pause) for strike, part in zip(strikes, ledger, strict=True)]
        with system.reader() as reader:
            found = gather(system.settings.kafka, reader, system.hook.told())
    return taken, check(ledger, found, peaceful)


def _one(system: Rig, hosts: Sequence[Host], strike: str, part: Slice, pause: float) -> Takeover:
    """Strike at the host that reads more, with a slice of the ledger on its way; heal it in the end."""
    settle_groups(system, hosts)
    with ThreadPoolExecutor(1) as pool:
        published = pool.submit(system.publish, part, pause)
        system.wait(3)
        now = settle_groups(system, hosts)
        held = {h: {s: len(m.reads) for s in STAGES for m in now[s][1] if m.host == h.name and m.reads} for h in hosts}
        struck, heir = sorted(hosts, key=lambda host: sum(held[host].values()), reverse=True)
        heir.forget()
        struck.strike(strike)
        taken = Takeover(strike, held[struck], taken_over(system, heir, now))
        of = ", ".join(f"{many} of {stage}" for stage, many in taken.held.items())
        say(f"{struck.name} {strike}, read {of}: {heir.name} reads everything after {taken.seconds:.1f} s")
        published.result()
    say(f"settled in {system.settle():.1f} s")
    struck.heal(strike)
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--partitions", type=int, default=1, help="of every stage, dedupe and link too")
    chosen = parser.parse_args()
    if reason := missing():
        parser.error(reason)
    folder, began = Path(tempfile.mkdtemp(prefix="tocsin-hosts-")), time.monotonic()
    say(f"seed {chosen.seed}, logs below {folder}")
    taken, verdict = rehearse(folder, chosen.seed, partitions=chosen.partitions, compared=chosen.partitions == 1)
    for line in verdict.lines():
        say(line)
    lost, doubled = (sum(map(len, by.values())) for by in (verdict.lost, verdict.doubled))
    seconds = {f"{n}: {t.strike}": round(t.seconds, 1) for n, t in enumerate(taken, 1)}
    told = {"seed": chosen.seed, "partitions": chosen.partitions, "takeover_s": seconds}
    told |= {"lost": lost, "doubled": doubled, "seconds": round(time.monotonic() - began, 1)}
    print(json.dumps(told))
    if verdict.good:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())

"""An upgrade and its rollback under load: python -m tests.integration.faults.upgrade --old COMMIT.

The old version comes from a git worktree. Articles flow while every part, one after the other, is stopped and started
in the other version: old to new, new to old, old to new. Then every input must be there once, as after any fault.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deploy.supervise.process import Child
from streams.settings import PREFIX
from streams.stages import STAGES
from streams.status_files import ready_file
from tests.integration.faults.checker import check, gather
from tests.integration.faults.ledger import Slice, make_ledger
from tests.integration.faults.rig import Rig, rig, say

ROOT = Path(__file__).parents[3]
PARTS = ("loader", *(f"worker {stage}" for stage in STAGES), "notify")
COMMANDS = {"loader": ["load"], "notify": ["notify"]} | {f"worker {s}": ["worker", s, "--together"] for s in STAGES}


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """A worktree of that commit, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="tocsin-old-") as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "-q", "--detach", tree, commit], cwd=ROOT, check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", tree], cwd=ROOT, check=True)


def part_of(tree: Path, name: str, system: Rig) -> Child:
    """A part run from that tree, with those settings that its version knows."""
    known = set(re.findall(r"^    (\w+): \w", (tree / "streams" / "settings.py").read_text(), re.MULTILINE))
    given = {k: v for k, v in system.settings.environment().items() if k.removeprefix(PREFIX).lower() in known}
    given[f"{PREFIX}NOTIFY"] = json.dumps({"desk": {"url": system.hook.url()}})
    stage = name.rpartition(" ")[2]
    mark = ready_file(system.settings, stage)
    return Child(
        name, [sys.executable, "-m", "deploy.cli", *COMMANDS[name]],
        log=system.folder / f"{tree.name}-{stage}.log",
        environment=given | {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"},
        before=lambda: mark.unlink(missing_ok=True), ready=lambda: stage == "loader" or mark.exists(), ready_seconds=120,
    )  # fmt: skip


def turn(system: Rig, tree: Path) -> None:
    """Every part in the version of that tree, one after the other."""
    for number, old in enumerate(system.tree.parts):
        old.stop()
        part = part_of(tree, old.name, system)
        system.tree.parts[number] = part.start()
        part.wait_ready()
        say(f"{old.name} runs from {tree}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", required=True, help="a commit")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    ledger = make_ledger(chosen.seed, 3, datetime(2026, 1, 1, tzinfo=UTC), sample=False, made=12)
    folder = Path(tempfile.mkdtemp(prefix="tocsin-upgrade-"))
    with tree_of(chosen.old) as old, rig(folder, proxied=False, tell=say, replication=1) as system:
        turn(system, old)
        for part, tree in zip(ledger, (ROOT, old, ROOT), strict=True):
            _under_load(system, part, tree)
            say(f"settled in {system.settle():.1f} s")
        with system.reader() as reader:
            found = gather(system.settings.kafka, reader, system.hook.told())
    verdict = check(ledger, found)
    for line in verdict.lines():
        say(line)
    lost, doubled = (sum(map(len, by.values())) for by in (verdict.lost, verdict.doubled))
    inputs = sum(len(part.entries) for part in ledger)
    print(json.dumps({"old": chosen.old, "turns": 3, "inputs": inputs, "lost": lost, "doubled": doubled}))
    return 0 if verdict.good else 1


def _under_load(system: Rig, part: Slice, tree: Path) -> None:
    failed: list[BaseException] = []

    def publish() -> None:
        try:
            system.publish(part, random.Random(1).uniform(0.3, 0.5))
        except BaseException as error:  # noqa: BLE001 - told in the main thread
            failed.append(error)

    thread = threading.Thread(target=publish)
    thread.start()
    turn(system, tree)
    thread.join()
    if failed:
        raise failed[0]


if __name__ == "__main__":
    sys.exit(main())

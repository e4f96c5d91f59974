"""Faults of disks: the one under ClickHouse, and the one under a broker, have no room left."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.supervise.process import Child
from schemas.errors import Stop
from tests.integration.faults.rig import Rig

ROOM_MB = 24  # that a small disk has beside what the server holds already
PAGE = 4096  # of a file system in memory: no file takes less


def clickhouse_disk_full(rig: Rig, dice: random.Random) -> int:
    """ClickHouse has no room for rows; the loader must wait in peace and go on when there is some."""
    loader = rig.part("loader").pid
    with _small_disk(rig.clickhouse, rig.folder / "clickhouse" / "store") as folder:
        with filled(folder):
            rig.wait(600 if rig.long else dice.uniform(15, 20))
        rig.wait(dice.uniform(4, 6))
        if rig.part("loader").pid != loader:
            raise AssertionError("the loader did not wait for room in peace")
    return 1


def broker_disk_full(rig: Rig, dice: random.Random) -> int:
    """A broker has no room for messages and ends, as Kafka does; there is room again, and somebody starts it."""
    with _small_disk(rig.kafka, rig.kafka.log.parent / "log") as folder:
        with filled(folder):
            rig.wait(dice.uniform(60, 65) if rig.long else dice.uniform(12, 20))
        if rig.kafka.running:
            raise AssertionError("the broker has not noticed that its disk is full")
        rig.kafka.start().wait_ready()
        rig.wait(dice.uniform(4, 6))
    return 1


@contextmanager
def _small_disk(server: Child, folder: Path) -> Iterator[Path]:
    """The server runs on a file system that has little room in this folder. Raises Stop where mounting is refused."""
    server.kill()
    beside = folder.with_name(f"{folder.name}-small")
    beside.mkdir()
    taken = sum(-(-f.stat().st_size // PAGE) * PAGE for f in folder.rglob("*"))
    with mounted(beside, ROOM_MB * 2**20 + taken):
        _copy(folder, beside)
        kept = folder.rename(folder.with_name(f"{folder.name}-kept"))
        folder.symlink_to(beside)
        try:
            server.start().wait_ready()
            yield folder
            server.kill()
            shutil.rmtree(kept)
            kept.mkdir()
            _copy(beside, kept)
        finally:
            folder.unlink()
            kept.rename(folder)
    server.start().wait_ready()


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[None]:
    """A file system of that many bytes in place of `folder`. Raises Stop where mounting is refused."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        raise Stop(f"a full disk needs the right to mount: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Its file system has no byte left, until the block ends."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        yield
    finally:
        filler.unlink()


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", f"{source}/.", str(target)], check=True)

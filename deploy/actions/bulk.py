"""Files on the command line: the sources that the arguments name, and their progress bar."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from connectors.ingest.contract import Source
from connectors.sources.exports import ACLED, mapped
from connectors.sources.file_stores import Bucket, Disk
from connectors.sources.files import ARTICLE_FILES, Files, Kind, Lines
from connectors.sources.files import Progress as Read
from connectors.sources.mapped import read_mapping
from schemas.errors import Stop
from schemas.identity import digest

NAMES = ("files", "acled", "mapped")
STDIN = "-"


class Bar:
    """A line for each source: share of its bytes, records, records a second, time left. Silent without a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )

    def line(self, name: str) -> Callable[[Read], None]:
        """The progress callback of a source."""
        task: list[TaskID] = []
        began = time.monotonic()

        def show(read: Read) -> None:
            if not task:
                task.append(self._progress.add_task(name, said=""))
            said = f"{read.records} records, {read.records / max(time.monotonic() - began, 0.001):.0f}/s"
            said += f", {read.unreadable} unreadable" if read.unreadable else ""
            self._progress.update(task[0], completed=read.done, total=read.total, said=said)

        return show

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def file_sources(
    name: str, where: Sequence[str], mapping: Path | None, bar: Bar, *, clock: Callable[[], datetime]
) -> list[Source]:
    """Sources of `files`, `acled` and `mapped`: of paths together, of each bucket and of the standard input.

    Raises Stop when there is nothing to read, or the mapping is missing or wrong.
    """
    kind = _kind(name, mapping)
    buckets = [w for w in where if "://" in w]
    paths = [Path(w).resolve() for w in where if w != STDIN and w not in buckets]
    sources: list[Source] = []
    if paths:
        own = f"{name}:{digest(*map(str, paths))[:12]}"
        shown = bar.line(paths[0].name + (f" and {len(paths) - 1} more" if len(paths) > 1 else ""))
        sources.append(Files(Disk(paths), kind, clock=clock, name=own, progress=shown))
    sources += [Files(Bucket(url), kind, clock=clock, name=f"{name}:{url}", progress=bar.line(url)) for url in buckets]
    if STDIN in where:
        if name != "files":
            raise Stop(f"only `tocsin connect files -` reads the standard input; give {name} a file")
        sources.append(Lines(sys.stdin.buffer, clock=clock))
    if not sources:
        raise Stop(f"`tocsin connect {name}` needs files, folders or buckets")
    return sources


def _kind(name: str, mapping: Path | None) -> Kind:
    if name != "mapped":
        return ARTICLE_FILES if name == "files" else ACLED
    if mapping is None:
        raise Stop("`tocsin connect mapped` needs --mapping FILE.toml; connectors/README.md shows one")
    try:
        return mapped(read_mapping(mapping.read_text(encoding="utf-8"), where=str(mapping)))
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"{mapping} cannot be read: {error}") from error

"""Files as a source: articles of a disk, a bucket or the standard input, or events of an export, in a fixed order."""

import asyncio
import json
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from connectors.ingest.contract import Item, Parsed, Remark, Retriable, Skippable
from connectors.sources.documents import READERS, ending, parse_lines, read_document
from connectors.sources.file_stores import Disk, Entry, FileStore
from connectors.sources.unpack import Member, is_packed, unpacked
from schemas.identity import digest
from schemas.records import Article
from schemas.topics import ARTICLE

TURN = 0.1  # seconds of reading after which records are delivered
TOGETHER = 200  # records that are delivered at once
WAITING = 200  # lines of the standard input that are read ahead


class Read(Protocol):
    """Records of one file. Raises what reading the stream raises."""

    def __call__(self, stream: BinaryIO, *, name: str, where: str, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        """`name` tells what the file holds, `where` where it is, for people."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What files hold: the endings of their names, and how they are read."""

    topic: str
    endings: frozenset[str]
    read: Read

    def known(self, name: str) -> bool:
        """Whether a file of that name is read as it is."""
        return ending(name) in self.endings

    def wanted(self, name: str) -> bool:
        """Whether a file of that name is read, packed or not."""
        return self.known(name) or is_packed(name, self.known)


ARTICLE_FILES = Kind(ARTICLE.name, frozenset(READERS), read_document)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a read has come: bytes of all its files, records, and inputs that could not be read."""

    done: int
    total: int
    records: int
    unreadable: int


class Files:
    """A source over the files of a store, in the order of their paths.

    Its position is `<number of the item in its file>:<path>`. After a restart files before that path are taken as read;
    give new files later names, or start with `--afresh`: records that were read before get the same ids.
    """

    def __init__(
        self,
        store: FileStore,
        kind: Kind = ARTICLE_FILES,
        *,
        clock: Callable[[], datetime],
        name: str = "files",
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.name = name
        self.topic = kind.topic
        self._store = store
        self._kind = kind
        self._clock = clock
        self._progress = progress

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """Every record after `position`. Raises Fatal or Retriable as the store does."""
        done, last = _place(position)
        entries = await asyncio.to_thread(self._store.entries, self._kind.wanted)
        total, behind = sum(e.size for e in entries), 0
        records = unreadable = 0
        for entry in entries:
            if entry.path >= last and entry.size:
                number = 0
                async with aclosing(_in_turns(self._contents(entry))) as turns:
                    async for chunk, at in turns:
                        for content in chunk:
                            number += 1
                            if entry.path == last and number <= done:
                                continue
                            unreadable += isinstance(content, Skippable)
                            records += not isinstance(content, Skippable)
                            yield Item(content, f"{number}:{entry.path}")
                        if chunk:
                            self._progress(Progress(behind + min(at, entry.size), total, records, unreadable))
            behind += entry.size
            self._progress(Progress(behind, total, records, unreadable))

    def _contents(self, entry: Entry) -> Iterator[tuple[Parsed, int]]:
        """Contents of a file, each with the bytes of it that have been read."""
        try:
            stream = self._store.open(entry)
        except OSError as error:
            yield Skippable(f"cannot be opened: {error}", where=entry.path), 0
            return
        with stream:
            for content in read_file(stream, entry, self._kind, feed=self.name, fetched_at=self._clock()):
                yield content, stream.tell() if not stream.closed else entry.size


def read_file(
    stream: BinaryIO, entry: Entry, kind: Kind = ARTICLE_FILES, *, feed: str, fetched_at: datetime
) -> Iterator[Parsed]:
    """Records of one file, unpacked, or the error of each that cannot be read.

    Raises Retriable when the disk or bucket fails in the middle.
    """
    name = Path(entry.path).name
    try:
        for member in unpacked(stream, name=name, size=entry.size, known=kind.known):
            if isinstance(member, Member):
                yield from _read_member(member, kind, feed, fetched_at)
            else:
                yield member
    except OSError as error:
        raise Retriable(f"{entry.path} cannot be read to its end: {error}") from error


def _read_member(member: Member, kind: Kind, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
    try:
        yield from kind.read(member.stream, name=member.name, where=member.where, feed=feed, fetched_at=fetched_at)
    except Skippable as error:
        yield error


def read_path(path: Path, *, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of one file of this machine."""
    (entry,) = Disk([path]).entries(ARTICLE_FILES.wanted)
    with path.open("rb") as stream:
        for content in read_file(stream, entry, feed=feed, fetched_at=fetched_at):
            if isinstance(content, Article | Skippable):
                yield content


async def _in_turns(contents: Iterator[tuple[Parsed, int]]) -> AsyncGenerator[tuple[list[Parsed], int], None]:
    """The items of an iterator, read in a thread, a turn at a time; can be cancelled between turns only."""
    end = False
    while not end:
        turn = asyncio.create_task(asyncio.to_thread(_turn, contents))
        try:
            chunk, at, end = await asyncio.shield(turn)
        except asyncio.CancelledError:
            await asyncio.wait([turn])
            raise
        yield chunk, at


def _turn(contents: Iterator[tuple[Parsed, int]]) -> tuple[list[Parsed], int, bool]:
    """The items of one turn, the progress in bytes, and whether it is the end."""
    until, chunk, at = time.monotonic() + TURN, list[Parsed](), 0
    for content, at in contents:
        chunk.append(content)
        if len(chunk) >= TOGETHER or time.monotonic() >= until:
            return chunk, at, False
    return chunk, at, True


class Lines:
    """A source over a stream of JSON lines that others write, such as the standard input.

    Its position is a digest of the first line and the number of items read: the same stream continues after them.
    """

    topic = ARTICLE.name

    def __init__(self, stream: BinaryIO, *, clock: Callable[[], datetime], name: str = "files:-") -> None:
        self.name = name
        self._stream = stream
        self._clock = clock

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """Every article of the stream, as it comes, until it ends."""
        waiting: queue.Queue[Parsed | None] = queue.Queue(WAITING)
        left = threading.Event()
        lines = _First(self._stream)
        threading.Thread(target=self._pump, args=(lines, waiting, left), daemon=True).start()
        known, done = _mark_and_number(position)
        number = 0
        try:
            while True:
                try:
                    content = await asyncio.to_thread(waiting.get, timeout=TURN)
                except queue.Empty:
                    continue
                while content is not None:
                    number += 1
                    if lines.mark != known or number > done:
                        yield Item(content, json.dumps([lines.mark, number]))
                    try:
                        content = waiting.get_nowait()
                    except queue.Empty:
                        break
                else:
                    return
        finally:
            left.set()

    def _pump(self, lines: "_First", waiting: "queue.Queue[Parsed | None]", left: threading.Event) -> None:
        """Read in a separate thread, as nothing can interrupt it; ends when the source is closed."""
        contents = parse_lines(cast("BinaryIO", lines), where="-", feed=self.name, fetched_at=self._clock())
        for content in chain(contents, (None,)):
            while not left.is_set():
                try:
                    waiting.put(content, timeout=TURN)
                    break
                except queue.Full:
                    continue
            if left.is_set():
                return


class _First:
    """Lines of a stream, with a mark of the first."""

    def __init__(self, stream: BinaryIO) -> None:
        self.mark = ""
        self._stream = stream

    def readline(self, most: int) -> bytes:
        """The next line, or at most `size` characters of it."""
        line = self._stream.readline(most)
        self.mark = self.mark or digest(line.hex())
        return line


def _mark_and_number(position: str | None) -> tuple[str, int]:
    try:
        mark, number = json.loads(position or "")
        return str(mark), int(number)
    except (ValueError, TypeError):
        return "", 0


def _place(position: str | None) -> tuple[int, str]:
    number, _, path = (position or "").partition(":")
    return (int(number), path) if number.isdigit() and path else (0, "")

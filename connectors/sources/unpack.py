"""Unpacks gzip and zip, zips in zips too, never to more bytes than a file of its kind could hold.

Names inside an archive are never used as paths: nothing is written to disk.
"""

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from connectors.ingest.contract import Skippable

RATIO, LEAST = 200, 50_000_000  # unpacked bytes for each packed one; bytes that are never too many
DEEPEST = 2  # archives inside each other
LARGEST_INNER = 200_000_000  # bytes of an archive inside another
BROKEN = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file, unpacked. `where`: for people; `name`: its own, which tells what it holds."""

    where: str
    name: str
    stream: BinaryIO


class Unpacked(io.RawIOBase):
    """A stream that is being unpacked. Reading raises Skippable where it is broken, or more than it may be."""

    def __init__(self, inner: Any, budget: list[int], where: str) -> None:
        self._inner, self._budget, self._where = inner, budget, where

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into the buffer, within the budget."""
        try:
            data = self._inner.read(min(len(buffer), 1_000_000))
        except BROKEN as error:
            raise Skippable(f"broken: {error!r}", where=self._where) from error
        self._budget[0] -= len(data)
        if self._budget[0] < 0:
            raise Skippable("unpacks to far more than such a file may hold; unpack it yourself", where=self._where)
        buffer[: len(data)] = data
        return len(data)


def unpacked(stream: BinaryIO, *, name: str, size: int, known: Callable[[str], bool]) -> Iterator[Member | Skippable]:
    """The files in a file, or itself where it is not packed. `size`: its bytes; `known`: which names to unpack.

    Reading a member's stream may raise Skippable: go on with the next. Read each before taking the next.
    """
    yield from _Opener(known, max(LEAST, RATIO * size)).opened(stream, name, name)


def is_packed(name: str, known: Callable[[str], bool]) -> bool:
    """Whether a file of that name may hold a wanted file."""
    low = name.lower()
    return low.endswith(".zip") or (low.endswith(".gz") and known(name[:-3]))


class _Opener:
    """Opens nested archives within one budget of bytes for all of them."""

    def __init__(self, known: Callable[[str], bool], budget: int) -> None:
        self._known = known
        self._budget = [budget]

    def opened(self, stream: BinaryIO, where: str, name: str, depth: int = 0) -> Iterator[Member | Skippable]:
        """The files in a file of that name, `depth` archives deep."""
        if self._known(name):
            yield Member(where, name, stream)
        elif name.lower().endswith(".gz"):
            yield Member(where, name[:-3], self._limited(gzip.GzipFile(fileobj=stream), where))
        elif depth >= DEEPEST:
            yield Skippable(f"more than {DEEPEST} archives inside each other; unpack it yourself", where=where)
        else:
            try:
                archive = zipfile.ZipFile(_inner(stream) if depth else stream)
            except Skippable as error:
                yield Skippable(error.reason, where=where)
            except (*BROKEN, ValueError) as error:
                yield Skippable(f"not a zip that can be read: {error!r}", where=where)
            else:
                with archive:
                    yield from self._members(archive, where, depth)

    def _members(self, archive: zipfile.ZipFile, where: str, depth: int) -> Iterator[Member | Skippable]:
        for member in archive.infolist():
            spot = f"{where}/{member.filename}"
            if member.is_dir() or not (self._known(member.filename) or is_packed(member.filename, self._known)):
                continue
            try:
                stream = self._limited(archive.open(member), spot)
            except (*BROKEN, ValueError) as error:
                yield Skippable(f"cannot be unpacked: {error!r}", where=spot)
                continue
            yield from self.opened(stream, spot, member.filename, depth + 1)

    def _limited(self, inner: Any, where: str) -> BinaryIO:
        return io.BufferedReader(Unpacked(inner, self._budget, where))


def _inner(stream: BinaryIO) -> BinaryIO:
    """An archive inside another as a whole, as a zip is read from its end."""
    raw = stream.read(LARGEST_INNER + 1)
    if len(raw) > LARGEST_INNER:
        raise Skippable(f"an archive of more than {LARGEST_INNER} bytes inside another; unpack it yourself")
    return io.BytesIO(raw)

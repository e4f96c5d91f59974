"""Stores of files: this machine's disk, or a bucket that fsspec reaches (S3, Google Cloud, Azure, SFTP ...)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from connectors.ingest.contract import Fatal, Retriable

WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its whole path, which orders files, and its size in bytes."""

    path: str
    size: int


class FileStore(Protocol):
    """A place that holds files."""

    def entries(self, wanted: Callable[[str], bool]) -> list[Entry]:
        """Files whose names are wanted, in the order of their paths.

        Raises Fatal when there is none or nothing at all, Retriable when the place does not answer.
        """

    def open(self, entry: Entry) -> BinaryIO:
        """A file for reading, which can seek. Raises OSError."""


class Disk:
    """Files and folders of this machine; folders are searched to the bottom."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def entries(self, wanted: Callable[[str], bool]) -> list[Entry]:
        """Raises Fatal when a given path does not exist, or holds no wanted file."""
        found: set[Path] = set()
        for path in self._paths:
            if not path.exists():
                raise Fatal(f"no such file or folder: {path}")
            files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
            files = [p for p in files if wanted(p.name)]
            if not files:
                raise Fatal(f"nothing to read in {path}: no file has a known ending, see connectors/README.md")
            found.update(files)
        return sorted((Entry(str(p), p.stat().st_size) for p in found), key=lambda e: e.path)

    def open(self, entry: Entry) -> BinaryIO:
        """Raises OSError."""
        return Path(entry.path).open("rb")


class Bucket:
    """Everything below an address such as `s3://bucket/news/`, through fsspec and its package for that scheme."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._system: Any = None

    def entries(self, wanted: Callable[[str], bool]) -> list[Entry]:
        """Raises Fatal when packages, rights or files are missing, Retriable when the bucket does not answer."""
        scheme = self._url.partition("://")[0]
        if scheme in WEB:
            raise Fatal(f"{self._url} is not a bucket; `tocsin connect feed` reads web addresses")
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra, needed for buckets alone

            self._system, root = url_to_fs(self._url)
            found = self._system.find(root, detail=True)
        except ImportError as error:
            raise Fatal(f"{scheme}:// needs a package: {error}; `pip install 'tocsin[bucket]'` has fsspec") from error
        except (FileNotFoundError, PermissionError, ValueError) as error:
            raise Fatal(f"{self._url} cannot be listed: {error}") from error
        except Exception as error:  # each scheme's package has errors of its own
            raise Retriable(f"{self._url} does not answer: {error!r}") from error
        entries = [Entry(path, _size(about.get("size"))) for path, about in found.items() if wanted(path)]
        if not entries:
            raise Fatal(f"nothing to read in {self._url}: no file has a known ending, see connectors/README.md")
        return sorted(entries, key=lambda e: e.path)

    def open(self, entry: Entry) -> BinaryIO:
        """Raises OSError."""
        return cast("BinaryIO", self._system.open(entry.path, "rb"))


def _size(said: object) -> int:
    """Bytes of a file; where the bucket does not say, some."""
    return said if isinstance(said, int) else 1

"""Articles from files and folders: .txt (one article), .json (one or a list), .jsonl and .ndjson (one a line).

An object has `text` (or `body`, `content`) and any of `url`, `title`, `published`, `source` (domain or name),
`source_name`, `lang`, `byline`, `feed`; other fields are ignored. A text file's headline is its first line when that is
short; the text keeps it.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.contract import Fatal, Item, Remark, Skippable
from connectors.sources.article import build_article
from connectors.sources.moments import read_moment
from connectors.sources.received import json_text
from schemas.records import Article
from schemas.topics import ARTICLE

LINES = (".jsonl", ".ndjson")
SUFFIXES = (".txt", ".json", *LINES)
HEADLINE_AT_MOST = 200  # characters; a longer first line is a paragraph
LONGEST_LINE = 5_000_000  # bytes
LARGEST_FILE = 50_000_000  # bytes; of files that are read as a whole
OTHERS_TURN = 50  # items after which other sources on the loop get their turn
_TEXTS = ("url", "title", "source", "source_name", "lang", "byline", "feed")
_BODIES = ("text", "body", "content")


class Files:
    """A source over files and folders, in the order of their paths; folders are searched to the bottom.

    Its position is `<number of the item in its file>:<path>`. After a restart files before that path are taken as read;
    put new files behind the old ones, or start afresh: what was read before gets the ids that it had.
    """

    topic = ARTICLE.name

    def __init__(self, paths: Sequence[Path], *, clock: Callable[[], datetime], name: str = "files") -> None:
        self.name = name
        self._paths = paths
        self._clock = clock

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """Every article after `position`. Raises Fatal when a given path does not exist or holds no such file."""
        done, last = _place(position)
        for path in find(self._paths):
            if str(path) < last:
                continue
            for number, content in enumerate(read_file(path, feed=self.name, fetched_at=self._clock()), start=1):
                if str(path) > last or number > done:
                    yield Item(content, f"{number}:{path}")
                if number % OTHERS_TURN == 0:
                    await asyncio.sleep(0)


def find(paths: Sequence[Path]) -> list[Path]:
    """The files to read, sorted by path. Raises Fatal when a path does not exist or holds no file of a known kind."""
    found: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise Fatal(f"no such file or folder: {path}")
        files = [path] if path.is_file() else [p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file()]
        if not files or (path.is_file() and path.suffix not in SUFFIXES):
            raise Fatal(f"nothing to read in {path}; files must end in {', '.join(SUFFIXES)}")
        found.update(files)
    return sorted(found, key=str)


def read_file(path: Path, *, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of one file, or the error of each that cannot be read. Never raises for what a file holds."""
    try:
        if path.suffix in LINES:
            with path.open("rb") as lines:
                yield from parse_lines(lines, where=path.name, feed=feed, fetched_at=fetched_at)
        elif path.stat().st_size > LARGEST_FILE:
            yield Skippable(f"larger than {LARGEST_FILE} bytes; split it, or write one object a line", where=path.name)
        elif path.suffix == ".json":
            yield from parse_json(path.read_bytes(), where=path.name, feed=feed, fetched_at=fetched_at)
        else:
            yield parse_text(path.read_bytes(), where=path.name, feed=feed, fetched_at=fetched_at)
    except OSError as error:
        yield Skippable(f"cannot be read: {error.strerror}", where=str(path))


def parse_text(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article that a text file is; UTF-8, what is not is replaced."""
    text = raw.decode("utf-8-sig", "replace").strip()
    first = text.partition("\n")[0].strip()
    try:
        title = first if len(first) <= HEADLINE_AT_MOST else ""
        return build_article(title=title, body=text, feed=feed, fetched_at=fetched_at)
    except Skippable as error:
        return Skippable(error.reason, raw=raw, where=where)


def parse_lines(lines: Any, *, where: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of a binary file with one JSON object a line; blank lines are passed over."""
    number = 0
    while line := lines.readline(LONGEST_LINE):
        number += 1
        spot = f"{where}, line {number}"
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := lines.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield Skippable(f"longer than {LONGEST_LINE} bytes; one object a line", raw=line, where=spot)
        elif line.strip():
            yield _parse_object(line.strip(), where=spot, feed=feed, fetched_at=fetched_at)


def parse_json(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of a JSON document: one object, or a list of them."""
    value = _load(raw, where)
    if isinstance(value, Skippable):
        yield value
        return
    for number, entry in enumerate(value if isinstance(value, list) else [value], start=1):
        spot = f"{where}, item {number}" if isinstance(value, list) else where
        yield from_object(entry, where=spot, feed=feed, fetched_at=fetched_at)


def from_object(value: object, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article that a JSON object is; an error says which field is of the wrong type."""
    try:
        return _build(value, feed, fetched_at)
    except Skippable as error:
        return Skippable(error.reason, raw=json_text(value).encode(), where=where)


def _parse_object(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    value = _load(raw, where)
    return value if isinstance(value, Skippable) else from_object(value, where=where, feed=feed, fetched_at=fetched_at)


def _load(raw: bytes, where: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Skippable(f"not UTF-8 at byte {error.start}; convert the file", raw=raw, where=where)
    except (ValueError, RecursionError) as error:
        return Skippable(f"not JSON: {error}", raw=raw, where=where)


def _build(value: object, feed: str, fetched_at: datetime) -> Article:
    if not isinstance(value, dict):
        raise Skippable(f"an object is needed, not a {type(value).__name__}")
    texts = {name: _string(value, name) for name in _TEXTS}
    bodies = (_string(value, name) for name in _BODIES)
    return build_article(
        body=next((b for b in bodies if b), ""),
        published=read_moment(value.get("published")),
        fetched_at=fetched_at,
        **{**texts, "feed": texts["feed"] or feed},
    )


def _string(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Skippable(f"{name} must be a string, not a {type(found).__name__}")
    return found


def _place(position: str | None) -> tuple[int, str]:
    number, _, path = (position or "").partition(":")
    return (int(number), path) if number.isdigit() and path else (0, "")

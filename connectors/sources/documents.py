"""Articles out of files by the ending of their names: text, Markdown, HTML, JSON, tables, mail and web archives.

An object or row has `text` (or `body`, `content`) and any of `url`, `title`, `published`, `source` (domain or name),
`source_name`, `lang`, `byline`, `feed`; other fields are ignored. A text file's headline is its first line when that is
short; the text keeps it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from connectors.ingest.contract import KEPT_BYTES, Skippable
from connectors.sources.article import build_article
from connectors.sources.mail import parse_mailbox, parse_message
from connectors.sources.received import json_text, text_of
from connectors.sources.saved import parse_html
from connectors.sources.tables import load_json, read_objects, read_rows
from connectors.sources.timestamps import parse_timestamp
from connectors.sources.warc import parse_warc
from schemas.records import Article

Articles = Iterator[Article | Skippable]
HEADLINE_AT_MOST = 200  # characters; a longer first line is a paragraph
FRONT_LINES = 100  # lines of front matter at most
LARGEST = 50_000_000  # bytes of a document that is read as a whole
_TEXTS = ("url", "title", "source", "source_name", "lang", "byline", "feed")
_BODIES = ("text", "body", "content")
# Every repetition is bounded, so that no text takes more than linear time.
_HEADING = re.compile(r"^#{1,6}[ \t]+(?=\S)([^\n]{1,300}?)[ \t#]*$", re.MULTILINE)
_MARKS = (
    (re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\)"), ""),
    (re.compile(r"\[([^\]\n]{1,300})\]\([^)\n]{0,500}\)"), r"\1"),
    (_HEADING, r"\1"),
    (re.compile(r"(\*\*|__|`)(?=\S)([^\n]{1,300}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"^ {0,3}(?:> ?)+", re.MULTILINE), ""),
)


def read_document(stream: BinaryIO, *, name: str, where: str, feed: str, fetched_at: datetime) -> Articles:
    """Articles of a file by the ending of its name; the error of each that cannot be read.

    Raises what reading the stream raises, KeyError for an ending that is not in READERS.
    """
    return READERS[ending(name)](stream, where=where, feed=feed, fetched_at=fetched_at)


def ending(name: str) -> str:
    """The ending that says what a file holds, in lower case: `.jsonl`; `.warc.gz` and the like count as `.warc`."""
    path = PurePosixPath(name.lower())
    return ".warc" if path.suffixes[-2:] == [".warc", ".gz"] else path.suffix


def parse_text(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article in a text file; UTF-8, other bytes are replaced."""
    text = raw.decode("utf-8-sig", "replace").strip()
    return _article(raw, where, title=_headline(text), body=text, feed=feed, fetched_at=fetched_at)


def parse_markdown(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article in a Markdown file: its first heading is the headline; front matter (`title: ...`) is read."""
    facts, text = _front(raw.decode("utf-8-sig", "replace").strip())
    heading = _HEADING.search(text)
    for mark, plain in _MARKS:
        text = mark.sub(plain, text)
    return _article(
        raw,
        where,
        title=facts.get("title") or (heading[1] if heading else "") or _headline(text.strip()),
        body=text,
        url=facts.get("url") or facts.get("link") or "",
        published=parse_timestamp(facts.get("date") or facts.get("published")),
        lang=facts.get("lang"),
        byline=facts.get("author"),
        feed=feed,
        fetched_at=fetched_at,
    )


def _front(text: str) -> tuple[dict[str, str], str]:
    """Facts of the front matter, which stands between two lines of `---`, and the text behind it."""
    lines = text.split("\n", FRONT_LINES)
    if lines[0].strip() != "---":
        return {}, text
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
    pairs = (line.partition(":") for line in lines[1:end])
    facts = {name.strip().lower(): value.strip().strip("\"'") for name, _, value in pairs}
    return facts, "\n".join(lines[end + 1 :]) if end else text


def parse_lines(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Articles:
    """Articles of a file with one JSON object a line; blank lines are passed over."""
    return _each(read_objects(stream, where=where), feed, fetched_at)


def parse_table(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Articles:
    """Articles of a table whose header names the fields."""
    return _each(read_rows(stream, where=where), feed, fetched_at)


def _each(values: Iterable[tuple[str, object] | Skippable], feed: str, fetched_at: datetime) -> Articles:
    for read in values:
        if isinstance(read, Skippable):
            yield read
        else:
            yield from_object(read[1], where=read[0], feed=feed, fetched_at=fetched_at)


def parse_json(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Articles:
    """Articles of a JSON document: one object, or a list of them."""
    value = load_json(raw, where=where)
    if isinstance(value, Skippable):
        yield value
        return
    for number, entry in enumerate(value if isinstance(value, list) else [value], start=1):
        spot = f"{where}, item {number}" if isinstance(value, list) else where
        yield from_object(entry, where=spot, feed=feed, fetched_at=fetched_at)


def from_object(value: object, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article that an object or row is; an error says which field is of the wrong type."""
    try:
        return _build(value, feed, fetched_at)
    except Skippable as error:
        return Skippable(error.reason, raw=json_text(value).encode(), where=where)


def _build(value: object, feed: str, fetched_at: datetime) -> Article:
    if not isinstance(value, dict):
        raise Skippable(f"an object is needed, not a {type(value).__name__}")
    texts = {name: text_of(value, name) for name in _TEXTS}
    bodies = (text_of(value, name) for name in _BODIES)
    return build_article(
        body=next((b for b in bodies if b), ""),
        published=parse_timestamp(value.get("published")),
        fetched_at=fetched_at,
        **{**texts, "feed": texts["feed"] or feed},
    )


def _headline(text: str) -> str:
    first = text.partition("\n")[0].strip()
    return first if len(first) <= HEADLINE_AT_MOST else ""


def _article(raw: bytes, where: str, **fields: Any) -> Article | Skippable:
    try:
        return build_article(**fields)
    except Skippable as error:
        return Skippable(error.reason, raw=raw[:KEPT_BYTES], where=where)


def _whole(parse: Callable[..., Article | Skippable | Articles]) -> Callable[..., Articles]:
    """A parse of bytes as one of a stream, for documents up to LARGEST."""

    def read(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Articles:
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            yield Skippable(f"larger than {LARGEST} bytes; split it, or write one object a line", where=where)
            return
        found = parse(raw, where=where, feed=feed, fetched_at=fetched_at)
        if isinstance(found, Article | Skippable):
            yield found
        else:
            yield from found

    return read


READERS: Mapping[str, Callable[..., Articles]] = {
    ".txt": _whole(parse_text),
    ".md": _whole(parse_markdown),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _whole(parse_html)),
    ".json": _whole(parse_json),
    **dict.fromkeys((".jsonl", ".ndjson"), parse_lines),
    **dict.fromkeys((".csv", ".tsv"), parse_table),
    ".eml": _whole(parse_message),
    ".mbox": parse_mailbox,
    ".warc": parse_warc,
}

"""Newsletters: single messages (RFC 5322), by the standard library's parser, and mailboxes of them (mbox)."""

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import BinaryIO

from connectors.ingest.contract import KEPT_BYTES, Skippable
from connectors.sources.article import build_article
from connectors.sources.charsets import decode, header_text
from connectors.sources.markup import clean_text, html_to_text
from connectors.sources.timestamps import parse_timestamp
from schemas.records import Article

LARGEST_MESSAGE = 20_000_000  # bytes, with pictures
CHUNK = 1_000_000  # bytes of a line at once
_DATED = re.compile(rb"\d:\d\d.* \d{4}\s*$")  # ... Mon Nov 23 09:00:00 2026, with a zone or none
_HEADER = re.compile(
    rb"(?:From|To|Cc|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|Delivered-To|Content-[\w-]+|X-[\w-]+):",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb">+From ")


def parse_mailbox(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """An article for each message; the error of each that cannot be read. Raises what reading the stream raises."""
    for number, raw in enumerate(_messages(stream), start=1):
        spot = f"{where}, message {number}"
        if isinstance(raw, str):
            yield Skippable(raw, where=spot)
        else:
            yield parse_message(raw, where=spot, feed=feed, fetched_at=fetched_at)


def _messages(stream: BinaryIO) -> Iterator[bytes | str]:
    """Messages of an mbox (RFC 4155), each without the line before it; or what is wrong.

    The standard library takes every line that begins with `From ` for a new message. Here it must follow a blank line
    and hold a date, or stand before a header. `>From ` is what a writer makes of such a line in a text.
    """
    line, held, size = stream.readline(CHUNK), list[bytes](), 0
    if not line.startswith(b"From "):
        yield "not a mailbox: it does not begin with `From `"
        return
    blank = False
    while line := stream.readline(CHUNK):
        following = b""
        if blank and line.startswith(b"From "):
            following = stream.readline(CHUNK)
            if _DATED.search(line) or _HEADER.match(following):
                yield from _whole(held, size)
                held, size, line = [], 0, b""
        for part in filter(None, (line, following)):
            size += len(part)
            if size <= LARGEST_MESSAGE:
                held.append(part[1:] if _QUOTED.match(part) else part)
        blank = not (following or line).strip()
    yield from _whole(held, size)


def _whole(held: list[bytes], size: int) -> Iterator[bytes | str]:
    yield b"".join(held) if size <= LARGEST_MESSAGE else f"larger than {LARGEST_MESSAGE} bytes"


def parse_message(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article in a message: the longer of its plain and HTML texts; the sender is the publisher."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        headers = {name.lower(): value for name, value in reversed(list(message.raw_items()))}
        name, address = parseaddr(headers.get("from", ""))
        return build_article(
            url=str(message.get("Archived-At") or "").strip("<> "),
            title=header_text(headers.get("subject", "")),
            body=max((_text(message, kind) for kind in ("plain", "html")), key=len),
            published=parse_timestamp(headers.get("date")),
            source=address.rpartition("@")[2],
            source_name=header_text(name),
            lang=str(message.get("Content-Language") or "") or None,
            feed=feed,
            fetched_at=fetched_at,
        )
    except Skippable as error:
        return Skippable(error.reason, raw=raw[:KEPT_BYTES], where=where)
    except Exception as error:  # noqa: BLE001 the parser raises of every kind on broken headers
        return Skippable(f"not a message that can be read: {error!r}", raw=raw[:KEPT_BYTES], where=where)


def _text(message: EmailMessage, kind: str) -> str:
    """The first part of a kind as text, in its charset; what that cannot read is replaced."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    text = decode(raw, part.get_content_charset() or "")
    return html_to_text(text) if kind == "html" else clean_text(text)

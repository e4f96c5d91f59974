"""Newsletters: single messages (RFC 5322) and mailboxes of them (mbox), by the standard library's parsers."""

import mailbox
import tempfile
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
from connectors.sources.moments import read_moment
from schemas.records import Article

LARGEST_BOX = 2_000_000_000  # bytes, unpacked
LARGEST_MESSAGE = 20_000_000  # bytes, with pictures
CHUNK = 1_000_000


def parse_mailbox(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """An article for each message; the error of each that cannot be read.

    The box is copied to a temporary file first: mailbox reads only such. Raises what reading the stream raises.
    """
    with tempfile.NamedTemporaryFile(suffix=".mbox") as copy:
        size = 0
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if (size == len(chunk) and not chunk.startswith(b"From ")) or size > LARGEST_BOX:
                why = "not a mailbox: it does not begin with `From `" if size <= LARGEST_BOX else "too large"
                yield Skippable(why, raw=chunk[:KEPT_BYTES], where=where)
                return
            copy.write(chunk)
        copy.flush()
        box = mailbox.mbox(copy.name, create=False)
        try:
            for number, key in enumerate(box.iterkeys(), start=1):
                spot = f"{where}, message {number}"
                with box.get_file(key) as message:
                    raw = message.read(LARGEST_MESSAGE + 1)
                if len(raw) > LARGEST_MESSAGE:
                    yield Skippable(f"larger than {LARGEST_MESSAGE} bytes", where=spot)
                else:
                    yield parse_message(raw, where=spot, feed=feed, fetched_at=fetched_at)
        finally:
            box.close()


def parse_message(raw: bytes, *, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    """The article that a message is: the longer of its plain and its HTML text; the sender is the publisher."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        headers = {name.lower(): value for name, value in reversed(list(message.raw_items()))}
        name, address = parseaddr(headers.get("from", ""))
        return build_article(
            url=str(message.get("Archived-At") or "").strip("<> "),
            title=header_text(headers.get("subject", "")),
            body=max((_text(message, kind) for kind in ("plain", "html")), key=len),
            published=read_moment(headers.get("date")),
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

"""Web archives (WARC, ISO 28500, packed or not) through warcio: an article for each page in them."""

import gzip
import io
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator

from connectors.ingest.contract import KEPT_BYTES, Skippable
from connectors.sources.saved import parse_html
from schemas.records import Article

LARGEST_PAGE = 10_000_000  # bytes
PAGES = ("text/html", "application/xhtml+xml")
GZIP = b"\x1f\x8b"
KINDS = ("response", "resource")


def parse_warc(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of the pages of an archive; the error of each that cannot be read. What is no page is passed over.

    Raises OSError when the stream does.
    """
    number, broken = 0, False
    plain = io.BufferedReader(stream)  # type: ignore[type-var]  # every stream of bytes can fill a buffer
    try:
        # warcio unpacks archives that are packed record by record only; gzip unpacks those packed as a whole too.
        opened = _Unpacked(plain) if plain.peek(2)[:2] == GZIP else plain
        for number, record in enumerate(ArchiveIterator(opened), start=1):
            if record.rec_type not in KINDS or not _is_page(record):
                continue
            spot = f"{where}, record {number}"
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            raw = record.content_stream().read(LARGEST_PAGE + 1)
            if len(raw) > LARGEST_PAGE:
                yield Skippable(f"a page larger than {LARGEST_PAGE} bytes", where=f"{spot}, {url}")
                continue
            if record.raw_stream.limit:
                yield Skippable("the archive ends in the middle of this page", raw=raw[:KEPT_BYTES], where=spot)
                continue
            kind = _content_type(record)
            yield parse_html(raw, where=spot, feed=feed, fetched_at=fetched_at, url=url, content_type=kind)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        broken = True
        why = "ends in the middle of a page" if isinstance(error, EOFError) else f"is broken from here on: {error!r}"
        yield Skippable(f"the archive {why}", where=f"{where}, record {number + 1}")
    except (OSError, Skippable):
        raise
    except Exception as error:  # noqa: BLE001 warcio raises of every kind on what is no archive
        broken = True
        yield Skippable(f"not a web archive from here on: {error!r}", where=f"{where}, record {number + 1}")
    finally:
        plain.detach()
    if not number and not broken:
        yield Skippable("not a web archive: there is no record in it", where=where)


class _Unpacked(gzip.GzipFile):
    """Yields all that can be unpacked before the packed bytes end or break, and only then raises the error."""

    def __init__(self, packed: Any) -> None:
        super().__init__(fileobj=packed, mode="rb")

    def read(self, size: int | None = -1) -> bytes:
        """At most `size` bytes, as they come."""
        return self.read1(-1 if size is None else size)


def _is_page(record: Any) -> bool:
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    return status == "200" and _content_type(record).partition(";")[0].strip().lower() in PAGES


def _content_type(record: Any) -> str:
    headers = record.http_headers or record.rec_headers
    return str(headers.get_header("Content-Type") or "")

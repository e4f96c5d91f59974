"""Web archives (WARC, ISO 28500, packed or not) through warcio: an article for each page in them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator

from connectors.ingest.contract import KEPT_BYTES, Skippable
from connectors.sources.saved import parse_html
from schemas.records import Article

LARGEST_PAGE = 10_000_000  # bytes
PAGES = ("text/html", "application/xhtml+xml")
KINDS = ("response", "resource")


def parse_warc(stream: BinaryIO, *, where: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of the pages of an archive; the error of each that cannot be read. What is no page is passed over.

    Raises OSError when the stream does.
    """
    number, broken = 0, False
    try:
        for number, record in enumerate(ArchiveIterator(stream), start=1):
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
    except (OSError, Skippable):
        raise
    except Exception as error:  # noqa: BLE001 warcio raises of every kind on what is no archive
        broken = True
        yield Skippable(f"not a web archive from here on: {error!r}", where=f"{where}, record {number + 1}")
    if not number and not broken:
        yield Skippable("not a web archive: there is no record in it", where=where)


def _is_page(record: Any) -> bool:
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    return status == "200" and _content_type(record).partition(";")[0].strip().lower() in PAGES


def _content_type(record: Any) -> str:
    headers = record.http_headers or record.rec_headers
    return str(headers.get_header("Content-Type") or "")

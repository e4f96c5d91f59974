"""News sitemaps: addresses with titles and dates (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap).

Only entries with a news title become articles; a plain sitemap lists pages, not news.
"""

import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from connectors.ingest.contract import Skippable
from connectors.sources.article import build_article, host_of
from connectors.sources.charsets import plain_xml
from connectors.sources.received import xml_text
from connectors.sources.timestamps import parse_timestamp
from connectors.web.answers import Answer
from schemas.records import Article

SITE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS_NAMESPACE = "{http://www.google.com/schemas/sitemap-news/0.9}"
HEAD = 2_000  # bytes in which a sitemap's root element stands
GZIP = b"\x1f\x8b"
LARGEST = 50_000_000  # bytes unpacked; the protocol's own limit


def is_sitemap(body: bytes) -> bool:
    """Whether a document is a sitemap, packed or not."""
    head = unpacked(body[:HEAD], HEAD)
    return b"<urlset" in head or b"<sitemapindex" in head


def parse_sitemap(answer: Answer, *, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    """Articles of a news sitemap in its order; those before damage are kept. Never raises."""
    read = 0
    try:
        document = plain_xml(unpacked(answer.body, LARGEST), answer.content_type)
        for _, node in iterparse(BytesIO(document), events=("end",)):
            if node.tag == f"{SITE}url":
                read += 1
                if node.find(f"{NEWS_NAMESPACE}news") is not None:
                    yield _article(node, f"{feed}, entry {read}", feed, fetched_at)
                node.clear()
            elif node.tag == f"{SITE}sitemapindex":
                addresses = " ".join(loc.text or "" for loc in node.iter(f"{SITE}loc"))
                yield Skippable(f"an index of sitemaps; follow one of its own: {addresses[:1000]}", where=feed)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        yield Skippable(f"a sitemap that cannot be read to its end: {error!r}", raw=answer.body, where=feed)


def unpacked(body: bytes, largest: int) -> bytes:
    """The body without gzip, cut at `largest` bytes; of a damaged one what can be unpacked."""
    if not body.startswith(GZIP):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, largest)
    except zlib.error:
        return b""


def _article(node: Element, where: str, feed: str, fetched_at: datetime) -> Article | Skippable:
    url = (node.findtext(f"{SITE}loc") or "").strip()
    try:
        return build_article(
            url=url,
            title=node.findtext(f"{NEWS_NAMESPACE}news/{NEWS_NAMESPACE}title") or "",
            published=parse_timestamp(node.findtext(f"{NEWS_NAMESPACE}news/{NEWS_NAMESPACE}publication_date")),
            source=host_of(url),
            source_name=node.findtext(f"{NEWS_NAMESPACE}news/{NEWS_NAMESPACE}publication/{NEWS_NAMESPACE}name") or "",
            lang=node.findtext(f"{NEWS_NAMESPACE}news/{NEWS_NAMESPACE}publication/{NEWS_NAMESPACE}language"),
            feed=feed,
            fetched_at=fetched_at,
        )
    except Skippable as error:
        return Skippable(error.reason, raw=xml_text(node).encode("utf-8", "replace"), where=where)

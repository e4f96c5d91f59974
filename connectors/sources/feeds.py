"""News feeds: RSS 0.9 to 2.0, Atom and RDF through feedparser, JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org).

feedparser rather than fastfeedparser, which is thirty times faster and fails on one in fifty documents of feedparser's
own collection: a poll that is parsed otherwise than the last would make old articles look revised.
"""

import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from connectors.ingest.contract import Remark, Skippable
from connectors.sources.article import build_article, host_of, site_of
from connectors.sources.charsets import plain_xml
from connectors.sources.events import number
from connectors.sources.markup import html_to_text, one_line
from connectors.sources.received import json_text
from connectors.sources.sitemap import is_sitemap, parse_sitemap
from connectors.sources.timestamps import parse_timestamp
from connectors.web.answers import Answer
from schemas.records import Article

JSON_FEED = "https://jsonfeed.org/version/1"
_PROLOG = 4_096  # bytes in which a document type may begin


def parse_feed(answer: Answer, *, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable | Remark]:
    """Articles of a feed in its order, or the error of each entry that cannot be read. Never raises."""
    text = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        yield from _json_feed(text, answer.url, feed, fetched_at)
    elif is_sitemap(text):
        yield from parse_sitemap(answer, feed=feed, fetched_at=fetched_at)
    else:
        yield from _xml_feed(answer, feed, fetched_at)


def _xml_feed(answer: Answer, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable | Remark]:
    headers = {"content-location": answer.url, "content-type": "application/xml; charset=utf-8"}
    try:
        # A stream, never bare bytes: feedparser would read those as a file name or an address to fetch.
        body = _without_declarations(plain_xml(answer.body, answer.content_type))
        # Texts are taken out of their HTML later: making it safe and its links absolute would be a quarter of the time.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001 whatever its parsers raise on garbage is the feed's fault
        yield Skippable(f"no feed parser can read it: {error!r}", raw=answer.body, where=feed)
        return
    if not parsed.entries and not parsed.get("version"):
        why = parsed.get("bozo_exception") or "no feed element found"
        yield Skippable(f"not a feed: {why}", raw=answer.body, where=feed)
        return
    about = parsed.feed
    if (ttl := number(about.get("ttl"))) and ttl > 0:
        yield Remark(again_after=ttl * 60)
    for n, entry in enumerate(parsed.entries, start=1):
        try:
            yield _from_entry(entry, about, answer.url, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=repr(dict(entry)).encode("utf-8", "replace"), where=f"{feed}, entry {n}")


def _without_declarations(body: bytes) -> bytes:
    """The body without the declarations inside its document type.

    No feed needs them, and an entity bomb keeps the parser busy before it fails.
    """
    start = body[:_PROLOG].upper().find(b"<!DOCTYPE")
    opening = body.find(b"[", start, start + _PROLOG) if start >= 0 else -1
    if opening < 0 or b">" in body[start:opening]:
        return body
    end = body.find(b"]", opening)
    return body[:opening] + body[end + 1 :] if end >= 0 else body


def _from_entry(entry: Any, about: Any, base: str, feed: str, fetched_at: datetime) -> Article:
    link = str(entry.get("link") or "")
    if not link and str(entry.get("id") or "").startswith(("http://", "https://")):
        link = str(entry["id"])
    link = _joined(base, link)
    bodies = [str(c.get("value") or "") for c in entry.get("content") or () if isinstance(c, dict)]
    bodies.append(str(entry.get("summary") or ""))
    return build_article(
        url=link,
        title=str(entry.get("title") or ""),
        body=max((html_to_text(b) for b in bodies), key=len),
        published=_moment(entry),
        source=_publisher(entry, about, link, base),
        source_name=_name(entry, about),
        lang=str(entry.get("language") or about.get("language") or ""),
        byline=str(entry.get("author") or "") or None,
        feed=feed,
        fetched_at=fetched_at,
    )


def _publisher(entry: Any, about: Any, link: str, base: str) -> str:
    """The publisher's domain: that of the link; where the link leads to the feed's own site, the one the entry names.

    An aggregator's entry names its own source (`<source url>`), while its link leads to the aggregator.
    """
    host, own = host_of(link) or host_of(base), entry.get("source")
    named = host_of(str(own.get("href") or own.get("link") or own.get("id") or "")) if isinstance(own, dict) else ""
    homes = {site_of(host_of(address)) for address in (base, str(about.get("link") or ""))}
    return named if named and site_of(host) in homes and site_of(named) != site_of(host) else host


def _name(entry: Any, about: Any) -> str:
    """Name of the publisher: an aggregator's entry names its own source."""
    own = entry.get("source")
    return one_line(str((own.get("title") if isinstance(own, dict) else "") or about.get("title") or ""))


def _moment(entry: Any) -> datetime | None:
    for name in ("published", "updated", "created"):
        # For a missing date feedparser returns another one, and its own parser drops words that it does not know,
        # such as PM.
        if name in entry and (found := parse_timestamp(entry.get(name))):
            return found
    return None


def _json_feed(raw: bytes, url: str, feed: str, fetched_at: datetime) -> Iterator[Article | Skippable]:
    try:
        document = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        yield Skippable(f"not JSON: {error}", raw=raw, where=feed)
        return
    items = document.get("items")
    if not str(document.get("version", "")).startswith(JSON_FEED) or not isinstance(items, list):
        yield Skippable(f"not a JSON Feed: its version is not {JSON_FEED}, or it has no items", raw=raw, where=feed)
        return
    for n, item in enumerate(items, start=1):
        try:
            yield _from_item(item, document, url, feed, fetched_at)
        except Skippable as error:
            yield Skippable(error.reason, raw=json_text(item).encode(), where=f"{feed}, item {n}")


def _from_item(item: Any, document: dict[str, Any], base: str, feed: str, fetched_at: datetime) -> Article:
    if not isinstance(item, dict):
        raise Skippable(f"an item must be an object, not a {type(item).__name__}")
    link = _joined(base, _text(item, "url") or _text(item, "external_url"))
    authors = item.get("authors") or [item.get("author")]
    names = [_text(a, "name") for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    bodies = (html_to_text(_text(item, "content_html")), _text(item, "content_text"), _text(item, "summary"))
    return build_article(
        url=link,
        title=_text(item, "title"),
        body=next((b for b in bodies if b), ""),
        published=parse_timestamp(item.get("date_published")) or parse_timestamp(item.get("date_modified")),
        source=host_of(link) or host_of(base),
        source_name=_text(document, "title"),
        lang=_text(item, "language") or _text(document, "language"),
        byline=", ".join(filter(None, names)) or None,
        feed=feed,
        fetched_at=fetched_at,
    )


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _joined(base: str, link: str) -> str:
    """The absolute link. A base or link that is no address stays as it is."""
    try:
        return urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return link.strip()

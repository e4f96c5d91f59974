"""Builds an Article record from the input of a feed, a file or a push: cleaned, dated, credited, identified."""

from datetime import datetime
from urllib.parse import urlsplit

from connectors.ingest.contract import Skippable
from connectors.sources.markup import clean_text, one_line
from schemas.agency_credit import credited_agency
from schemas.identity import article_id, canonical_url
from schemas.records import Article, Publisher
from schemas.timestamp_sanity import plausible_publication_time

LONGEST_BODY = 900_000  # bytes; what fits a Kafka message beside the other fields
LONGEST_FIELD = 2_000  # characters of title, address and byline; more is a broken feed
LONGEST_NAME = 200  # characters of a publisher's name


def build_article(
    *,
    url: str = "",
    title: str = "",
    body: str = "",
    published: datetime | None = None,
    source: str = "",
    source_name: str = "",
    lang: str | None = None,
    byline: str | None = None,
    feed: str = "",
    fetched_at: datetime,
) -> Article:
    """The record of one article.

    source: the publisher's domain, or its name; left out, the domain is the address's.
    published: dropped when it is implausible (before newspapers, or more than a day after `fetched_at`).
    Raises Skippable when there is neither title nor text, or when it is too long for a message.
    """
    title, body, url = one_line(title), clean_text(body), clean_text(url)
    if not title and not body:
        raise Skippable("neither title nor text; nothing to read", where=url)
    if len(body.encode("utf-8")) > LONGEST_BODY:
        raise Skippable(f"the text has more than {LONGEST_BODY} bytes; split it", where=url)
    if max(len(title), len(url)) > LONGEST_FIELD:
        raise Skippable(f"title or address has more than {LONGEST_FIELD} characters; look at the feed", where=url[:200])
    byline = one_line(byline or "")[:LONGEST_FIELD] or None
    publishes = publisher(source, source_name, url)
    return Article(
        article_id=article_id(url, title, body),
        url=url,
        canonical_url=canonical_url(url) if url else "",
        source=publishes,
        feed=clean_text(feed),
        lang=language(lang),
        title=title,
        body=body,
        byline=byline,
        published_at=plausible_publication_time(published, fetched_at),
        fetched_at=fetched_at,
        origin=credited_agency(title, body, byline, publishes.domain),
    )


def publisher(source: str, name: str, url: str) -> Publisher:
    """The publisher: `source` is a domain, or a name where it does not look like one; else the address decides."""
    source, name = one_line(source)[:LONGEST_NAME], one_line(name)[:LONGEST_NAME]
    given = source.lower().removeprefix("www.")
    if "." in given and " " not in given and "/" not in given:
        return Publisher(domain=given, name=name)
    return Publisher(domain=host_of(url), name=name or source)


def host_of(url: str) -> str:
    """Host of an address in lower case without `www.`; empty when it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def site_of(host: str) -> str:
    """The site that a host belongs to, by its name: `bbc.co.uk` of `feeds.bbc.co.uk`."""
    labels = host.split(".")
    return ".".join(labels[-3 if len(labels[-1]) == 2 and len(labels[-2:][0]) <= 3 else -2 :])


def language(tag: str | None) -> str | None:
    """ISO 639-1 code out of a language tag such as `en-US`; None when it is none."""
    code = (tag or "").strip().replace("_", "-").split("-")[0].lower()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None

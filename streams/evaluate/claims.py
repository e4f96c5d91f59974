"""Predictions of the task `claims`: every incident mention of each article with its figures and their sources.

A row without text is read by its title, and offsets then count in the title. A row without a publication time is read
as published at the start of 1970, so that no relative time in it resolves to a plausible day.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from schemas.codec import to_json
from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each article `{id, mentions}` with mentions as in the record, their features left out."""
    for row in rows:
        mentions = [to_json(m) for m in read_article(article(row))]
        yield {"id": row["id"], "mentions": [{k: v for k, v in m.items() if k != "features"} for m in mentions]}


def article(row: dict[str, Any]) -> Article:
    """The article that a connector would make of a row: only id, url, title, text, published, source, lang are read."""
    published = moment(row.get("published"))
    source = str(row.get("source") or "")
    return Article(
        article_id=str(row["id"]), url=str(row.get("url") or ""), source=Publisher(domain=source.lower(), name=source),
        title=str(row.get("title") or ""), body=str(row.get("text") or ""), lang=row.get("lang"),
        published_at=published, fetched_at=published or UNDATED,
    )  # fmt: skip


def moment(published: Any) -> datetime | None:
    """An ISO date or time in UTC; a bare date means its last second, since news reports its own day."""
    if not isinstance(published, str) or not published.strip():
        return None
    try:
        found = datetime.fromisoformat(published.strip())
    except ValueError:
        return None
    if len(published.strip()) == len("2021-06-28"):
        found = found.replace(hour=23, minute=59, second=59)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)

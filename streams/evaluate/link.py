"""Predictions for linking: every document's incident, after all merges and splits.

Rows are fed in order of their time, those without one in file order. The stages' own code does the work; nothing but
id, url, title, text, published, source and lang is read.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from schemas.identity import article_id, canonical_url, digest
from schemas.records import Article, Incident, Mention, Publisher, Relation, Span
from streams.domain.features import features
from streams.domain.link import link
from streams.domain.link_state import LinkState

FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # report time of the first undated row, the next ones follow by the second


class Whereabouts:
    """Which incident each mention is in, read from the linking stage's outputs."""

    def __init__(self) -> None:
        self._incident: dict[str, str] = {}
        self._merged: dict[str, str | None] = {}

    def see(self, record: Incident | Relation) -> None:
        """Follow one output."""
        if not isinstance(record, Incident):
            return
        if record.change.mention_id:
            self._incident[record.change.mention_id] = record.incident_id
        self._merged[record.incident_id] = record.merged_into

    def incident(self, mention_id: str) -> str | None:
        """The incident that a mention is in now, merges followed; None when it was never linked."""
        here = self._incident.get(mention_id)
        while here and (there := self._merged.get(here)):
            here = there
        return here


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One line {id, cluster} for each row, in the order of the rows."""
    known = list(rows)
    dated = [(_time(row.get("published"), n), n, row) for n, row in enumerate(known)]
    state, where, mention_ids = LinkState(), Whereabouts(), [""] * len(known)
    for at, n, row in sorted(dated, key=lambda d: d[:2]):
        for mention in mentions(article(row, at)):
            state, linked = link(state, mention)
            for record in linked.outputs:
                where.see(record)
            if mention.role in ("main", "story", "follow-up"):
                mention_ids[n] = mention_ids[n] or mention.mention_id
    for n, row in enumerate(known):
        yield {"id": row["id"], "cluster": where.incident(mention_ids[n])}


def article(row: dict[str, Any], fetched_at: datetime) -> Article:
    """The article that a connector would make of a row."""
    url, title, text = str(row.get("url") or ""), str(row.get("title") or ""), str(row.get("text") or "")
    source = str(row.get("source") or "")
    return Article(
        article_id=article_id(url or str(row["id"]), title, text), url=url, canonical_url=canonical_url(url),
        source=Publisher(domain=source.lower(), name=source), lang=row.get("lang"), title=title, body=text,
        published_at=fetched_at if row.get("published") else None, fetched_at=fetched_at,
    )  # fmt: skip


def mentions(a: Article) -> tuple[Mention, ...]:
    """The mentions that the classifying stage reads."""
    at = a.published_at or a.fetched_at
    return (
        Mention(
            mention_id=digest("mention", a.article_id, "0"), document_id=a.article_id, story_id=a.article_id,
            block="unlocated", role="story", family="other", subtype="other", evidence=Span(start=0, end=0),
            passage=a.body[:200], confidence=0.5, title=a.title, url=a.url, source=a.source, origin=a.source.domain,
            lang=a.lang, reported_at=at, features=features(a.title, a.body),
        ),
    )


def _time(published: object, number: int) -> datetime:
    if not published:
        return FIRST + timedelta(seconds=number)
    at = datetime.fromisoformat(str(published))
    return at if at.tzinfo else at.replace(tzinfo=UTC)

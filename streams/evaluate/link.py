"""Predictions for linking: every document's incident, after all merges and splits.

Rows pass through dedupe, classify and link in order of their time, those without one when the row before them does. A
copy is where its original is. Nothing but id, url, title, text, published, source and lang is read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from schemas.records import Article, CopyVerdict, Incident, Mention, Original, Relation
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.incident import NEWS_ROLES
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article
from streams.evaluate.claims import moment
from streams.evaluate.documents import article_of

FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # when rows without a date were fetched that no dated one stands before


class IncidentLookup:
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
    articles = list(as_fetched(known))
    window, state, where = DedupeState(), LinkState(), IncidentLookup()
    news: dict[str, str] = {}  # the mention that an article's cluster is read from
    copy_of: dict[str, str] = {}
    for a in sorted(articles, key=_time):  # rows of one time stay in the order given
        window, verdict = dedupe(window, a)
        copy_of |= {r.article_id: r.copy_of for r in verdict.records if isinstance(r, CopyVerdict)}
        if isinstance(verdict.record, CopyVerdict):
            continue
        for mention in mentions(verdict.record):
            state, linked = link(state, mention)
            for record in linked.outputs:
                where.see(record)
            if mention.role in NEWS_ROLES:
                news.setdefault(a.article_id, mention.mention_id)
    for row, a in zip(known, articles, strict=True):
        told = a.article_id
        while told in copy_of and told not in news:
            told = copy_of[told]
        yield {"id": row["id"], "cluster": where.incident(news[told]) if told in news else None}


def mentions(original: Original) -> tuple[Mention, ...]:
    """The mentions of an original as the classifying stage sends them."""
    return tuple(replace(m, story_id=original.story_id) for m in read_article(original.article))


def as_fetched(rows: Iterable[dict[str, Any]]) -> Iterator[Article]:
    """The articles of rows; one without a date was fetched when the one before it was published."""
    came = FIRST
    for row in rows:
        published = moment(row.get("published"))
        came = published or came
        yield replace(article_of(row), published_at=published, fetched_at=came)


def _time(a: Article) -> datetime:
    return a.published_at or a.fetched_at

"""Predictions of dedupe: which document is a copy, or a revision, of which."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from schemas.records import CopyVerdict
from streams.domain.dedupe.dedupe import DedupeState, dedupe_all
from streams.evaluate.documents import article_of

BATCH = 64  # documents judged at a time, as many as a busy agent takes


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One line a row, in the rows' order: {id, copy_of}; copy_of is the id of the earlier document or null.

    A revision counts as a copy of what it revises: both are of one group.
    """
    state = DedupeState()
    named: dict[str, str] = {}
    said: dict[str, str | None] = {}
    fetched = None
    coming = iter(rows)
    while some := list(islice(coming, BATCH)):
        articles = []
        for row in some:
            articles.append(article_of(row, fetched))
            fetched = articles[-1].fetched_at
            named[articles[-1].article_id] = str(row["id"])
        state, verdicts = dedupe_all(state, articles)
        for record in (record for verdict in verdicts for record in verdict.records):
            if isinstance(record, CopyVerdict):
                said[named[record.article_id]] = named[record.copy_of]
            else:
                related = record.revision_of
                said[named[record.article.article_id]] = named[related] if related else None
    for document, copy_of in said.items():
        yield {"id": document, "copy_of": copy_of}

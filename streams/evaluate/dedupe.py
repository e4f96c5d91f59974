"""Predictions of dedupe: which document is a copy, or a revision, of which."""

from collections.abc import Iterable, Iterator
from typing import Any

from schemas.records import CopyVerdict
from streams.domain.dedupe import DedupeState, dedupe
from streams.evaluate.documents import article_of


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One line a row, in the rows' order: {id, copy_of}; copy_of is the id of the earlier document or null.

    A revision counts as a copy of what it revises: both are of one group.
    """
    state = DedupeState()
    named: dict[str, str] = {}
    said: dict[str, str | None] = {}
    fetched = None
    for row in rows:
        article = article_of(row, fetched)
        fetched = article.fetched_at
        if article.article_id in named:
            said[str(row["id"])] = named[article.article_id]
            continue
        named[article.article_id] = str(row["id"])
        state, verdict = dedupe(state, article)
        record = verdict.record
        related = record.copy_of if isinstance(record, CopyVerdict) else record.revision_of
        said[str(row["id"])] = named[related] if related else None
        for late in verdict.late:
            said[named[late.article_id]] = named[late.copy_of]
    for document, copy_of in said.items():
        yield {"id": document, "copy_of": copy_of}

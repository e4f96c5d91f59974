"""Corrects a record's time of fetching where the connector's clock runs wrong."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from schemas.records import Article, FeedEvent
from schemas.timestamp_sanity import AHEAD

R = TypeVar("R")

FAST = timedelta(hours=1)  # most by which a connector's clock may be ahead of the broker's


def with_plausible_fetch_time(record: R, at: datetime) -> R:
    """The record, with its arrival as the time of fetching where the connector's clock must be wrong.

    It must be wrong when the record was fetched after its arrival, or before its publication. Uncorrected, one such
    record would move the window of copies on by years, or its publisher's date would be rejected.
    """
    if not isinstance(record, Article | FeedEvent):
        return record
    published = record.published_at if isinstance(record, Article) else record.updated_at
    early = published is not None and record.fetched_at + AHEAD < published <= at + AHEAD
    if early or record.fetched_at > at + FAST:
        return replace(record, fetched_at=at)
    return record

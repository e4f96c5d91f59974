"""When a record's own time of fetching is believed: clocks of connectors run wrong."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from schemas.records import Article, FeedEvent
from schemas.timestamp_sanity import AHEAD

R = TypeVar("R")

FAST = timedelta(hours=1)  # by so much a connector's clock may be ahead of the broker's


def with_plausible_fetch_time(record: R, at: datetime) -> R:
    """The record with the time of its arrival for that of its fetching, where the connector's clock must be wrong.

    It is when it says that it fetched after the arrival, or before the publication of what had with_plausible_fetch_time. Else one such
    record would move the window of copies on by years, or have its publisher's date disbelieved.
    """
    if not isinstance(record, Article | FeedEvent):
        return record
    published = record.published_at if isinstance(record, Article) else record.updated_at
    early = published is not None and record.fetched_at + AHEAD < published <= at + AHEAD
    if early or record.fetched_at > at + FAST:
        return replace(record, fetched_at=at)
    return record

"""Which dates of publishers and connectors are believed: clocks run wrong, and feeds send years 1 and 9999."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from schemas.records import Article, FeedEvent

R = TypeVar("R")

OLDEST = datetime(1600, 1, 1, tzinfo=UTC)  # before the first newspaper
AHEAD = timedelta(days=2)  # time zones and clocks that run fast
FAST = timedelta(hours=1)  # by so much a connector's clock may be ahead of the broker's


def credible(said: datetime | None, fetched: datetime) -> datetime | None:
    """The time that a publisher gives, None when it cannot be: nothing is published before newspapers or after today."""
    return said if said is not None and OLDEST <= said <= fetched + AHEAD else None


def arrived(record: R, at: datetime) -> R:
    """The record with the time of its arrival for that of its fetching, where the connector's clock must be wrong.

    It is when it says that it fetched after the arrival, or before the publication of what had arrived. Else one such
    record would move the window of copies on by years, or have its publisher's date disbelieved.
    """
    if not isinstance(record, Article | FeedEvent):
        return record
    published = record.published_at if isinstance(record, Article) else record.updated_at
    early = published is not None and record.fetched_at + AHEAD < published <= at + AHEAD
    if early or record.fetched_at > at + FAST:
        return replace(record, fetched_at=at)
    return record

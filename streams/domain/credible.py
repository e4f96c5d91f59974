"""Which dates of publishers are believed: clocks run wrong, and feeds send years 1 and 9999."""

from datetime import UTC, datetime, timedelta

OLDEST = datetime(1600, 1, 1, tzinfo=UTC)  # before the first newspaper
AHEAD = timedelta(days=2)  # time zones and clocks that run fast


def credible(said: datetime | None, fetched: datetime) -> datetime | None:
    """The time that a publisher gives, None when it cannot be: nothing is published before newspapers or after today."""
    return said if said is not None and OLDEST <= said <= fetched + AHEAD else None

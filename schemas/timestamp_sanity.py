"""Rejects implausible times for connectors and streams: clocks run wrong, and feeds send the years 1 and 9999."""

from datetime import UTC, datetime, timedelta

OLDEST = datetime(1600, 1, 1, tzinfo=UTC)  # before the first newspaper
AHEAD = timedelta(days=1)  # time zones that were not stated, and clocks that run fast


def plausible_publication_time(said: datetime | None, seen: datetime) -> datetime | None:
    """The time of a publication or a change; None when implausible: before OLDEST, or more than AHEAD after `seen`."""
    return said if said is not None and OLDEST <= said <= seen + AHEAD else None


def plausible_event_time(said: datetime | None) -> datetime | None:
    """The time of an event, which may lie in the future; None before OLDEST."""
    return said if said is not None and said >= OLDEST else None

"""Which dates are believed: clocks run wrong, and feeds send years 1 and 9999. Connectors and streams ask here."""

from datetime import UTC, datetime, timedelta

OLDEST = datetime(1600, 1, 1, tzinfo=UTC)  # before the first newspaper
AHEAD = timedelta(days=1)  # time zones that were not stated, and clocks that run fast


def plausible_publication_time(said: datetime | None, seen: datetime) -> datetime | None:
    """The time of a publication or a change, None when it cannot be: before newspapers, or well after it was seen."""
    return said if said is not None and OLDEST <= said <= seen + AHEAD else None


def plausible_event_time(said: datetime | None) -> datetime | None:
    """The time of an event, which may be announced: None only before newspapers."""
    return said if said is not None and said >= OLDEST else None

"""Points in time as feeds and files write them: ISO 8601, RFC 2822, seconds or milliseconds since 1970."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138, as milliseconds it is 1973
SKEW = timedelta(days=1)


def read_moment(value: object) -> datetime | None:
    """The moment in UTC; None when there is none to read. A day without hour is its midnight, no zone means UTC."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        if isinstance(value, int | float):
            return EPOCH + timedelta(seconds=value / 1000 if abs(value) >= MILLISECONDS_FROM else value)
        text = str(value).strip()
        moment = _from_text(text) if text else None
        if moment is None:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def read_day(text: str) -> datetime | None:
    """The day as its midnight in UTC, of `2024-01-31`, `31 January 2024` or `31-Jan-2024`; None of others."""
    for form in ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%B-%Y"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def plausible(moment: datetime | None, seen: datetime) -> datetime | None:
    """The moment, or None when it lies before 1970 or more than a day after it was seen: a clock gone wrong."""
    return moment if moment is not None and EPOCH <= moment <= seen + SKEW else None


def _from_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None

"""Days that a text names in any language, by the pack's months, weekdays and words for today and yesterday.

Three patterns cover the months of all packs and the many ways of writing a date, so the pack's own words suffice; dateparser
would take milliseconds for one sentence. A date without a year, and a weekday, is the latest one not after publication.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from schemas.records import Period
from streams.domain.languages.language_pack import Mark
from streams.domain.languages.words import Word, digits
from streams.domain.text.temporal import Grain, period

_YEAR = re.compile(r"^(?:19|20)\d\d$")
WEEK = 7


def find_day(words: Sequence[Word], marks: Sequence[Mark], published: datetime) -> tuple[Period, int, int] | None:
    """The first day that a sentence names, with the offsets of its words."""
    today = published.astimezone(UTC).date()
    for mark in marks:
        found: tuple[date, int, int] | None = None
        if mark.tag == "months":
            found = _dated(words, mark, today)
        elif mark.tag == "day":
            found = today - timedelta(days=mark.value), mark.first, mark.last
        elif mark.tag == "weekdays":
            found = today - timedelta(days=(today.weekday() - mark.value + 1) % WEEK), mark.first, mark.last
        if found:
            day, first, last = found
            grain: Grain = "day"
            return period(day, day, grain), words[first].start, words[last - 1].end
    return None


def past_year(words: Sequence[Word], published: datetime) -> int | None:
    """A year before that of publication which a sentence names, the latest."""
    named = [int(digits(w.form)) for w in words if _YEAR.match(digits(w.form))]
    return (
        max((y for y in named if y < published.year), default=None)
        if not any(y >= published.year for y in named)
        else None
    )


def _dated(words: Sequence[Word], mark: Mark, today: date) -> tuple[date, int, int] | None:
    """A day and month, with or without a year: `28 de junio de 2021`, `June 28`, `6月28日`."""
    low, high = max(0, mark.first - 2), min(len(words), mark.last + 2)
    before = [i for i in range(mark.first - 1, low - 1, -1) if _day_number(words[i].form)]
    after = [i for i in range(mark.last, high) if _day_number(words[i].form)]
    at = before[0] if before else after[0] if after else None
    if at is None:
        return None
    first, last = min(at, mark.first), max(at + 1, mark.last)
    year_at = next(
        (i for i in range(max(0, first - 2), min(len(words), last + 3)) if _YEAR.match(digits(words[i].form))), None
    )
    try:
        if year_at is not None:
            day = date(int(digits(words[year_at].form)), mark.value, int(digits(words[at].form)))
            first, last = min(first, year_at), max(last, year_at + 1)
        else:
            day = date(today.year, mark.value, int(digits(words[at].form)))
            if day > today + timedelta(days=1):
                day = day.replace(year=today.year - 1)
    except ValueError:
        return None
    return day, first, last


def _day_number(form: str) -> bool:
    return form.isdigit() and 1 <= int(digits(form)) <= 31 and len(form) < 3

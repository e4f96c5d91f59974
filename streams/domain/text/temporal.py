"""Time expressions resolved against the publication time: weekdays, dates, months, "early June", "last week", "overnight".

A date without a year, and a weekday, is the latest one not after publication, unless the words announce it ("next", "will").
All periods are whole days in UTC; their grain says how exact the text was.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from schemas.records import Period
from streams.domain.text.tokenize import lowered

Grain = Literal["instant", "day", "week", "month", "year"]
_DAY = timedelta(days=1)
_MONTHS = {
    name: n
    for n, names in enumerate(
        "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct "
        "november|nov december|dec".split(),
        1,
    )
    for name in names.split("|")
}
_WEEKDAYS = {d: n for n, d in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_SMALL = {w: n for n, w in enumerate("a two three four five six seven eight nine ten eleven twelve".split(), 1)} | {
    "one": 1, "an": 1, "several": 3, "few": 3, "couple": 2}  # fmt: skip
_MONTH = r"(?P<m{0}>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")"
_FULL = (
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH.format(1)}\b\.?(?:\s*,?\s*(?P<y1>(?:19|20)\d\d|\d\d(?=\s*[\(\.])))?"
    rf"|{_MONTH.format(2)}\b\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*:\s*\d|,\d)(?:\s*,?\s*(?P<y2>(?:19|20)\d\d))?"
    rf"|(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)"
)
_LOOSE = (
    rf"(?:(?P<part>early|late|mid|beginning\s+of|end\s+of|middle\s+of|start\s+of)[\s-]+)?(?:(?P<which>last|this|next)\s+)?"
    rf"{_MONTH.format(3)}\b\.?(?:\s*,?\s+(?:of\s+)?(?P<y3>(?:19|20)\d\d|last\s+year|this\s+year))?"
)
_RELATIVE = (
    r"(?P<rel>(?:earlier\s+|later\s+)?today|tonight|yesterday|last\s+night|overnight|this\s+(?:morning|afternoon|evening)|"
    r"(?:over|during|at)\s+the\s+weekend|(?:last|this|past)\s+weekend|just\s+last\s+weekend)"
    r"|(?P<back>last|this|past|previous)\s+(?P<unit>week|month|year)\b"
    r"|(?P<since>since\s+the\s+(?:start|beginning)\s+of\s+(?:the|this)\s+(?P<sinceunit>year|month|week))"
    r"|(?:in|over|during)\s+(?:the\s+)?(?:past|recent|last)\s+(?:(?P<count>\w+)\s+)?(?P<spanunit>days|weeks|months|years)"
    r"|(?:about\s+|almost\s+|nearly\s+|around\s+)?(?P<ago>\w+)\s+(?P<agounit>day|week|month|year|fortnight|hour)s?\s+ago"
    r"|(?P<fortnight>a\s+fortnight\s+ago)"
)
_WEEKDAY = r"(?:(?P<lead>last|next|this|on|past)\s+)?(?P<weekday>" + "|".join(_WEEKDAYS) + r")\b"
_YEAR = (
    r"\b(?:in|of|since|during|from|until|by)\s+(?:(?P<yearpart>early|late|mid)[\s-]+)?(?P<year>(?:19|20)\d\d)\b"
    r"|\b(?:the|an?|his|her|its|their|over|for)\s+(?P<which_year>(?:19|20)\d\d)\s+(?!block)(?=(?-i:[a-z]))"
    r"|\b(?P<deed_year>(?:19|20)\d\d)\s+(?=(?:murders?|killings?|attacks?|bombings?|shootings?|massacre|war|(?:earth)?quake|tsunami|floods?|crash|"
    r"disaster|explosion|blast|riots?|protests?|coup|genocide|hurricane|fire|assassination|kidnapping|slayings?|raid|invasion)\b)"
)
_FIND = {  # a year is recognised by the small letter after it; the others are found, twice as fast, in text in lower case
    "any": re.compile(rf"\b(?:{_FULL}|{_RELATIVE}|{_WEEKDAY}|{_LOOSE})|{_YEAR}", re.IGNORECASE),
    "month": re.compile(rf"\b(?:{_FULL}|{_LOOSE})"),
    "weekday": re.compile(rf"\b{_WEEKDAY}"),
    "relative": re.compile(rf"\b(?:{_RELATIVE})"),
    "year": re.compile(rf"{_YEAR}|\b(?:{_FULL}|{_LOOSE})", re.IGNORECASE),
}
TIME_WORDS = {
    **dict.fromkeys(_MONTHS, "month"), **dict.fromkeys(_WEEKDAYS, "weekday"),
    **{str(y): "year" for y in range(1900, 2100)},
    **dict.fromkeys(
        "today tonight yesterday overnight night morning afternoon evening weekend ago week month year days weeks months years".split(),
        "relative",
    ),
}  # fmt: skip
"""Words without which a sentence has no time expression, and the kind of expression each belongs to."""
_AHEAD = re.compile(
    r"\b(?:will|until|to be|due|scheduled|rescheduled|postponed|slated|next|expected to|planned for|set for|by)\W+(?:\w+\W+){0,6}$",
    re.IGNORECASE,
)


class FoundPeriod(NamedTuple):
    """A time expression: offsets into the text, its period, and `open` when it runs on ("since", "in recent months")."""

    start: int
    end: int
    period: Period
    open: bool


class _Found:
    """A match: its words, where it starts, and its groups by name, empty where they are not met."""

    __slots__ = ("at", "groups", "match", "text", "words")

    def __init__(self, match: re.Match[str], text: str) -> None:
        self.words, self.at, self.groups, self.match, self.text = (
            match.group(),
            match.start(),
            match.groupdict(""),
            match,
            text,
        )

    def __getitem__(self, name: str) -> str:
        return self.groups.get(name, "")

    def written(self, name: str) -> str:
        """A group in the letters of the text."""
        return self.text[slice(*self.match.span(name))]


def find_periods(text: str, published: datetime | None, offset: int = 0, low: int = 0,
                 high: int | None = None, kind: str = "any") -> list[FoundPeriod]:  # fmt: skip
    """Time expressions between `low` and `high` of `text` in order, offsets counted from `offset`.

    Without `published` only full dates are resolved. `kind` is that of the word of time met there (see TIME_WORDS).

    Never raises; impossible dates (31 June) are left out.
    """
    anchor = published.astimezone(UTC).date() if published else None
    out = []
    searched = text if kind in ("any", "year") else lowered(text)
    for match in _FIND[kind].finditer(searched, low, len(text) if high is None else high):
        m = _Found(match, text)
        try:
            read = _resolve(m, anchor, text)
        except (ValueError, OverflowError):
            continue
        if read is not None:
            start, end, grain = read
            running = bool(m["since"] or m["spanunit"]) or m.words.lower().startswith("since")
            out.append(FoundPeriod(match.start() + offset, match.end() + offset, period(start, end, grain), running))
    return out


def period(start: date, end: date, grain: Grain) -> Period:
    """Whole days from start to end, both inclusive."""
    first = datetime(start.year, start.month, start.day, tzinfo=UTC)
    last = datetime(end.year, end.month, end.day, tzinfo=UTC) + _DAY - timedelta(milliseconds=1)
    return Period(start=first, end=last, precision=grain)


def _resolve(m: _Found, anchor: date | None, text: str) -> tuple[date, date, Grain] | None:
    if m["iso"]:
        day = date.fromisoformat(m["iso"])
        return day, day, "day"
    if m["d1"] or m["d2"]:
        return _full(m, anchor, text)
    if m["m3"]:
        return _month(m, anchor, text)
    if year := m["year"] or m["which_year"] or m["deed_year"]:
        return _year(int(year), m["yearpart"], anchor, since=m.words.lower().startswith("since"))
    if anchor is None:
        return None
    if m["weekday"]:
        return _weekday(m, anchor, text)
    if m["rel"]:
        return _relative(m["rel"].lower(), anchor)
    if m["back"]:
        return _back(m["back"].lower(), m["unit"].lower(), anchor, text[max(0, m.at - 12) : m.at].lower())
    return _span(m, anchor)


def _full(m: _Found, anchor: date | None, text: str) -> tuple[date, date, Grain] | None:
    day, month = int(m["d1"] or m["d2"]), _MONTHS[(m["m1"] or m["m2"]).lower()]
    if m["m1"] and m["m1"].lower() == "may" and not m["y1"] and m.written("m1") == "may":
        return None
    year = m["y1"] or m["y2"]
    if year:
        number = int(year) + (1900 if len(year) == 2 and int(year) > 40 else 2000 if len(year) == 2 else 0)
        found = date(number, month, day)
    elif anchor is None:
        return None
    else:
        found = _latest(anchor, month, day, ahead=_AHEAD.search(text, max(0, m.at - 60), m.at) is not None)
    return found, found, "day"


def _latest(anchor: date, month: int, day: int, *, ahead: bool) -> date:
    found = date(anchor.year, month, day)
    if found == anchor + _DAY and not ahead:
        return anchor  # east of Greenwich the day has begun
    if found > anchor + _DAY and not (ahead and (found - anchor).days < 200):
        found = date(anchor.year - 1, month, day)
    return found


def _month(m: _Found, anchor: date | None, text: str) -> tuple[date, date, Grain] | None:
    name, part, which, year = m["m3"], m["part"].lower(), m["which"].lower(), m["y3"].lower()
    if name.lower() in ("may", "march", "mar", "dec", "sep", "jan", "sun") and not (
        year
        or part
        or which
        or re.search(r"\b(?:in|since|of|by|until|during|last|from|and|to)\s+$", text[: m.at][-12:], re.IGNORECASE)
    ):
        return None
    if m.written("m3")[0].islower() or (anchor is None and not year.isdigit()):
        return None
    month = _MONTHS[name.lower()]
    if year.isdigit():
        number = int(year)
    else:
        assert anchor is not None
        number = anchor.year - (year == "last year")
        ahead = which == "next" or _AHEAD.search(text, max(0, m.at - 60), m.at) is not None
        if not year and date(number, month, 1) > anchor and not ahead:
            number -= 1
    first, last = date(number, month, 1), _last_of_month(number, month)
    if part.startswith(("early", "beginning", "start")):
        last = date(number, month, 10)
    elif part.startswith(("late", "end")):
        first = date(number, month, 20)
    elif part.startswith("mid"):
        first, last = date(number, month, 10), date(number, month, 20)
    if anchor and first <= anchor < last:
        last = anchor
    return first, last, "week" if part else "month"


def _last_of_month(year: int, month: int) -> date:
    return (date(year, month, 28) + 4 * _DAY).replace(day=1) - _DAY


def _year(year: int, part: str | None, anchor: date | None, *, since: bool) -> tuple[date, date, Grain] | None:
    if anchor and year > anchor.year:
        return None
    first, last = date(year, 1, 1), date(year, 12, 31)
    if part:
        first = date(year, {"early": 1, "mid": 5, "late": 9}[part.lower()], 1)
        last = _last_of_month(year, {"early": 4, "mid": 8, "late": 12}[part.lower()])
    if anchor and (since or last > anchor):
        last = anchor
    return first, last, "year"


def _weekday(m: _Found, anchor: date, text: str) -> tuple[date, date, Grain] | None:
    lead, number = m["lead"].lower(), _WEEKDAYS[m["weekday"].lower()]
    back = (anchor.weekday() - number) % 7
    if lead == "next":
        day = anchor + ((number - anchor.weekday() - 1) % 7 + 1) * _DAY
    elif lead == "last" and back == 0:
        day = anchor - 7 * _DAY
    elif back and _AHEAD.search(text, max(0, m.at - 40), m.at):
        day = anchor + (7 - back) * _DAY
    else:
        day = anchor - back * _DAY
    return day, day, "day"


def _relative(words: str, anchor: date) -> tuple[date, date, Grain]:
    if "weekend" in words:
        sunday = anchor - ((anchor.weekday() + 1) % 7) * _DAY
        if anchor.weekday() in (5, 6) and "last" not in words:
            sunday = max(anchor, anchor + (6 - anchor.weekday()) * _DAY)
            return sunday - _DAY, min(sunday, anchor), "day"
        return sunday - _DAY, sunday, "day"
    if words == "yesterday":
        return anchor - _DAY, anchor - _DAY, "day"
    if words in ("last night", "overnight"):
        return anchor - _DAY, anchor if words == "overnight" else anchor - _DAY, "day"
    return anchor, anchor, "day"


def _back(which: str, unit: str, anchor: date, before: str) -> tuple[date, date, Grain]:
    """`last week` is the calendar week before; `this year` runs to publication."""
    monday = anchor - anchor.weekday() * _DAY
    if unit == "week":
        start = monday if which == "this" else monday - 7 * _DAY
        return start, min(start + 6 * _DAY, anchor), "week"
    if unit == "month":
        if which == "this":
            return anchor.replace(day=1), anchor, "month"
        last = anchor.replace(day=1) - _DAY
        return last.replace(day=1), last, "month"
    if which == "this":
        return date(anchor.year, 1, 1), anchor, "year"
    if which == "past" or (which == "last" and before.endswith("the ")):
        return anchor - 365 * _DAY, anchor, "year"
    return date(anchor.year - 1, 1, 1), date(anchor.year - 1, 12, 31), "year"


def _span(m: _Found, anchor: date) -> tuple[date, date, Grain] | None:
    if m["since"]:
        unit = m["sinceunit"].lower()
        start = {"year": anchor.replace(month=1, day=1), "month": anchor.replace(day=1)}.get(
            unit, anchor - anchor.weekday() * _DAY
        )
        return start, anchor, "year" if unit == "year" else "month" if unit == "month" else "week"
    if m["spanunit"]:
        unit = m["spanunit"].lower()
        count = _count(m["count"]) or 3
        days = {"days": 1, "weeks": 7, "months": 30, "years": 365}[unit] * count
        grain: Grain = "year" if days > 330 else "month" if days > 27 else "week"
        return anchor - days * _DAY, anchor, grain
    if m["fortnight"]:
        return anchor - 16 * _DAY, anchor - 12 * _DAY, "week"
    ago, unit = _count(m["ago"]), m["agounit"].lower()
    if ago is None or ago > 2000:
        return None
    count = ago
    if unit in ("day", "hour"):
        day = anchor - (count if unit == "day" else count // 24) * _DAY
        return day, day, "day"
    if unit in ("week", "fortnight"):
        day = anchor - count * (7 if unit == "week" else 14) * _DAY
        return day - 3 * _DAY, min(day + 3 * _DAY, anchor), "week"
    if unit == "month":
        middle = anchor.replace(day=1) - 28 * (count - 1) * _DAY - _DAY
        return middle.replace(day=1), _last_of_month(middle.year, middle.month), "month"
    return date(anchor.year - count, 1, 1), date(anchor.year - count, 12, 31), "year"


def _count(word: str | None) -> int | None:
    if not word:
        return None
    return int(word) if word.isdigit() and len(word) < 5 else _SMALL.get(word.lower())

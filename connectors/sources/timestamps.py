"""Parses times as feeds, files, mails and pages write them: the whole string is understood, or there is no date.

A grammar of our own rather than dateutil, which fills in what is missing from today's date and knows no language
but English, or dateparser, which takes 3 s to load its languages, 50 ms for a refusal, and reads 05/06 as American
whoever wrote it. The names of months and days are Unicode's.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import product

from connectors.sources.calendar_words import HALF, LANGUAGES, MONTH, WEEKDAY, Meaning, calendar_words, folded

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS_FROM = 100_000_000  # 1973; a smaller number is a year, a day or a zero
MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138, as milliseconds it is 1973
LONGEST = 100  # characters
CENTURY_FROM = 50  # of two-digit years: 49 is 2049, 50 is 1950 (RFC 5322, 4.3)
ZONE, JOIN = "zone", "join"
CUT = " \x1f "  # stands where the time of day was cut out; white space to every pattern
# Hours from UTC. RFC 5322 defines the American ones; an abbreviation that several regions use is read as in most news
# (IST is India's, BST Britain's).
_ZONES = (
    "z 0 ut 0 utc 0 gmt 0 wet 0 west 1 bst 1 cet 1 cest 2 mez 1 mesz 2 eet 2 eest 3 msk 3 trt 3 sast 2 cat 2 eat 3 "
    "wat 1 idt 3 irst 3.5 gst 4 pkt 5 ist 5.5 npt 5.75 wib 7 wita 8 wit 9 ict 7 hkt 8 sgt 8 pht 8 myt 8 awst 8 jst 9 "
    "kst 9 acst 9.5 acdt 10.5 aest 10 aedt 11 nzst 12 nzdt 13 nst -3.5 ndt -2.5 ast -4 adt -3 est -5 edt -4 cst -6 "
    "cdt -5 mst -7 mdt -6 pst -8 pdt -7 akst -9 akdt -8 hst -10 brt -3 art -3 clt -4 pet -5 cot -5"
).split()
ZONES = {name: float(hours) for name, hours in zip(_ZONES[::2], _ZONES[1::2], strict=True)}
# Words between the parts of a date that carry no meaning.
JOINING = frozenset(
    "t the of on at am um uhr den der de del do da di du d le à a á às as las los el il ore alle klo kl kello om г "
    "года в р року о r godz dnia h hrs hs στις saat lúc jam pukul".split()
)
_ISO = re.compile(
    r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)
_STAMP = re.compile(r"\d{14}", re.ASCII)
_SINCE_EPOCH = re.compile(r"\d{9,10}(?:\.\d{1,9})?|\d{13}", re.ASCII)
_EAST_ASIAN = (
    (re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]"), r" \1-\2-\3 "),
    (re.compile(r"(\d{1,2})\s*[時时點点시]\s*(\d{1,2})\s*[分분]"), r" \1:\2 "),
)
_COMMENT = re.compile(r"\(([^()]*)\)")
_TIME = re.compile(
    r"(?<![\d:.,])(?P<hour>\d{1,2})(?:[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?|"
    r"(?=\s?[ap]\.?\s?m\b))(?![\d:])(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?"
)
_OFFSET = re.compile(r"(?:(?<=\s)|(?<=gmt)|(?<=utc))(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4})(?!\d)")
_NUMBER = re.compile(r"(?<!\d)(\d{4}|\d{1,2})(?:(?:st|nd|rd|th|er)\b|[ºª°])?(?!\d)")
_WORD = re.compile(r"[^\W\d_][^\s\d,;:/()+،、|]*")
_BETWEEN = re.compile(r"[\s,;.·|/،、-]*")
MOST_WORDS = 8


def parse_timestamp(value: object) -> datetime | None:
    """The time in UTC; None when there is none. A day without an hour is its midnight, no zone means UTC.

    A number counts seconds or milliseconds since 1970. Ambiguous days (05/06/2026) are no date.
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        if isinstance(value, int | float):
            return _since_epoch(value)
        text = str(value).strip()
        return _from_text(text) if 0 < len(text) <= LONGEST else None
    except (ValueError, OverflowError):
        return None


def _since_epoch(value: float) -> datetime | None:
    if 0 <= value < SECONDS_FROM:
        return None
    return EPOCH + timedelta(seconds=value / 1000 if abs(value) >= MILLISECONDS_FROM else value)


@lru_cache(10_000)
def _from_text(text: str) -> datetime | None:
    if _SINCE_EPOCH.fullmatch(text):
        return _since_epoch(float(text))
    if _STAMP.fullmatch(text):
        text = f"{text[:8]}T{text[8:]}"
    if _ISO.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _from_words(text)


def _from_words(text: str) -> datetime | None:
    """The time in a date with words: of English, or of other languages where all agree on it."""
    text = unicodedata.normalize("NFKC", text).casefold()
    for shape, plain in _EAST_ASIAN:
        text = shape.sub(plain, text)
    time, text = _cut(_TIME, text, CUT)
    offset, text = _cut(_OFFSET, text)
    text = _COMMENT.sub(" " if offset else r" \1 ", text)
    year_first, text = _cut(_YEAR_FIRST, text)
    year_last, text = _cut(_YEAR_LAST, text)
    before, _, after = text.partition(CUT)
    words = [
        (folded(w).strip("-"), zoned) for part, zoned in ((before, False), (after, True)) for w in _WORD.findall(part)
    ]
    rest = _WORD.sub(" ", text)
    numbers = [n[1] for n in _NUMBER.finditer(rest)]
    if len(words) > MOST_WORDS or not _BETWEEN.fullmatch(_NUMBER.sub(" ", rest)) or (year_first and year_last):
        return None
    day = _numeric_day(year_first, year_last)
    found: dict[datetime, bool] = {}  # moment: whether its weekday is the one that was named
    for language in LANGUAGES:
        for said in _meanings(words, language):
            date = day if day and not numbers and MONTH not in said else _named_day(said, numbers) if not day else None
            if date is not None:
                moment = date + _clock(time, said.get(HALF)) - _shift(offset, said.get(ZONE))
                found[moment] = found.get(moment, False) or date.weekday() == said.get(WEEKDAY)
        if found and language == "en":
            break
    right = [moment for moment, fits in found.items() if fits] if len(found) > 1 else list(found)
    return right[0] if len(right) == 1 else None


def _cut(shape: re.Pattern[str], text: str, put: str = " ") -> tuple[re.Match[str] | None, str]:
    """The first match, and the text with something else in its place."""
    found = shape.search(text)
    return found, f"{text[: found.start()]}{put}{text[found.end() :]}" if found else text


def _meanings(words: list[tuple[str, bool]], language: str) -> Iterator[dict[str, float]]:
    """The meanings of the words together in a language, no two of one kind; English fills gaps.

    Each word comes with whether it stands after the time of day, where zones do.
    """
    known = [calendar_words(language).get(word) or _common(word, zoned=zoned) for word, zoned in words]
    for said in product(*known):
        kinds = [kind for kind, _ in said if kind != JOIN]
        if len(set(kinds)) == len(kinds):
            yield dict(said)


def _common(word: str, *, zoned: bool) -> frozenset[Meaning] | tuple[tuple[str, float], ...]:
    """What a word means in every language: an English name, a zone, or nothing."""
    if zoned and word in ZONES:
        return ((ZONE, ZONES[word]),)
    return calendar_words("en").get(word) or (((JOIN, 0.0),) if word in JOINING or not word else ())


def _numeric_day(year_first: re.Match[str] | None, year_last: re.Match[str] | None) -> datetime | None:
    if year_first:
        return datetime(int(year_first[1]), int(year_first[3]), int(year_first[4]), tzinfo=UTC)
    if not year_last:
        return None
    one, other, year = int(year_last[1]), int(year_last[3]), int(year_last[4])
    if year_last[2] == "." or one == other or one > 12:
        return datetime(year, other, one, tzinfo=UTC)
    if other > 12:
        return datetime(year, one, other, tzinfo=UTC)
    raise ValueError("day and month could be each other")


def _named_day(said: dict[str, float], numbers: list[str]) -> datetime | None:
    if MONTH not in said or len(numbers) != 2:
        return None
    day, year = numbers if len(numbers[0]) < 3 else reversed(numbers)
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    century = 0 if len(year) == 4 else 1900 if int(year) >= CENTURY_FROM else 2000
    return datetime(century + int(year), int(said[MONTH]), int(day), tzinfo=UTC)


def _clock(time: re.Match[str] | None, half: float | None) -> timedelta:
    """Time since midnight. Raises ValueError for hours that no clock shows, and for a half of the day without hour."""
    if time is None:
        if half is not None:
            raise ValueError("a half of a day without hour")
        return timedelta()
    hour, minute, second = (int(time[part] or 0) for part in ("hour", "minute", "second"))
    half = half if time["half"] is None else float(time["half"] == "p")
    if half is not None:
        if hour > 12 and not half:
            raise ValueError("an hour of the afternoon in the morning")
        hour = hour % 12 + 12 * int(half) if hour <= 12 else hour
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError("no time of a day")
    return timedelta(
        hours=hour, minutes=minute, seconds=second, microseconds=int((time["part"] or "0")[:6].ljust(6, "0"))
    )


def _shift(offset: re.Match[str] | None, zone: float | None) -> timedelta:
    """Time ahead of UTC. Raises ValueError where none is, and when two differ."""
    if offset is None:
        return timedelta(hours=zone or 0)
    hours = offset["hours"]
    whole = int(hours) + int(offset["minutes"] or 0) / 60
    stated = -whole if offset["sign"] == "-" else whole
    if whole > 14 or int(offset["minutes"] or 0) > 59 or zone not in (None, 0, stated):
        raise ValueError("no zone, or two")
    return timedelta(hours=stated)

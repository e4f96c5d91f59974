"""Names of months, days of the week and halves of the day in eighty languages, out of Unicode's CLDR."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from babel import Locale

LANGUAGES = (
    "en de fr es pt it nl ru uk pl cs sk hu ro bg sr mk hr bs sl el tr az sv da nb nn no fi et lv lt is ga cy ca eu gl "
    "sq be hy ka kk ky uz ar fa he ur ps hi bn mr ne gu pa ta te kn ml si th lo km my vi id ms fil ja ko zh mn af sw "
    "am so zu yo ti mt"
).split()
ALSO = {"de": {"mrz": 3}, "es": {"setiembre": 9, "set": 9}}  # months as Windows and South America write them
SHORTEST = 3  # letters of the beginning of a name that stands for it where no other name begins so
MONTH, WEEKDAY, HALF = "month", "weekday", "half"
Meaning = tuple[str, int]  # a month from 1 to 12, a weekday from 0 (Monday) to 6, or a half of the day, 0 or 1
_LATIN_HALVES = ("am", "pm")  # known wherever they follow an hour; "am" alone is a German word
_DROPPED = str.maketrans("", "", ".’'\u200e\u200f")


@cache
def calendar_words(language: str) -> Mapping[str, frozenset[Meaning]]:
    """What words mean in a language, by their `folded` form: names, abbreviations and beginnings of names."""
    locale = Locale(language)
    found: dict[str, set[Meaning]] = defaultdict(set)
    for kind, table in ((MONTH, locale.months), (WEEKDAY, locale.days)):
        begun: dict[str, set[int]] = defaultdict(set)
        for name, number in _names(table):
            for spelling in {name, _without_accents(name)}:
                found[spelling].add((kind, number))
                for end in range(SHORTEST, len(spelling)):
                    begun[spelling[:end]].add(number)
        for beginning, numbers in begun.items():
            if len(numbers) == 1:
                found[beginning].add((kind, min(numbers)))
    for width, names in ((w, n) for widths in locale.day_periods.values() for w, n in widths.items()):
        for number, half in enumerate(("am", "pm")):
            name = folded(names.get(half, ""))
            if width != "narrow" and name not in ("", *_LATIN_HALVES):
                found[name].add((HALF, number))
    for name, number in ALSO.get(language, {}).items():
        found[name].add((MONTH, number))
    return {name: frozenset(meanings) for name, meanings in found.items()}


def folded(word: str) -> str:
    """A word as it is looked up: in one case, without dots and apostrophes."""
    return unicodedata.normalize("NFKC", word).casefold().translate(_DROPPED).strip()


def _names(table: Any) -> Iterator[tuple[str, int]]:
    for widths in table.values():
        for width, names in widths.items():
            if width != "narrow":  # one letter, which four months share
                yield from ((folded(name), number) for number, name in names.items())


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))

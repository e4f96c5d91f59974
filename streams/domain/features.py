"""What linking compares, computed once where the text is at hand: content words, proper names, one vector."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from typing import TypeVar

import numpy as np
import Stemmer

from schemas.records import Features
from streams.domain.vectors import embed
from streams.domain.vocabulary import UNKNOWN, rarities

WORDS, NAMES = 100, 40  # most words and names kept, as the contract says
LEAD = 600  # characters of the text that the vector covers beside the title
LONGEST = 20_000  # characters read; behind them nothing changes what an article is about
_WORD = re.compile(r"([^\W\d_]++(?:['’.-][^\W\d_]++)*+)")  # cuts a text into gap, word, gap, word ... gap
_ASCII_WORD = re.compile(r"([A-Za-z]++(?:['.-][A-Za-z]++)*+)")  # the same, a third faster
_NUMBER = re.compile(r"\d++(?:[.,]\d++)*+")
_AGE = re.compile(  # begins with the digit, so that the search runs from digit to digit
    r"(\d(?:(?<!\w\d)|\d(?<!\w\d\d)))(?:[- ]years?[- ]old\b|(?:(?<=[a-z], \d)|(?<=[a-z], \d\d))(?=[,.;]| of\b))"
)
_JOINT = re.compile(r"[.-]")
_GLYPH = re.compile(r"\w")
_BREAKS = frozenset('.!?:;\n"“”(')
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STOP_WORDS = """
a about above after again against ago all also although am among an and another any are around as at away
back be became because been before being below between both but by came can cannot come could did didn do
does doesn doing don done down due during each early either else even ever every few first for former found
from further gave get gets getting give go goes going got had has have having he her here hers herself him
himself his how however i if in into is isn it its itself just know known last late later least less like
made make makes making many old may me might more most mr mrs ms much must my near new next no nor not now of off
often on once one only or other others our out over own part per put quite rather re really reported said
same saw say says see seen several shall she should since so some still such take taken than that the their
them themselves then there these they this those though through thus to told too took toward towards two
under until up upon us use used very via want was way we well went were what when where whether which while
who whom whose why will with within without won would yet you your yours ll ve according added including news
report reports reporter story read click share photo video copyright reserved rights associated press monday
tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun today yesterday
tomorrow day week month year time pm updated posted published edt est gmt
"""
STOP = frozenset(_STOP_WORDS.split())
T = TypeVar("T")


class _Remembered(dict[str, T]):
    """What a function makes of each piece of text, made once; emptied when it grows too large."""

    most, longest = 100_000, 60

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, piece: str) -> T:
        made = self._make(piece)
        if len(self) >= self.most:
            self.clear()
        if len(piece) <= self.longest:
            self[piece] = made
        return made


def features(title: str, text: str) -> Features:
    """Features of one account: `text` is the whole article for its news, the passage for what it recalls.

    Words of the title count twice, ages ("27-year-old", "Smith, 27,") are words of their own. The most telling words are
    kept: those that are frequent here and rare elsewhere.
    """
    title, text = title[:LONGEST], text[:LONGEST]
    vector = _vector(f"{title}. {text[:LEAD]}")
    parts = _pieces(title), _pieces(text)
    ages = [age(int(years)) for years in _AGE.findall(f"{title}\n{text}")]
    return Features(words=_words(*parts, ages), names=_names(parts), vector=vector)


def age(years: int) -> str:
    """The word that stands for an age."""
    return f"{years}y"


def stems_of(text: str) -> tuple[str, ...]:
    """The different stems of a short text, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(map(_STEMS.__getitem__, _pieces(text)))))


def _pieces(text: str) -> list[str]:
    """A text as gap, word, gap, word ... gap; words are runs of letters with inner marks."""
    return (_ASCII_WORD if text.isascii() else _WORD).split(text)


def _words(title: list[str], text: list[str], ages: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for piece, times in Counter(chain(title, title, text)).items():
        for stem in _STEMS[piece]:
            counts[stem] = counts.get(stem, 0) + times
    for word in ages:
        counts[word] = counts.get(word, 0) + 1
    if len(counts) <= WORDS:
        return counts
    rarity = rarities()
    worth = {word: (1 + math.log(n)) * rarity.get(word, UNKNOWN) for word, n in counts.items()}
    best = sorted(counts, key=worth.__getitem__, reverse=True)
    return {word: counts[word] for word in best[:WORDS]}


def _stems_of(piece: str) -> tuple[str, ...]:
    """The stems of a word's parts, or the numbers in a gap."""
    if _WORD.match(piece):
        return tuple(stem for word in _JOINT.split(piece) for stem in _stems(word))
    return tuple(number.replace(",", "") for number in _NUMBER.findall(piece))


def _stems(word: str) -> tuple[str, ...]:
    """The stem of a word; none for a stop word; pairs of characters where a script has no spaces."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if _CJK.match(word):
        return tuple(word[i : i + 2] for i in range(max(1, len(word) - 1)))
    word = word.replace("'", "")
    if len(word) < 2 or word in STOP:
        return ()
    return (_stemmer().stemWord(word[:40]),)


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _names(parts: Iterable[list[str]]) -> tuple[str, ...]:
    """Runs of capitalised words inside sentences; none of a title or text that capitalises most words."""
    inside: Counter[str] = Counter()
    leading: Counter[str] = Counter()
    for pieces in parts:
        words = pieces[1::2]
        capitals = [at for at, word in enumerate(words) if not word.islower() and word[0].isupper()]
        long = sum(map((3).__lt__, map(len, words)))
        if sum(len(words[at]) > 3 for at in capitals) <= 0.6 * long:
            for name, starts_sentence in _runs(words, pieces[::2], capitals):
                (leading if starts_sentence else inside)[name] += 1
    for name, n in leading.items():  # what opens a sentence is a name if it has two words or is one elsewhere
        if " " in name or name in inside:
            inside[name] += n
    return tuple(n for n, _ in inside.most_common(NAMES))


def _runs(words: list[str], gaps: list[str], capitals: list[int]) -> list[tuple[str, bool]]:
    """Names, each with whether it opens a sentence; `capitals` are the numbers of the capitalised words."""
    out: list[tuple[str, bool]] = []
    run = ""
    opens, last = False, -1
    for at in capitals:
        gap, (name, may_open) = gaps[at], _FORMS[words[at]]
        if run and (gap != " " or at != last + 1):
            out.append((run, opens))
            run = ""
        if run:
            run = f"{run} {name}" if name else run
        elif may_open:
            run, opens = name, at == 0 or _OPENS[gap]
        last = at
    if run:
        out.append((run, opens))
    return out


def _form(word: str) -> tuple[str, bool]:
    """What a capitalised word adds to a name, empty for a single letter, and whether a name may begin with it."""
    low = word.lower()
    return ("", False) if len(word) < 2 else (low.removesuffix("'s").removesuffix("’s"), low not in STOP)


def _opens(gap: str) -> bool:
    """Whether a sentence or a quotation begins behind what stands between two words."""
    return not _BREAKS.isdisjoint(_GLYPH.split(gap)[-1])


_STEMS, _FORMS, _OPENS = _Remembered(_stems_of), _Remembered(_form), _Remembered(_opens)


def _vector(text: str) -> bytes | None:
    vector = embed([text])[0]
    return vector.astype(np.dtype("<f2")).tobytes() if vector.any() else None

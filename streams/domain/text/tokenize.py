"""Sentences and words of an article, with offsets into the text as it came.

Everything here is linear in the length of the text and never raises: markup is blanked in place (offsets stay true),
lines that were wrapped by hand are joined, and a run without any sentence end is cut at a space.
"""

import re
from itertools import accumulate
from typing import NamedTuple

LONGEST = 1200  # characters of one sentence; a longer run has lost its full stops
_TAG = re.compile(r"<(?:/?[A-Za-z][^<>]{0,500}|!--[^<>]{0,500})>|&(?:nbsp|#160|ensp|emsp|#8203);")
_PARAGRAPH = re.compile(r"\n[ \t\r\f\v]*+(?:\n\s*+|(?<=[ \t]{2})(?=\S)|(?=[-*•]\s))")
_END = re.compile(  # begins with a class, so that the search runs from mark to mark; no part can be matched in two ways
    r"[.!?…。！？｡؟۔।](?:"
    r"(?<=[.!?…])(?<![.!?…]{2})[.!?…]*+(?:\s?['\"”’»)\]])*(?=\s|$)|(?<=[a-z0-9”’\"')][.!?])(?=[\"“'‘]?[A-Z][a-z]|[A-Z]\s)|"
    r"(?<=[。！？｡])[。！？｡]*+|(?<=[؟۔।])[؟۔।]*+)"
)
_LINE = re.compile(r"\n")
_SHORT = frozenset(
    "mr mrs ms dr st sgt lt col gen capt cpl cmdr maj rev hon prof sen rep gov pres jr sr supt det insp sheriff. adm "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun no nos vs etc inc ltd "
    "co corp bros ave blvd rd dept dist ft mt hwy approx est fig al ca calif fla tex mass penn pa wash ill mich minn wis "
    "conn ga va md ala ariz ark colo del ind kan ky la miss mo mont neb nev okla ore tenn vt wyo cf viz i.e e.g a.m p.m "
    "u.s u.n u.k u.s.a d.c n.y n.j e.u n.c s.c l.a ph.d sq in. bn spc pfc pvt brig univ".split()
)
_TITLES = frozenset("mr mrs ms dr sgt lt col gen capt cpl cmdr maj rev hon prof sen rep gov det insp mt supt".split())
_INITIALS = re.compile(r"(?:[A-Z]\.)+[A-Z]$")
_CLOCK = frozenset(("a.m", "p.m"))
_DAY = re.compile(
    r"\(?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:E[SD]T|C[SD]T|P[SD]T|M[SD]T|GMT|UTC|Eastern|Central)\b"
)
_TURN = re.compile(r"(?:The|A|An|It|He|She|They|In|On|At|But|And|Police|This|That)\b")
_MARK = re.compile(r"[^\w ]|_")
_TYPESET = "’‘“”–—…•\xa0"  # marks beyond ASCII that otherwise plain text has
_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()}
_TOKEN = re.compile(r"(\d+(?:[.,]\d+)*(?![^\W_]|[-'’][^\W\d_])|[^\W_]++(?:['’.\-][^\W_]++)*+|[^\w\s]|_)")


class Sentence(NamedTuple):
    """One sentence: offsets into the text (end exclusive), its words, and the number of its paragraph from 0."""

    start: int
    end: int
    text: str
    paragraph: int


class Words(NamedTuple):
    """Words and marks of a stretch of text, as columns: in lower case, and their offsets into the text."""

    low: list[str]
    start: list[int]
    end: list[int]


def blank_markup(text: str) -> str:
    """The text with HTML tags and hard spaces replaced by as many spaces: every offset keeps its meaning."""
    if "<" not in text and "&" not in text and "\xa0" not in text:
        return text
    return _TAG.sub(lambda m: " " * len(m.group()), text).replace("\xa0", " ")


def sentences(text: str) -> list[Sentence]:
    """Sentences in order, without surrounding space; offsets refer to `text`. Empty text has none."""
    clean = blank_markup(text)
    out: list[Sentence] = []
    for number, (start, end) in enumerate(_paragraphs(clean)):
        for a, b in _cut(clean, start, end):
            piece = clean[a:b]
            bare = piece.strip()
            if bare:
                first = a + len(piece) - len(piece.lstrip())
                out.append(Sentence(first, first + len(bare), bare, number))
    return out


NO_WORDS = Words([], [], [])


def tokens(text: str, start: int = 0) -> Words:
    """Words (with inner apostrophes, hyphens and points) and marks of `text`, offsets counted from `start`."""
    low = text.lower()
    pieces = _TOKEN.split(low if len(low) == len(text) else text)  # a few letters grow in lower case
    at = list(accumulate(map(len, pieces), initial=start))
    words = pieces[1::2]
    return Words(words if len(low) == len(text) else [word.lower() for word in words], at[1:-1:2], at[2::2])


def lowered(text: str) -> str:
    """The text in lower case and of the same length: the few letters that grow in lower case stay."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def plain_words(text: str) -> list[str]:
    """Runs of letters and digits."""
    return without_marks(text).split()


def without_marks(text: str) -> str:
    """The text with a space for everything that is no letter and no digit, of the same length.

    Translating ASCII takes a twentieth of the time of a pattern.
    """
    if not text.isascii():
        for mark in _TYPESET:
            text = text.replace(mark, " ")
    return text.translate(_GAPS) if text.isascii() else _MARK.sub(" ", text)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    out, at = [], 0
    for m in _PARAGRAPH.finditer(text):
        out.append((at, m.start()))
        at = m.end()
    out.append((at, len(text)))
    return [(a, b) for a, b in out if a < b]


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Sentence spans of one paragraph: at full stops that end a sentence and at line ends that are not mere wraps."""
    small = text[start:end].islower()  # a text without capitals: any letter may begin a sentence
    stops = [m.end() for m in _END.finditer(text, start, end) if _ends(text, m.start(), m.end(), end, small=small)]
    if text.find("\n", start, end) >= 0:
        stops = sorted({*stops, *_line_ends(text, start, end)})
    out, at = [], start
    for stop in [*stops, end]:
        while stop - at > LONGEST:
            space = text.rfind(" ", at + LONGEST // 2, at + LONGEST)
            middle = space if space > at else at + LONGEST
            out.append((at, middle))
            at = middle
        if stop > at:
            out.append((at, stop))
            at = stop
    return out


def _line_ends(text: str, start: int, end: int) -> list[int]:
    """Line ends that end a sentence. A paragraph whose lines are all of one page's width was wrapped by hand."""
    ends = [m.start() for m in _LINE.finditer(text, start, end)]
    lines = [b - a for a, b in zip([start, *ends[:-1]], ends, strict=True)]
    wrapped = len(lines) > 0 and min(lines) >= 45 and max(lines) <= 90
    out = []
    for at in ends:
        following = text[at + 1 : at + 40].lstrip()
        if not wrapped and following and not following[0].islower():
            out.append(at + 1)
    return out


def _ends(text: str, at: int, after: int, end: int, *, small: bool) -> bool:
    """Whether the mark at `at` ends a sentence: not an abbreviation, an initial, a decimal, or a spaced-out p . m ."""
    if text[at] != ".":
        return True
    back = text[max(0, at - 14) : at]
    word = back.rsplit(None, 1)[-1].lstrip("(\"“'‘[") if back and not back[-1].isspace() else ""
    rest = text[after : after + 24].lstrip() if after < end else ""
    if not rest:
        return True
    first = rest.lstrip("\"“'‘([`")[:1]
    if not word:  # a mark that stands alone, as tokenised text has it
        before = back.split()[-1:]
        if (
            before
            and (before[0].lower() in _TITLES or (len(before[0]) == 1 and before[0].isupper()))
            and first.isupper()
        ):
            return False
        return not (first.isdigit() or first.islower() or rest[0] == "." or back.rstrip().endswith("."))
    low = word.lower()
    if low in _CLOCK:
        return first.isupper() and _DAY.match(rest) is None
    if low in _SHORT:
        return low in ("inc", "jr") and first.isupper() and rest[:4].isalpha() and _TURN.match(rest) is not None
    if (len(word) == 1 and word.isupper()) or _INITIALS.match(word):
        return not first.isupper()
    return (small and len(word) > 1) or not first.islower()

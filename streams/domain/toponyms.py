"""Names in a text that the gazetteer knows: every capitalised run, looked up longest match first."""

import re
from functools import lru_cache
from typing import NamedTuple

from streams.domain.gazetteer import NO_ENTRY, Gazetteer, fold, join_key, word_key

LONGEST = 6  # words of a name
_UPPER = r"[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100\u0102\u0104\u0106\u010c\u010e\u0110\u0112\u0118\u011a\u011e\u0130\u0141\u0143\u0147\u0150\u0158\u015a\u015e\u0160\u0162\u0164\u016e\u0170\u0178\u0179\u017b\u017d\u0218\u021a]"
_NAME_WORD = re.compile(
    rf"\b(?:[A-Z]\.(?:[A-Z]\.)+(?![a-z])|(?:W|N|S)\. ?(?:Va|Dak|Mex)\.|(?:[Aa]l|[Ee]l|[Aa]sh|[Aa]n|[Aa]r|[Aa]s|[Aa]d|[Aa]t|[Aa]z)(?=-{_UPPER})"
    rf"|{_UPPER}[^\W_]*(?:['’‘ʻ`](?![sS]\b)[^\W_]+)*)"
)
_JOINTS = {
    "of": ("of",), "of the": ("of", "the"), "and": ("and",), "de": ("de",), "de la": ("de", "la"), "del": ("del",),
    "du": ("du",), "des": ("des",), "di": ("di",), "da": ("da",), "do": ("do",), "dos": ("dos",), "el": ("el",),
    "la": ("la",), "le": ("le",), "les": ("les",), "es": ("es",), "al": ("al",), "en": ("en",), "in": ("in",),
    "on": ("on",), "am": ("am",), "an der": ("an", "der"), "upon": ("upon",), "the": ("the",), "&": ("and",),
    "sur": ("sur",), "y": ("y",), "e": ("e",), "ob der": ("ob", "der"), "-": (), "": (), ".": (), "/": None,
    "au": ("au",), "-au-": ("au",), "-sur-": ("sur",), "-de-": ("de",), "-en-": ("en",), "-on-": ("on",),
    "-upon-": ("upon",), "-of-": ("of",), "-la-": ("la",), "-le-": ("le",), "-les-": ("les",), "-in-": ("in",),
    "-e-": ("e",), "-i-": ("i",), "-the-": ("the",), "-by-": ("by",), "-y-": ("y",), "-ye-": ("ye",), "kwa": ("kwa",),
    "'s": ("s",), "’s": ("s",), "'S": ("s",), "’S": ("s",),
}  # fmt: skip
_SHORT_FIRST = frozenset(("st", "ste", "mt", "ft", "pt"))


class Word(NamedTuple):
    """A capitalised word: offsets (end exclusive), as written, folded, its key, and the gap behind it."""

    start: int
    end: int
    text: str
    folded: str
    key: int
    gap: str


class Found(NamedTuple):
    """A name of the gazetteer in a text: offsets, number of the name, and the first and last word of it."""

    start: int
    end: int
    name: int
    first: int
    last: int


@lru_cache(maxsize=50_000)
def _keyed(text: str) -> tuple[str, int]:
    folded = fold(text.replace(".", "").replace(" ", ""))
    return folded, word_key(folded)


@lru_cache(maxsize=10_000)
def _joint(gap: str) -> tuple[int, ...] | None:
    """Keys of the words that a gap holds, or None when no name goes across it."""
    words = _JOINTS.get(" ".join(gap.split()))
    return None if words is None else tuple(map(word_key, words))


def capitalised(text: str) -> list[Word]:
    """Every capitalised word in order."""
    spans = [m.span() for m in _NAME_WORD.finditer(text)]
    out: list[Word] = []
    for i, (start, end) in enumerate(spans):
        after = spans[i + 1][0] if i + 1 < len(spans) else min(len(text), end + 12)
        word = text[start:end]
        folded, key = _keyed(word)
        out.append(Word(start, end, word, folded, key, text[end : min(after, end + 12)]))
    return out


def lookup(words: list[Word], places: Gazetteer) -> list[Found]:
    """Names of the gazetteer among the words, leftmost longest, without overlap."""
    keys: list[int] = []
    spans: list[tuple[int, int]] = []
    for i, word in enumerate(words):
        key = word.key
        keys.append(key)
        spans.append((i, i))
        for j in range(i + 1, min(i + LONGEST, len(words))):
            gap = words[j - 1].gap
            joint = _joint(gap)
            if joint is None or ("." in gap and words[j - 1].folded not in _SHORT_FIRST):
                break
            for part in joint:
                key = join_key(key, part)
            key = join_key(key, words[j].key)
            keys.append(key)
            spans.append((i, j))
    best: dict[int, tuple[int, int]] = {}
    for (i, j), name in zip(spans, places.find(keys), strict=True):
        if name != NO_ENTRY:
            best[i] = (j, name)
    out: list[Found] = []
    at = 0
    while at < len(words):
        if at in best:
            j, name = best[at]
            out.append(Found(words[at].start, words[j].end, name, at, j))
            at = j + 1
        else:
            at += 1
    return out

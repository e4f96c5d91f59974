"""Splits text of any script into words, with offsets and the folded form for look-ups.

Scripts without blanks (Han, kana, Thai) give one word for each character. Marks that writers leave out or put in at
will are folded away: vowel points, nukta, the lengthening bar of katakana, the several forms of alif and heh.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from streams.domain.geo.gazetteer import fold as fold_latin

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u094f\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u09d7\u200c\u200d\u0640"
_LETTER = rf"[^\W\d_{_CJK}]"
TOKEN = re.compile(
    rf"[{_CJK}]|(?<=[\u05d0-\u05ea])\"(?=[\u05d0-\u05ea])|\d+(?:[.,٫٬]\d+|['’]\d{{3}}(?!\d))*|{_LETTER}[{_MARKS}]*(?:(?:{_LETTER}|[\u0027’ʼ׳״\"](?=[\u0400-\u04ff\u05d0-\u05ea]))[{_MARKS}]*)*[\u05f3\u2019]?|[^\s\w]"
)
_ARABIC = {
    **dict.fromkeys("أإآٱ", "ا"), "ة": "ه", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ۂ": "ه", "ى": "ي", "ی": "ي", "ے": "ي", "ئ": "ي", "ؤ": "و",
    "ک": "ك", "ں": "ن", "ٹ": "ت", "ڈ": "د", "ڑ": "ر", "ء": "",
}  # fmt: skip
_INDIC = {"ँ": "ं", "ी": "ि", "ू": "ु", "ॉ": "ो", "ऑ": "ओ", "ঁ": "", "ী": "ি", "ূ": "ু", "ऩ": "न"}
_KANA = {
    "ー": "", "・": "", "=": "", "＝": "", "ヴ": "ブ", **dict(zip("ァィゥェォッャュョヂヅ", "アイウエオツヤユヨジズ", strict=True)),
}  # fmt: skip
_FOLDED = str.maketrans({"ё": "е", "’": "'", "ʼ": "'", **_ARABIC, **_INDIC, **_KANA})
_DROPPED = re.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u093c\u09bc\u200c\u200d\u0640'\"׳״]"
)
_DIGITS = re.compile(r"\d")


class Word(NamedTuple):
    """One word or mark of a text: offsets in code points, its folded form."""

    start: int
    end: int
    text: str
    form: str


def words_of(text: str) -> list[Word]:
    """Words and marks of a text in order."""
    return [Word(m.start(), m.end(), m[0], fold(m[0])) for m in TOKEN.finditer(text)]


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word as it is looked up: lower case, native digits as ASCII ones, without optional marks."""
    if word.isascii():
        return word.lower()
    if word[0].isdigit():
        return digits(word)
    if "\u00c0" <= max(word) < "\u0250" or "\u1e00" <= word[0] < "\u1f00":
        return fold_latin(word)
    low = unicodedata.normalize("NFC", word.lower()).translate(_FOLDED)
    return _DROPPED.sub("", low)


def digits(text: str) -> str:
    """Native decimal digits as ASCII ones, of the same length."""
    return text if text.isascii() else _DIGITS.sub(lambda m: str(unicodedata.digit(m[0])), text)


def unspaced(char: str) -> bool:
    """Whether a character belongs to a script without blanks between words."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"

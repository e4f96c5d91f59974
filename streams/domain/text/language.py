"""Recognises the language of a text, and whether the reader knows it: English.

English is recognised by its function words, without a model; other texts go to py3langid, which takes two seconds
and 100 MB to load. It was chosen over lingua for size (4.6 against 96 MB) and time (0.2 against 1.2 ms a text).
"""

from __future__ import annotations

import functools
import re

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_LOOKED_AT = 400  # characters from the beginning
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    "the and of to that with from by has been were their which this after said his they who are it its not you we would "
    "could there when what than into over about before".split()
)  # short words that few other languages share
_SHARE = 0.06  # of English function words among the words of English text, at least
_FEWEST = 40  # letters below which Latin text without function words may well be a headline in English
_SURE = {True: 0.95, False: 0.5}  # least probability of a language in Latin letters, and in others


def recognise(title: str, body: str, stated: str | None = None) -> tuple[str | None, bool]:
    """Language of a text as an ISO 639-1 code, None when it is not clear, and whether the reader can read it.

    A stated language is kept; but feeds often state that of their publisher for all they carry, so whether it can be
    read is judged by the text, and without function words by the language. Looks at the first 400 characters.
    """
    text = f"{title}\n{body[:_LOOKED_AT]}"[:_LOOKED_AT]
    words = _WORD.findall(text.lower())
    found = [w for w in words if w in _ENGLISH]
    if len(found) >= _SHARE * len(words) and len(set(found)) > 1:
        return stated or "en", True
    latin = text.isascii() or _is_latin(text)
    lang = stated or _detected(text, sum(map(len, words)), latin)
    return lang, not words or (latin and lang in (None, "en"))


def _detected(text: str, letters: int, latin: bool) -> str | None:
    if not letters or (letters < _FEWEST and latin):
        return None
    code, chance = _identifier().classify(text)
    return str(code) if chance >= _SURE[latin] else None


def _is_latin(text: str) -> bool:
    """Whether at least half of the letters are Latin, with or without accents."""
    letters = [c for c in text if c.isalpha()]
    return sum(c < "\u0250" or "\u1e00" <= c < "\u1f00" for c in letters) * 2 >= len(letters)


@functools.cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

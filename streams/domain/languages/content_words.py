"""Content words of a text in another language than English, as linking compares them.

Stems are those of the text's own language, without the words that nearly all of its texts have. Capitalised words of
languages that do not inflect names keep the stem that they have in English, so that names are shared between languages.
Marks on letters are folded away, and numbers are written as in English.
"""

import re
from functools import cache, lru_cache

import Stemmer

from streams.domain.languages.words import TOKEN, fold
from streams.domain.text.word_frequency import function_words

STEMMERS = {
    "ar": "arabic", "be": "russian", "bg": "russian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "es": "spanish", "fa": "persian", "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sk": "czech", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "uk": "russian",
}  # fmt: skip
PLAIN = frozenset("ca da de es fr id it nb nl no pt sv tr".split())  # languages whose names have one form
PAIRED = frozenset("ja ko th zh".split())  # without blanks, or with endings on every word: pairs of characters
_THOUSANDS = re.compile(r"(?<=\d)[.,٬'’](?=\d{3}(?!\d))")
_LONGEST = 40  # characters of a word that are stemmed


def content_words(text: str, lang: str) -> list[str]:
    """Stems of the content words of a text, and its numbers, in order."""
    return [word for m in TOKEN.finditer(text) if (word := _stem(m[0], lang))]


@lru_cache(maxsize=100_000)
def _stem(word: str, lang: str) -> str:
    """The stem of a word, empty for a mark, a single letter and what nearly all texts of its language have."""
    if word[0].isdigit():
        return _THOUSANDS.sub("", fold(word)).replace(",", ".")
    form = fold(word)
    if len(form) < 2 or form in function_words().get(lang, ()):
        return ""
    if lang in PLAIN and word[0].isupper():
        return str(_stemmer("english").stemWord(form[:_LONGEST]))
    if (algorithm := STEMMERS.get(lang)) is None:
        return form[:_LONGEST]
    return fold(str(_stemmer(algorithm).stemWord(word.lower()[:_LONGEST])))


@cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm)

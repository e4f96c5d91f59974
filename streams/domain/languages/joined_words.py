"""Names that lost the blank to a preposition beside them, as in pages whose links and marks of type were taken away.

"Lisboaem" is cut where a known name goes before a preposition of the pack's `joined`, "UEem" behind capitals, "emLisboa"
where a capital follows one. What is itself a name, or in the frequency lists, stays whole, and so does the first word
of a sentence, which may be a verb: "Ajudem".
"""

from __future__ import annotations

from functools import lru_cache

from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.place_names import find_names
from streams.domain.languages.words import Word, fold, words_of
from streams.domain.text.word_frequency import rarities

NAME = 4  # letters of a name before a preposition
SHORTEST = 4  # letters of an abbreviation and a preposition: UEem
_ENDS = frozenset(".!?:;\"'«»“”()-–—")  # marks after which a sentence may begin


def parted_words(text: str, lang: str) -> list[Word]:
    """Words and marks of a text in order, those that lost a blank as two."""
    words = words_of(text)
    if lang not in CODES or not pack(lang).joined:
        return words
    before = (".", *(w.text for w in words))
    return [part for last, word in zip(before, words, strict=False) for part in _parts(last, word, lang)]


def _parts(before: str, word: Word, lang: str) -> tuple[Word, ...]:
    text = word.text
    possible = len(text) >= SHORTEST and not text.islower() and before not in _ENDS
    seam = _seam(text, lang) if possible else 0
    if not seam:
        return (word,)
    at = word.start + seam
    head, tail = text[:seam], text[seam:]
    return Word(word.start, at, head, fold(head)), Word(at, word.end, tail, fold(tail))


@lru_cache(maxsize=50_000)
def _seam(text: str, lang: str) -> int:
    """Where a word is to be cut, 0 where it is one word."""
    for word in pack(lang).joined:
        head = text.removesuffix(word)
        if head != text and len(head) > 1 and head[-2:].isupper():
            return len(head)
        if head != text and len(head) >= NAME and head[0].isupper() and head[1:].islower():
            whole = fold(text) in rarities() or _named(text, lang)
            return len(head) if not whole and _named(head, lang) else 0
        tail = text.removeprefix(word)
        if tail != text and len(tail) >= NAME and tail[0].isupper() and tail[1:].islower():
            return len(word)
    return 0


def _named(text: str, lang: str) -> bool:
    one = (Word(0, len(text), text, fold(text)),)
    return any(find_names(one, pack(lang).own_places))

"""Numbers of a text as values: digits of any script, words, and both together (`3 mil`, `twenty-five` in any order)."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from streams.domain.languages.language_pack import Mark, Pack, pack
from streams.domain.languages.words import Word, digits

_GROUPED = re.compile(r"^\d{1,3}(?:[.,٬']\d{3})+$")
_DECIMAL = re.compile(r"^\d+[.,٫]\d+$")
THOUSAND = 1_000
SHORTEST_GLUED = 4  # characters of a word that holds two numbers
LONGEST_GLUED = 40


class Numeral(NamedTuple):
    """A number: words `first` to `last` (exclusive); `value` is None for `dozens` and its like."""

    first: int
    last: int
    value: int | None
    digits: bool  # written in digits
    one: bool = False  # a word for one, which is an article in many languages


def numerals(words: Sequence[Word], marks: Sequence[Mark], language: Pack) -> list[Numeral]:
    """The numbers of a text in order."""
    said: dict[int, list[Mark]] = {}
    names = [m for m in marks if m.tag == "no_number"]
    for mark in marks:
        if mark.tag in ("number", "scale", "and", "vague") and not any(n.first <= mark.first < n.last for n in names):
            said.setdefault(mark.first, []).append(mark)
    out: list[Numeral] = []
    at = 0
    while at < len(words):
        found = _number(words, at, said, language)
        if found is None:
            vague = next((m for m in said.get(at, ()) if m.tag == "vague"), None)
            if vague and not (out and out[-1].last == at):
                out.append(Numeral(at, vague.last, None, digits=False))
            at = vague.last if vague else at + 1
            continue
        out.append(found)
        at = found.last
    return out


def _number(words: Sequence[Word], at: int, said: dict[int, list[Mark]], language: Pack) -> Numeral | None:
    first, total, current, last_unit = at, 0, 0, 0
    parts, written = 0, False
    while at < len(words):
        step = _digits(words, at) if words[at].form[:1].isdigit() else None
        if step is not None:
            if parts:
                if not written and not current and total >= THOUSAND and 0 < step[0] < THOUSAND:  # `bin 700`
                    return Numeral(first, step[1], total + step[0], digits=True)
                break
            value, at, fraction = step
            parts, written = 1, True
            scale = next((m for m in said.get(at, ()) if m.tag == "number" and m.value >= THOUSAND), None)
            if scale:
                return _scaled(words, first, scale, fraction, said)
            if fraction != value:
                return Numeral(first, at, None, digits=True) if language.unspaced else None
            if language.unspaced:
                tail = next((m for m in said.get(at, ()) if m.tag == "number" and m.value >= 100), None)
                if tail:
                    return Numeral(first, tail.last, value * tail.value, digits=True)
            return Numeral(first, at, value, digits=True)
        mark = next((m for m in said.get(at, ()) if m.tag in ("number", "scale")), None)
        if mark is None and not parts and (glued := glued_value(words[at].form, language.code)):
            return Numeral(first, at + 1, glued, digits=False)
        if mark is None:
            joined = parts and any(m.tag == "and" for m in said.get(at, ())) and any(
                m.tag == "number" for m in said.get(at + 1, ())
            )  # fmt: skip
            if not joined:
                break
            at += 1
            continue
        grown = _grown(total, current, last_unit, mark, language)
        if grown is None:
            break
        total, current, last_unit = grown
        at, parts = mark.last, parts + 1
    if not parts:
        return None
    value = total + current
    return Numeral(first, at, value, digits=written, one=value == 1)


def _scaled(words: Sequence[Word], first: int, scale: Mark, before: float, said: dict[int, list[Mark]]) -> Numeral:
    """`3,5 millones`, and what goes on after the scale: `2 bin 300`, `2 mil e 300`."""
    value, at = round(before * scale.value), scale.last
    further = at + any(m.tag == "and" for m in said.get(at, ()))
    if further < len(words) and words[further].form[:1].isdigit():
        step = _digits(words, further)
        if step is not None and step[0] == step[2] and scale.value // 10 <= step[0] < scale.value:
            return Numeral(first, step[1], value + step[0], digits=True)
    return Numeral(first, at, value, digits=True)


@lru_cache(maxsize=50_000)
def glued_value(form: str, code: str) -> int | None:
    """The number that a word of several number words means; None for any other word."""
    language = pack(code)
    if not SHORTEST_GLUED <= len(form) <= LONGEST_GLUED or not language.glued:
        return None
    for parts in _cuts(form, language.glued):
        total = current = unit = 0
        for value in parts:
            grown = _grown(total, current, unit, Mark(0, 1, "number", value), language)
            if grown is None:
                break
            total, current, unit = grown
        else:
            return total + current
    return None


def _cuts(form: str, known_words: dict[str, int]) -> Iterator[tuple[int, ...]]:
    """Ways in which a word falls into number words, longer ones first; a last vowel may fall away before another."""
    for end in range(len(form), 1, -1):
        known = [known_words.get(form[:end])]
        if form[end : end + 1] in tuple("aeiou"):
            known += [known_words.get(form[:end] + vowel) for vowel in "aio"]
        for value in (v for v in known if v is not None):
            if end == len(form):
                yield (value,)
            else:
                yield from ((value, *rest) for rest in _cuts(form[end:], known_words))


def _grown(total: int, current: int, unit: int, mark: Mark, language: Pack) -> tuple[int, int, int] | None:
    """Total, current group and its least unit with one more word; None when the word begins another number."""
    value = int(mark.value)
    if mark.tag == "scale":
        return (total, current + current % 10 * 9, 10) if value == 10 else (total, current + 10, 1)
    if value >= THOUSAND:
        return (total + max(current, 1) * value, 0, value) if value != total or not total else None
    if value == 100 and 0 < current < 100:
        return total, current * 100, 100
    if language.unspaced and value == 10 and current % 10 > 0:
        return total, current + current % 10 * 9, 10
    if language.teens and value == 10 and 0 < current % 100 < 10:
        return total, current + 10, 1
    if 20 <= value <= 90 and 0 < current % 100 < 10 and language.teens:
        return total, current + value, 1
    if (current == 4 and value == 20) or (current in (60, 80) and 10 <= value < 20):  # quatre-vingt, soixante-dix
        return total, 80 if value == 20 else current + value, 20 if value == 20 else _unit(value)
    if not current or value < unit or (unit == 0 and value < 10 <= current):
        return total, current + value, _unit(value)
    return None


def _unit(value: int) -> int:
    return 100 if value % 100 == 0 else 10 if value % 10 == 0 else 1


def _digits(words: Sequence[Word], at: int) -> tuple[int, int, float] | None:
    """Value, next word and value with its fraction of a number in digits; thousands may be set apart by one blank."""
    text = digits(words[at].form)
    if _DECIMAL.match(text) and not _GROUPED.match(text):
        whole = float(text.replace(",", ".").replace("٫", "."))
        return int(whole), at + 1, whole
    text = re.sub(r"\D", "", text)
    if not text or len(text) > 9:
        return None
    at += 1
    while at < len(words) and len(text) <= 6 and _goes_on(words, at) and (len(text) <= 3 or _goes_on(words, at - 1)):
        text += digits(words[at].form)
        at += 1
    return int(text), at, float(int(text))


def _goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a word is the next group of three digits: `1 200`."""
    (before, here) = next(pairwise(words[at - 1 : at + 1]))
    return len(here.form) == 3 and here.form.isdigit() and before.form.isdigit() and here.start - before.end == 1

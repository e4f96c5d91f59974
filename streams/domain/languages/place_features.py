"""What the tagger of place names is told of each word: its name, form and class, and those of the words beside it.

Beside it are its neighbours, two words to either side, and the word that it depends on: "Ayuntamiento" of "Ayuntamiento de
Villanueva", "bairro" of "bairro da Madalena", found by going back over small words. Features of one language carry its
code; the others count for all languages together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from streams.domain.geo.gazetteer import KINDS, gazetteer
from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.word_classes import classes_of
from streams.domain.languages.words import unspaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.domain.languages.place_names import Named
    from streams.domain.languages.words import Word

COMMON = Path(__file__).parents[1] / "models" / "place_words.npz"
SMALL = 4  # level of a word that is passed over on the way to the one that a name depends on, and most letters of it
FARTHEST = 5, 8  # words back to the word that a name depends on, and to the first of a chain of capitals
_CAPITALS = frozenset(("X", "XX", "X."))
_NOUNS = frozenset(("de",))  # languages that write every noun with a capital
_GROUPS = {
    "country": "country", "admin1": "area", "admin2": "small", "city": "city", "locality": "small", "facility": "facility", "region": "region",
    "water": "region", "terrain": "region", "capital": "capital", "people": "region",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sentence:
    """What is known of each word of a text."""

    forms: list[str]
    shapes: list[str]
    levels: list[str]
    known: list[str]
    areas: list[bool]
    classes: list[tuple[str, ...]]
    unspaced: list[bool]
    chains: bool  # whether capitals that follow one another belong together

    def kind(self, at: int) -> str:
        return self.known[at][:6]


@cache
def common_words() -> dict[str, dict[int, int]]:
    """For each language how common its commonest words are, 1 to 4, by the hash that `word_hash` gives."""
    with np.load(COMMON) as data:
        return {
            code: dict(zip(data[f"{code}_keys"].tolist(), data[f"{code}_levels"].tolist(), strict=True))
            for code in str(data["codes"]).split()
        }


def word_hash(form: str) -> int:
    """32-bit FNV-1a hash of a folded word."""
    value = 0x811C9DC5
    for byte in form.encode("utf-8", "surrogatepass"):
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def features(words: Sequence[Word], names: Sequence[Named], lang: str) -> list[list[str]]:
    """Features of every word, in the form that python-crfsuite takes."""
    text = _sentence(words, names, lang)
    out = []
    for at in range(len(words)):
        shared, mine = _own(text, at)
        for more, own in (_next_to(text, at), _near(text, at), _above(text, at)):
            shared += more
            mine += own
        out.append(shared + [lang + f for f in mine])
    return out


def _sentence(words: Sequence[Word], names: Sequence[Named], lang: str) -> _Sentence:
    area_words = pack(lang).area_words if lang in CODES else ()
    area = frozenset(w for phrase in area_words for w in phrase.casefold().split())
    common = common_words().get(lang, {})
    forms = [(w.form or "-").encode("utf-8", "replace").decode() for w in words]  # a lone surrogate is no UTF-8
    known_well = lang in CODES and pack(lang).vectors
    found = classes_of([w.text for w in words]) if known_well else [()] * len(words)
    return _Sentence(
        forms,
        [_shape(w.text) for w in words],
        [str(common.get(word_hash(f), 0)) for f in forms],
        _known(words, names),
        [w.text.casefold() in area for w in words],
        [tuple(f"C{n}={c}" for n, c in enumerate(each)) for each in found],
        [unspaced(w.text) for w in words],
        lang not in _NOUNS,
    )


def _own(text: _Sentence, at: int) -> tuple[list[str], list[str]]:
    """Of the word itself: those for all languages, and those of its own."""
    form, known, shape, level = text.forms[at], text.known[at], text.shapes[at], text.levels[at]
    shared = [f"k={known}", f"s={shape}", f"c={level}", f"ks={known}{shape}", f"kc={known}{level}"]
    mine = [*shared, f"w={form}", f"p3={form[:3]}", f"e3={form[-3:]}", f"e2={form[-2:]}"]
    shared += (*text.classes[at], *(f"{c}{known}" for c in text.classes[at]))
    if text.areas[at]:
        shared.append("area")
    if text.unspaced[at]:
        mine += (
            f"n2={''.join(text.forms[at : at + 2])}",
            f"b2={''.join(text.forms[max(0, at - 1) : at + 1])}",
            f"n3={''.join(text.forms[at : at + 3])}",
        )
    return shared, mine


def _next_to(text: _Sentence, at: int) -> tuple[list[str], list[str]]:
    """Of the words on either side."""
    shared: list[str] = []
    mine: list[str] = []
    kind = text.kind(at)
    for beside, mark in ((at - 1, "-"), (at + 1, "+")):
        if not 0 <= beside < len(text.forms):
            shared.append(f"{mark}edge")
            continue
        form, shape, near = text.forms[beside], text.shapes[beside], text.kind(beside)
        shared += (f"{mark}k={near}", f"{mark}c={text.levels[beside]}{text.shapes[at]}", f"{mark}ks={kind}{shape}")
        shared += (mark + c for c in text.classes[beside])
        if text.areas[beside]:
            shared.append(f"{mark}area")
        mine += (
            f"{mark}s={shape}", f"{mark}w={form}", f"{mark}kw={kind}{form}", f"{mark}e={form[-2:]}", f"{mark}ks={kind}{shape}", f"{mark}k={near}",
        )  # fmt: skip
    return shared, mine


def _near(text: _Sentence, at: int) -> tuple[list[str], list[str]]:
    """Of the words after next on either side."""
    shared: list[str] = []
    mine: list[str] = []
    for beside, mark in ((at - 2, "--"), (at + 2, "++")):
        if 0 <= beside < len(text.forms):
            if text.shapes[at] in _CAPITALS:
                shared += (f"{mark}k={text.kind(beside)}", f"{mark}s={text.shapes[beside]}")
            mine += (f"{mark}k={text.kind(beside)}", f"{mark}w={text.forms[beside]}")
    return shared, mine


def _above(text: _Sentence, at: int) -> tuple[list[str], list[str]]:
    """Of the word that a capitalised word depends on, and of the first capital of their chain."""
    shared: list[str] = []
    mine: list[str] = []
    if not text.chains or text.shapes[at] not in _CAPITALS:
        return shared, mine
    kind = text.kind(at)
    governor, chain = _governor(text, at), _chain(text, at)
    if governor is not None:
        form, near = text.forms[governor], text.kind(governor)
        shared += (f"g{c}" for c in text.classes[governor])
        shared += (f"gk={near}", f"gs={text.shapes[governor]}", f"gks={kind}{near}")
        mine += (f"gw={form}", f"gkw={kind}{form}", f"ge={form[-3:]}")
    if chain is not None:
        form = text.forms[chain]
        shared += (f"q{c}" for c in text.classes[chain])
        shared += (f"qk={text.kind(chain)}", f"q={min(at - chain, 4)}")
        mine += (f"qw={form}", f"qkw={kind}{form}")
    return shared, mine


def _small(text: _Sentence, at: int) -> bool:
    return text.shapes[at] == "x" and text.levels[at] == str(SMALL) and len(text.forms[at]) <= SMALL


def _governor(text: _Sentence, at: int) -> int | None:
    """The word before the small words before a word; None where no small word is before it."""
    before = at - 1
    while before >= 0 and at - before < FARTHEST[0] and _small(text, before):
        before -= 1
    passed = 0 <= before < at - 1 and not _small(text, before)
    return before if passed and (text.shapes[before] in _CAPITALS or text.shapes[before] == "x") else None


def _chain(text: _Sentence, at: int) -> int | None:
    """The first of the capitals before a word that only small words part."""
    first = before = at
    while before > 0 and at - before < FARTHEST[1] - 1:
        before -= 1
        if text.shapes[before] in _CAPITALS:
            first = before
        elif not _small(text, before):
            break
    return first if first < at else None


def _known(words: Sequence[Word], names: Sequence[Named]) -> list[str]:
    """For each word the group, size and position of the known name that it belongs to."""
    places = gazetteer()
    out = ["O"] * len(words)
    for name in names:
        best = name.places[0]
        group = _GROUPS[KINDS[places.kind[best]]]
        size = min(places.population[best] // 10, 7)
        length = name.last - name.first
        for n, at in enumerate(range(name.first, name.last)):
            position = "S" if length == 1 else "B" if n == 0 else "E" if n == length - 1 else "I"
            out[at] = f"{position}{group[:3]}{'' if name.exact else '~'}{size}"
    return out


def _shape(text: str) -> str:
    first = text[0]
    if first.isdigit():
        return "9"
    if not first.isalpha():
        return first if first in ".,()\"'-:;?!«»" else "."
    if unspaced(first):
        return "K" if "\u30a0" <= first <= "\u30ff" else "H" if "\u3040" <= first <= "\u309f" else "C"
    if first.islower():
        return "x"
    if not first.isupper():
        return "a"
    return "X" if text[1:].islower() else "XX" if len(text) > 1 else "X."

"""Places under their names in many languages: those of the gazetteer's Latin names, and one further file of names.

The file holds names in other scripts and the usual names of countries and areas in our languages, as 48-bit keys beside
the numbers of GeoNames, and the English name of every larger place; `streams/train/languages_places.py` compiles it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from streams.domain.geo.gazetteer import KINDS, NO_ENTRY, gazetteer, join_key, name_key, word_key
from streams.domain.languages.prefixes import bare_forms
from streams.domain.languages.words import unspaced, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.domain.languages.words import Word

PATH = Path(__file__).parents[1] / "models" / "place_names.npz"
LONGEST = 5  # words of a name; in scripts without blanks 10 characters
LONGEST_UNSPACED = 10
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_NOMINATIVE = re.compile(r"(?:[ыиі]й|[аяоеєуюиыіїйь])$")
_CASES = (
    "ського", "ському", "ской", "ого", "его", "ому", "ему", "ыми", "ими", "іми", "ами", "ями", "ах", "ях", "ам", "ям", "ом", "ем", "єм", "ой", "ей", "ою", "ею", "єю",
    "ую", "юю", "ым", "им", "ій", "ої", "ым", "ых", "их", "а", "я", "о", "е", "є", "у", "ю", "и", "ы", "і", "ї", "й", "ь",
)  # fmt: skip


class Named(NamedTuple):
    """A stretch of words that is some place's name: words `first` to `last` (exclusive), the places most prominent first."""

    first: int
    last: int
    places: tuple[int, ...]
    exact: bool  # whether the words stand as in the list, without an ending or a prefix taken off


class PlaceNames:
    """The further names, and the English names of places."""

    def __init__(self, path: Path = PATH) -> None:
        with np.load(path) as data:
            columns: dict[str, Any] = {name: data[name] for name in data.files}
        at = _rows_of(columns["ident"])
        keys: Any = np.cumsum(columns["keys"])
        self._keys = memoryview(keys)
        self._ends = array("I", [0, *np.cumsum(columns["counts"]).tolist()])
        self._places = array("i", at[columns["places"]].tolist())
        labelled = at[columns["labelled"]]
        order = np.argsort(labelled)
        self._labelled, self._order = labelled[order], order
        self._labels: list[str] = columns["labels"].tobytes().decode().split("\n")

    def named(self, key: int) -> tuple[int, ...]:
        """Places of a name's key, most prominent first."""
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            return ()
        return tuple(p for p in self._places[self._ends[at] : self._ends[at + 1]] if p != NO_ENTRY)

    def known(self, key: int) -> bool:
        """Whether a key is that of a name or of the beginning of one."""
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key

    def english(self, place: int) -> str | None:
        """English name of a place of the gazetteer, where it is a larger one."""
        at = int(np.searchsorted(self._labelled, place))
        if at == len(self._labelled) or int(self._labelled[at]) != place:
            return None
        return self._labels[int(self._order[at])] or None


def _rows_of(idents: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Rows of the gazetteer by number of GeoNames; the last one, `NO_ENTRY`, for those that it lacks."""
    numbers, kinds, scheme = (np.asarray(column) for column in gazetteer().columns())
    rows = np.flatnonzero((scheme == gazetteer().scheme_number("geonames")) & (kinds != KINDS.index("people")))
    order = rows[np.argsort(numbers[rows], kind="stable")]
    found = np.searchsorted(numbers[order], idents)
    found[found == len(order)] = 0
    return np.where(numbers[order][found] == idents, order[found], NO_ENTRY)


@cache
def place_names() -> PlaceNames:
    """The names of this process, read at first use."""
    return PlaceNames()


@lru_cache(maxsize=100_000)
def stem(form: str) -> str:
    """The form under which a word of a name is kept: without the ending of its first case where words have cases."""
    if _CYRILLIC.match(form) and len(form) > 3:
        form = re.sub(r"[ії]в$", "ов", form)
        return _NOMINATIVE.sub("", form)
    if "\u0600" <= form[:1] <= "\u06ff" and len(form) > 4:
        return form.removeprefix("ال")
    return form


@lru_cache(maxsize=50_000)
def lookups(form: str) -> tuple[str, ...]:
    """The stems that a word in a text may have, the word's own first."""
    first = form[:1]
    if "\u0400" <= first <= "\u04ff":
        return _cyrillic(form)
    if "\u0590" <= first <= "\u06ff":
        code = "he" if first < "\u0600" else "ar"
        return tuple(dict.fromkeys(stem(f) for f in bare_forms(form, code)))
    return (form,)


def _cyrillic(form: str) -> tuple[str, ...]:
    if len(form) < 4:
        return (form,)
    out = [stem(form)]
    out += [form[: -len(e)] for e in _CASES if form.endswith(e) and len(form) - len(e) > 2]
    return tuple(dict.fromkeys(out))


def key_of(name: str) -> tuple[int, ...]:
    """Keys of a name's beginnings, the whole name's last; none for a name of marks only."""
    key, out = 0, []
    for word in words_of(name):
        if word.form and (word.form[0].isalnum()):
            key = join_key(key, _key(stem(word.form)))
            out.append(key)
    return tuple(out)


@lru_cache(maxsize=100_000)
def _key(form: str) -> int:
    return word_key(form)


def find_names(
    words: Sequence[Word],
    beside: dict[int, tuple[int, ...]] | None = None,
    endings: Sequence[tuple[str, str]] = (),
    *,
    cased: bool = False,
) -> Iterator[Named]:
    """The longest known name from each word on; names may overlap. `beside` are further names by their whole key.

    In `cased` text no name begins with a small letter. `endings` are those of Latin names in cases, with the name's own.
    """
    for first, word in enumerate(words):
        if not word.form or not word.form[0].isalpha() or (cased and word.text[0].islower()):
            continue
        found = _longest(words, first, beside or {}) or _declined(words, first, beside or {}, endings)
        if found:
            yield found


def _declined(
    words: Sequence[Word], first: int, beside: dict[int, tuple[int, ...]], endings: Sequence[tuple[str, str]]
) -> Named | None:
    """A name of one word without the ending of its case."""
    form = words[first].form
    for ending, own in endings:
        if form.endswith(ending) and len(form) - len(ending) > 2:
            bare = form[: len(form) - len(ending)] + own
            found = _longest((words[first]._replace(form=bare),), 0, beside)
            if found:
                return Named(first, first + 1, found.places, exact=False)
    return None


def _longest(words: Sequence[Word], first: int, beside: dict[int, tuple[int, ...]]) -> Named | None:
    table = place_names()
    best: Named | None = None
    latin = words[first].form.isascii()
    if latin:
        best = _latin(words, first)
    frontier = [(0, True)]
    last = first + (LONGEST_UNSPACED if unspaced(words[first].text) else LONGEST)
    for at in range(first, min(last, len(words))):
        form = words[at].form
        if not form:
            continue  # a mark that is left out
        if not form[0].isalnum():
            if form in "-.'" and at > first:
                continue
            break
        frontier = [
            (joined, exact and not n)
            for key, exact in frontier
            for n, one in enumerate((stem(form),) if latin else lookups(form))
            if table.known(joined := join_key(key, _key(one))) or joined in beside
        ]
        if not frontier:
            break
        for key, exact in frontier:
            places = beside.get(key) or table.named(key)
            if places and (best is None or best.last <= at):
                best = Named(first, at + 1, places, exact)
                break
    return best


def _latin(words: Sequence[Word], first: int) -> Named | None:
    """The longest name of the gazetteer itself."""
    keys, ends, key = [], [], 0
    for at in range(first, min(first + LONGEST, len(words))):
        form = words[at].form
        if not form or not form[0].isalnum():
            if form in ("-", ".", "'") and at > first:
                continue
            break
        key = join_key(key, _key(form))
        keys.append(key)
        ends.append(at + 1)
    places = gazetteer()
    people = KINDS.index("people")
    for name, last in zip(reversed(places.find(keys)), reversed(ends), strict=True):
        if name != NO_ENTRY:
            rows = tuple(p for p, _ in places.named(name) if places.kind[p] != people)
            if rows:
                return Named(first, last, rows[:8], exact=True)
    return None


def places_called(english: str) -> tuple[int, ...]:
    """Places of the gazetteer under an English name, no demonyms."""
    places = gazetteer()
    (name,) = places.find([name_key(english)])
    if name == NO_ENTRY:
        return ()
    people = KINDS.index("people")
    return tuple(p for p, _ in places.named(name) if places.kind[p] != people)


def own_names(names: Iterable[tuple[str, str]]) -> dict[int, tuple[int, ...]]:
    """Names of a language pack with the English names they stand for, as `find_names` takes them; ValueError for an unknown place."""
    out: dict[int, tuple[int, ...]] = {}
    for name, english in names:
        places = places_called(english)
        if not places:
            raise ValueError(
                f"{name}: the gazetteer knows no place {english!r}; name one that it knows, or add it to places_own.txt"
            )
        *beginnings, whole = key_of(name)
        out |= {key: () for key in beginnings if key not in out}
        out[whole] = places
    return out

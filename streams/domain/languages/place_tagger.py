"""Which words of a text are place names: a linear-chain CRF over the words, their neighbours and the known names.

Lafferty, McCallum and Pereira 2001, by python-crfsuite. One model for all languages: what depends on the word itself is
learned for each language, what depends on known names, capitals, marks and classes of words alike in meaning also for all
together, so that a language without labelled sentences is read too. Trained by `streams/train/languages_tagger.py`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pycrfsuite

from streams.domain.geo.gazetteer import KINDS, gazetteer
from streams.domain.languages.joined_words import parted_words
from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.place_features import common_words, features, word_hash
from streams.domain.languages.place_names import Named, find_names
from streams.domain.languages.words import unspaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.domain.languages.words import Word

PATH = Path(__file__).parents[1] / "models" / "place_tagger.crfsuite"
MOST = 400  # words tagged in one go
LABELLED = frozenset("ar de es fa fr he hi id it ja nl pt ru uk".split())  # languages that the tagger learned from
LARGE = 50  # ten times the decimal logarithm of the people of a town that is believed without the tagger
SUFFIXED = 30  # the same where an apostrophe sets an ending off, as Turkish does after names only
RARE = 2  # level of a word that is common enough to be no place without the tagger


class Tagged(NamedTuple):
    """A place name in a text: offsets, and the places of that name, none when it is not known."""

    start: int
    end: int
    places: tuple[int, ...]
    chance: float


def names_in(words: Sequence[Word], lang: str) -> list[Named]:
    """Known names in a text, longest first where they overlap."""
    own = pack(lang) if lang in CODES else None
    found: list[Named] = []
    taken: set[int] = set()
    cased = any(w.text[0].isupper() for w in words)
    candidates = find_names(words, own.own_places if own else None, own.endings if own else (), cased=cased)
    for name in sorted(candidates, key=lambda n: (n.first - n.last, n.first)):
        covered = range(name.first, name.last)
        if taken.isdisjoint(covered) and not _stopped(words, name, own.stop if own else frozenset()):
            found.append(name)
            taken.update(covered)
    return sorted(found)


def _stopped(words: Sequence[Word], name: Named, stop: frozenset[str]) -> bool:
    one = words[name.first]
    if name.last - name.first == 1:
        return (
            one.form in stop
            or (len(one.form) < 3 and not unspaced(one.text) and not one.text.isupper())
            or (unspaced(one.text) and name.last - name.first < 2)
        )
    return " ".join(w.form for w in words[name.first : name.last] if w.form) in stop


@cache
def tagger() -> pycrfsuite.Tagger:
    """The trained model, opened once."""
    found = pycrfsuite.Tagger()
    found.open(str(PATH))
    return found


def spans(labels: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and last (exclusive) word of each stretch that is labelled B, I, I ..."""
    first = None
    for at, label in enumerate((*labels, "O")):
        if first is not None and label != "I":
            yield first, at
            first = None
        if label == "B" or (label == "I" and first is None):
            first = at


def find_places(text: str, lang: str) -> list[Tagged]:
    """Place names of a text in order."""
    words = parted_words(text, lang)
    out: list[Tagged] = []
    for start in range(0, len(words), MOST):
        out += _tagged(words[start : start + MOST], lang)
    return out


def _tagged(words: list[Word], lang: str) -> list[Tagged]:
    names = names_in(words, lang)
    model = tagger()
    labels = model.tag(features(words, names, lang))
    out = []
    taken: set[int] = set()
    for first, last in spans(labels):
        inside = [n for n in names if n.first >= first and n.last <= last]
        best = max(inside, key=lambda n: n.last - n.first, default=None)
        chance = 1 - min(model.marginal("O", i) for i in range(first, last))
        out.append(Tagged(words[first].start, words[last - 1].end, best.places if best else (), chance))
        taken.update(range(first, last))
    if lang not in LABELLED:
        out += [t for n in names if taken.isdisjoint(range(n.first, n.last)) and (t := believed(words, n, lang))]
    return sorted(out)


def believed(words: Sequence[Word], name: Named, lang: str) -> Tagged | None:
    """A known name that is taken for a place without the tagger: a large or listed place whose name is no common word."""
    places = gazetteer()
    listed = lang in CODES and name.places in pack(lang).own_places.values()
    level = common_words().get(lang, {}).get(word_hash(words[name.first].form), 0)
    one = name.last - name.first == 1
    suffixed = name.last < len(words) and words[name.last].form == "'"
    enough = SUFFIXED if suffixed else LARGE
    kinds = {
        KINDS[places.kind[p]] for p in name.places if places.population[p] >= enough
    }  # an area often has its city's name
    large = not kinds.isdisjoint(("city", "capital", "admin1", "country", "region"))
    common = one and level > RARE and not suffixed and kinds.isdisjoint(("country", "capital"))
    if not listed and (not large or common):
        return None
    return Tagged(words[name.first].start, words[name.last - 1].end, name.places, 0.5)


def known_places(text: str, lang: str) -> list[Tagged]:
    """Places of a headline by known names alone, for when the tagger finds none."""
    words = parted_words(text, lang)[:MOST]
    return [t for n in names_in(words, lang) if (t := believed(words, n, lang))]

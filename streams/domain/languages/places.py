"""Places of a text in any language, resolved to one place each in the light of the others, and the place of the news."""

from collections.abc import Sequence
from typing import NamedTuple

from streams.domain.geo.gazetteer import KINDS, gazetteer
from streams.domain.geo.places import PRECISION, Toponym
from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.place_names import place_names
from streams.domain.languages.place_tagger import Tagged, find_places, known_places
from streams.domain.languages.words import words_of

TOWN = 50  # ten times the decimal logarithm of the people of a town that needs no country beside it
BESIDE = 30  # characters beside a name in which a word of place is looked for
NEAR = 3  # words between it and the name, less than
LOCATED, STRAY = 1.4, 3.0  # what a word of place is worth, and what a small place in a country that is not named loses
_LOCAL = frozenset(("city", "capital", "locality", "admin1", "admin2", "facility"))
_ATTACHED = {"ar": "ب", "he": "ב"}  # "in", written together with the name
_FINE = {
    "city": 3.0,
    "capital": 2.6,
    "locality": 2.6,
    "admin2": 2.4,
    "facility": 2.4,
    "admin1": 2.2,
    "region": 1.6,
    "country": 1.0,
}


class ResolvedPlace(NamedTuple):
    """A place name and the place of the gazetteer that it was resolved to; `located` where a word of place stands beside it."""

    tagged: Tagged
    place: int
    toponym: Toponym
    located: bool = False


def read_places(text: str, lang: str, home: str | None) -> list[ResolvedPlace]:
    """Places of a text in order that the gazetteer knows; `home` is the publisher's country (alpha-2)."""
    return [s._replace(located=_located(text, s.tagged, lang)) for s in _read(text, lang, home)]


def _read(text: str, lang: str, home: str | None) -> list[ResolvedPlace]:
    found = resolve(text, find_places(text, lang), home)
    fine = any(s.toponym.kind != "country" for s in found)
    taken = [(s.tagged.start, s.tagged.end) for s in found]
    further = [
        s for s in resolve(text, known_places(text, lang), home)
        if (not fine or s.toponym.kind == "country") and not any(s.tagged.start < b and a < s.tagged.end for a, b in taken)
    ]  # fmt: skip
    return sorted([*found, *further])


def resolve(text: str, tagged: Sequence[Tagged], home: str | None) -> list[ResolvedPlace]:
    """The likeliest place of each name: in a country that the text names, else the most prominent, the publisher's at home."""
    places = gazetteer()
    named = {places.country[t.places[0]] for t in tagged if t.places and KINDS[places.kind[t.places[0]]] == "country"}
    sure = {places.country[t.places[0]] for t in tagged if t.places and places.population[t.places[0]] >= TOWN}
    out = []
    for one in tagged:
        if not one.places:
            continue
        best = max(
            range(len(one.places)),
            key=lambda n: (
                6.0 * (places.country[one.places[n]] in named) + 2.0 * (places.country[one.places[n]] in sure)
                + 1.5 * (places.code(one.places[n]) == home) + places.population[one.places[n]] / 10 - 0.7 * n
                + 2.0 * (KINDS[places.kind[one.places[n]]] in ("country", "region"))
            ),
        )  # fmt: skip
        out.append(ResolvedPlace(one, one.places[best], _toponym(text, one, one.places[best])))
    return out


def _toponym(text: str, tagged: Tagged, place: int) -> Toponym:
    places = gazetteer()
    kind = KINDS[places.kind[place]]
    written = text[tagged.start : tagged.end]
    name = next((n for p in (place, *tagged.places) if (n := place_names().english(p))), written)
    return Toponym(
        tagged.start, tagged.end, name, places.code(place), places.area_name(place),
        places.lat[place] / 1000, places.lon[place] / 1000, PRECISION[kind], places.identifier(place), kind, tagged.chance,
    )  # fmt: skip


def _located(text: str, tagged: Tagged, lang: str) -> bool:
    """Whether words such as `in`, `near`, `border of` stand beside a name, before or after it as the language has it."""
    if lang not in CODES:
        return False
    before, after = (
        words_of(text[max(0, tagged.start - BESIDE) : tagged.start]),
        words_of(text[tagged.end : tagged.end + BESIDE]),
    )
    if lang in _ATTACHED and text[tagged.start] == _ATTACHED[lang]:
        return True
    said = pack(lang).marks(before)
    if any(
        m.tag == "at" and len(before) - m.last < NEAR and not any(w.form in ",.;:" for w in before[m.last :])
        for m in said
    ):
        return True
    return any(m.tag == "at_after" and m.first < NEAR - 1 for m in pack(lang).marks(after))


def news_place(parts: Sequence[Sequence[ResolvedPlace]]) -> ResolvedPlace | None:
    """Where the news is: the finest place that is named early, parts (title, first sentence ...) in falling weight."""
    best: tuple[float, ResolvedPlace] | None = None
    country: int | None = None
    lands = {gazetteer().country[s.place] for spots in parts for s in spots if s.toponym.kind == "country"}
    for number, spots in enumerate(parts):
        for order, spot in enumerate(spots):
            here = gazetteer().country[spot.place]
            fine = _FINE.get(spot.toponym.kind, 1.2)
            inside = 1.0 if country is not None and here == country and spot.toponym.kind != "country" else 0.0
            score = fine + inside + LOCATED * spot.located - 1.3 * number - 0.15 * order
            if (
                lands
                and here not in lands
                and gazetteer().population[spot.place] < TOWN
                and spot.toponym.kind != "country"
            ):
                score -= STRAY
            if spot.toponym.kind == "country" and country is None:
                country = here
            if best is None or score > best[0]:
                best = score, spot
    if best is None or best[1].toponym.kind != "country":
        return best[1] if best else None
    here = gazetteer().country[best[1].place]
    finer = (s for spots in parts for s in spots if gazetteer().country[s.place] == here and s.toponym.kind in _LOCAL)
    return next(finer, best[1])

"""Places of a text in any language, resolved to one place each in the light of the others, and the place of the news."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.domain.geo.gazetteer import KINDS, gazetteer
from streams.domain.geo.places import PRECISION, Toponym
from streams.domain.languages.place_names import place_names
from streams.domain.languages.place_tagger import Tagged, find_places, known_places

TOWN = 50  # ten times the decimal logarithm of the people of a town that needs no country beside it
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


class Spot(NamedTuple):
    """A place name and the place of the gazetteer that it was resolved to."""

    tagged: Tagged
    place: int
    toponym: Toponym


def read_places(text: str, lang: str, home: str | None) -> list[Spot]:
    """Places of a text in order that the gazetteer knows; `home` is the publisher's country (alpha-2)."""
    found = resolve(text, find_places(text, lang), home)
    if any(s.toponym.kind != "country" for s in found):
        return found
    taken = {s.tagged.start for s in found}
    return sorted([*found, *(s for s in resolve(text, known_places(text, lang), home) if s.tagged.start not in taken)])


def resolve(text: str, tagged: Sequence[Tagged], home: str | None) -> list[Spot]:
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
        out.append(Spot(one, one.places[best], _toponym(text, one, one.places[best])))
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


def news_place(parts: Iterable[Sequence[Spot]]) -> Spot | None:
    """Where the news is: the finest place that is named early, parts (title, first sentence ...) in falling weight."""
    best: tuple[float, Spot] | None = None
    country: int | None = None
    for number, spots in enumerate(parts):
        for order, spot in enumerate(spots):
            here = gazetteer().country[spot.place]
            fine = _FINE.get(spot.toponym.kind, 1.2)
            inside = 1.0 if country is not None and here == country and spot.toponym.kind != "country" else 0.0
            score = fine + inside - 1.3 * number - 0.15 * order
            if spot.toponym.kind == "country" and country is None:
                country = here
            if best is None or score > best[0]:
                best = score, spot
    return best[1] if best else None

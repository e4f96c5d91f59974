"""Places of a text: found, resolved to one point, country and area."""

import re
from typing import Literal, NamedTuple

from schemas.records import Place
from streams.domain.gazetteer import KINDS, NO_ENTRY, Gazetteer, gazetteer
from streams.domain.toponyms import Found, Word, capitalised, lookup

Precision = Literal["point", "city", "admin", "country", "region", "unknown"]
PRECISION: dict[str, Precision] = {
    "country": "country", "admin1": "admin", "admin2": "admin", "city": "city", "locality": "city",
    "facility": "point", "region": "region", "water": "region", "terrain": "region",
}  # fmt: skip
_LOCATIVE = re.compile(r"\b(?:in|at|near|from|to|of|outside|around|into|across|throughout|through|toward|towards|inside|within)\s+(?:the\s+)?$")


class Toponym(NamedTuple):
    """A place name in a text and what it was resolved to.

    `start`, `end` are offsets into the text (end exclusive), `country` is ISO 3166-1 alpha-2, `lat`, `lon` degrees
    (WGS 84) or null, `precision` as in the record Place, `kind` one of the gazetteer's KINDS, `confidence` 0 to 1.
    """

    start: int
    end: int
    name: str
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    precision: Precision
    gazetteer_id: str | None
    kind: str
    confidence: float


def find_toponyms(text: str, *, title: str = "", source_country: str | None = None) -> list[Toponym]:
    """Places named in `text`, in order, each resolved in the light of all the others.

    `title` only adds context; `source_country` (alpha-2) is where the publisher is at home, when known.
    """
    places = gazetteer()
    words = capitalised(text)
    found = [f for f in lookup(words, places) if _is_place(f, words, text, places)]
    around = found + lookup(capitalised(title), places) if title else found
    countries = _countries(around, places, source_country)
    out = []
    for f in found:
        place = _choose(f, found, text, places, countries)
        if KINDS[places.kind[place]] != "people":
            out.append(_toponym(f, text, place, places))
    return out


def to_place(toponym: Toponym) -> Place:
    """The record of a toponym."""
    return Place(
        name=toponym.name, country=toponym.country, admin1=toponym.admin1, lat=toponym.lat, lon=toponym.lon,
        precision=toponym.precision, gazetteer_id=toponym.gazetteer_id,
    )  # fmt: skip


def block(place: Place | None) -> str:
    """Blocking key of linking: slug of the UN M49 sub-region, such as `western-asia`, or `unlocated`."""
    if place is None or place.country is None:
        return "unlocated"
    return gazetteer().subregion.get(place.country, "unlocated")


def _is_place(f: Found, words: list[Word], text: str, places: Gazetteer) -> bool:
    best = places.named(f.name)
    kind = KINDS[places.kind[best[0][0]]]
    before = f.first > 0 and words[f.first - 1].gap in (" ", ". ")
    behind = f.last + 1 < len(words) and words[f.last].gap == " "
    if kind in ("country", "people", "region", "water", "admin1") and best[0][1]:
        return True
    if _LOCATIVE.search(text, max(0, f.start - 16), f.start):
        return not behind
    if before or behind:
        return False
    return max(places.population[p] for p, _ in best) >= 50


def _countries(found: list[Found], places: Gazetteer, home: str | None) -> dict[str, float]:
    """Weight of each country in the document."""
    weight: dict[str, float] = {home: 2.0} if home else {}
    for f in found:
        place = places.named(f.name)[0][0]
        code = places.code(place)
        if code:
            weight[code] = weight.get(code, 0) + (3.0 if places.kind[place] in (0, 1, 9) else 1.0)
    return weight


def _choose(f: Found, found: list[Found], text: str, places: Gazetteer, countries: dict[str, float]) -> int:
    container = next((g for g in found if 0 < g.start - f.end <= 3 and text[f.end : g.start].strip() == ","), None)
    inside = {p for p, _ in places.named(container.name)} if container else set()

    def score(item: tuple[int, bool]) -> float:
        place, usual = item
        kind = KINDS[places.kind[place]]
        value = places.population[place] / 10 + {"country": 5, "region": 4, "water": 4, "admin1": 1, "admin2": -1}.get(kind, 0)
        value += 2 * usual + min(4.0, countries.get(places.code(place) or "", 0.0))
        if places.admin1[place] in inside or places.admin2[place] in inside:
            value += 10
        elif any(places.kind[p] == 0 and places.country[p] == places.country[place] for p in inside):
            value += 5
        return value

    return max(places.named(f.name), key=score)[0]


def _toponym(f: Found, text: str, place: int, places: Gazetteer) -> Toponym:
    kind = KINDS[places.kind[place]]
    area = places.area(place) if places.admin1[place] != NO_ENTRY else None
    return Toponym(
        f.start, f.end, text[f.start : f.end], places.code(place), area, places.lat[place] / 1000,
        places.lon[place] / 1000, PRECISION[kind], places.identifier(place), kind, 0.8,
    )  # fmt: skip

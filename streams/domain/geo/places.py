"""Places of a text: found, resolved to one point, country and area."""

from collections import Counter
from typing import Literal, NamedTuple

from schemas.records import Place
from streams.domain.geo.candidates import Candidate, TokenizedText
from streams.domain.geo.disambiguate import resolve
from streams.domain.geo.gazetteer import KINDS, NO_ENTRY, Gazetteer, gazetteer
from streams.domain.geo.recognize import describe, detector, is_people
from streams.domain.text.document import LONGEST_READ, Document, annotation

Precision = Literal["point", "city", "admin", "country", "region", "unknown"]
PRECISION: dict[str, Precision] = {
    "country": "country", "admin1": "admin", "admin2": "admin", "city": "city", "locality": "city", "capital": "city",
    "facility": "point", "region": "region", "water": "region", "terrain": "region", "people": "country",
}  # fmt: skip
PIECE = 20_000  # characters that are read as one document: names weigh on each other pair by pair
LARGE = 55  # ten times the decimal logarithm of the people of a town that is known the world over
COMPANY = 2  # least number of other names, all in one country, that decide where a text is set
ASTRAY = 25_000  # thousandths of a degree, latitude and longitude together, to the nearest place of that country
_SHARED = frozenset("tv me io ai am fm ly to cc la ws nu co su st gl is gg im sh ac".split())  # sold to everybody


class Toponym(NamedTuple):
    """A place name in a text and what it was resolved to.

    `start`, `end` are offsets into the text (end exclusive), `country` is ISO 3166-1 alpha-2, `admin1` the area's
    English name, `lat`, `lon` degrees (WGS 84) or null, `precision` as in the record Place (of a name that the
    gazetteer lacks: that of the place around it), `kind` one of the gazetteer's KINDS or `unknown`, `confidence`
    0 to 1, both that it is a place and that it is this one.
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


@annotation
def toponyms(document: Document) -> list[Toponym]:
    """Places named in the text, in order."""
    text = document.text[:LONGEST_READ]
    return find_toponyms(text, title=document.title, source=document.article.source.domain)


def find_toponyms(text: str, *, title: str = "", source_country: str | None = None, source: str = "") -> list[Toponym]:
    """Places named in `text`, in order, each resolved in the light of all the others; never raises.

    `title` only adds context; `source_country` (alpha-2) is where the publisher is at home, when known, else it is
    read from the country's ending of `source`, the publisher's domain. Long texts are read piece by piece.
    """
    home = source_country or country_of(source)
    out: list[Toponym] = []
    start = 0
    while start < len(text):
        end = len(text)
        if end - start > PIECE:
            end = text.rfind(" ", start + PIECE // 2, start + PIECE) + 1 or start + PIECE
        piece = text[start:end]
        found = _read(piece, title, home)
        out += found if not start else [t._replace(start=t.start + start, end=t.end + start) for t in found]
        start = end
    return out


def _read(text: str, title: str, home: str | None) -> list[Toponym]:
    places = gazetteer()
    tokenized = TokenizedText(text if not title or text.startswith(title) else f"{text}\n\n{title}", places)
    model = detector()
    chosen: list[Candidate] = []
    chances: list[float] = []
    for candidate, chance in zip(tokenized.candidates, model.probabilities(describe(tokenized, places)), strict=True):
        people = is_people(candidate, places)
        if people or chance >= model.threshold:
            chosen.append(candidate)
            chances.append(0.0 if people else chance)
    found = _without_strays(resolve(tokenized, chosen, places, home), chosen, places)
    focus = _focus(found, places)
    out: list[Toponym] = []
    for i, (candidate, chance, (place, share)) in enumerate(zip(chosen, chances, found, strict=True)):
        if not chance or candidate.end > len(text):
            continue
        if place == NO_ENTRY:
            around = _land(_stated_around(i, chosen, found, tokenized), places)
            out.append(_unknown(candidate, text, focus if around == NO_ENTRY else around, places, chance / 2))
        else:
            out.append(_toponym(candidate, text, place, places, chance * share))
    return out


def to_place(toponym: Toponym) -> Place:
    """The record of a toponym."""
    return Place(
        name=" ".join(toponym.name.split()), country=toponym.country, admin1=toponym.admin1, lat=toponym.lat, lon=toponym.lon,
        precision=toponym.precision, gazetteer_id=toponym.gazetteer_id,
    )  # fmt: skip


def block(place: Place | None) -> str:
    """Blocking key of linking: slug of the UN M49 sub-region, such as `western-asia`, or `unlocated`."""
    if place is None or place.country is None:
        return "unlocated"
    return gazetteer().subregion.get(place.country, "unlocated")


def country_of(domain: str) -> str | None:
    """Country of a domain with a country's ending: `bbc.co.uk` gives GB; None for `.com` and the like."""
    ending = domain.rpartition(".")[2].lower()
    if ending == "uk":
        return "GB"
    return ending.upper() if ending not in _SHARED and ending.upper() in gazetteer().subregion else None


def _toponym(c: Candidate, text: str, place: int, places: Gazetteer, confidence: float) -> Toponym:
    kind = KINDS[places.kind[place]]
    return Toponym(
        c.start, c.end, text[c.start : c.end], places.code(place), places.area_name(place), places.lat[place] / 1000,
        places.lon[place] / 1000, PRECISION[kind], places.identifier(place), kind, confidence,
    )  # fmt: skip


def _unknown(c: Candidate, text: str, around: int, places: Gazetteer, confidence: float) -> Toponym:
    """A name that the gazetteer lacks, at the place around it."""
    if around == NO_ENTRY:
        name = text[c.start : c.end]
        return Toponym(c.start, c.end, name, None, None, None, None, "unknown", None, "unknown", confidence)
    return _toponym(c, text, around, places, confidence)._replace(gazetteer_id=None, kind="unknown")


def _without_strays(
    found: list[tuple[int, float]], chosen: list[Candidate], places: Gazetteer
) -> list[tuple[int, float]]:
    """A small far place is unknown where all other names lie in one other country: the gazetteer lacks its namesake."""
    countries = {c.name: places.country[p] for c, (p, _) in zip(chosen, found, strict=True) if p != NO_ENTRY}
    lands = Counter(countries.values()).most_common()
    if len(lands) != 2 or lands[1][1] > 1 or lands[0][1] < COMPANY or (home := lands[0][0]) == 0 or lands[1][0] == 0:
        return found
    at_home = [p for p, _ in found if p != NO_ENTRY and places.country[p] == home]
    return [
        (NO_ENTRY, 0.0) if p != NO_ENTRY and _is_stray(p, home, at_home, places) else (p, share) for p, share in found
    ]


def _is_stray(place: int, home: int, at_home: list[int], places: Gazetteer) -> bool:
    if places.country[place] == home or KINDS[places.kind[place]] not in ("city", "locality", "admin2"):
        return False
    return places.population[place] <= LARGE and all(_degrees(places, place, p) > ASTRAY for p in at_home)


def _degrees(places: Gazetteer, a: int, b: int) -> int:
    """Thousandths of a degree between two places, latitude and longitude together."""
    wide = abs(places.lon[a] - places.lon[b])
    return abs(places.lat[a] - places.lat[b]) + min(wide, 360_000 - wide)


def _stated_around(i: int, chosen: list[Candidate], found: list[tuple[int, float]], tokenized: TokenizedText) -> int:
    """The place after a comma or in brackets right after the name."""
    if i + 1 == len(chosen) or tokenized.text[chosen[i].end : chosen[i + 1].start].strip() not in (",", "("):
        return NO_ENTRY
    return found[i + 1][0]


def _focus(found: list[tuple[int, float]], places: Gazetteer) -> int:
    """Where most of the text is set: its most frequent town or county, without one state, country or demonym's place."""
    kinds = [(KINDS[places.kind[p]], p) for p, _ in found if p != NO_ENTRY]
    small = [p for kind, p in kinds if kind in ("city", "capital", "locality", "admin2")]
    large = [p for kind, p in kinds if kind in ("admin1", "country")]
    large += [p for kind, p in kinds if kind == "people" and not large]
    if not small and not large:
        return NO_ENTRY
    at = Counter(small or large).most_common(1)[0][0]
    return _land(at, places)


def _land(place: int, places: Gazetteer) -> int:
    """The place, or the country of a demonym."""
    return places.admin1(place) if place != NO_ENTRY and KINDS[places.kind[place]] == "people" else place

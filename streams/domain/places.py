"""Places of a text: found, resolved to one point, country and area."""

from collections import Counter
from typing import Literal, NamedTuple

from schemas.records import Place
from streams.domain.detect import describe, detector, is_people
from streams.domain.gazetteer import KINDS, NO_ENTRY, Gazetteer, gazetteer
from streams.domain.resolve import resolve
from streams.domain.toponyms import Candidate, Reading

Precision = Literal["point", "city", "admin", "country", "region", "unknown"]
PRECISION: dict[str, Precision] = {
    "country": "country", "admin1": "admin", "admin2": "admin", "city": "city", "locality": "city",
    "facility": "point", "region": "region", "water": "region", "terrain": "region",
}  # fmt: skip
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


def find_toponyms(
    text: str, *, title: str = "", source_country: str | None = None, source: str = ""
) -> list[Toponym]:
    """Places named in `text`, in order, each resolved in the light of all the others; never raises.

    `title` only adds context; `source_country` (alpha-2) is where the publisher is at home, when known, else it is
    read from the country's ending of `source`, the publisher's domain.
    """
    places = gazetteer()
    whole = text if not title or text.startswith(title) else f"{text}\n\n{title}"
    reading = Reading(whole, places)
    model = detector()
    sure: list[float] = []
    chosen: list[Candidate] = []
    chances = model.probabilities(describe(reading, places))
    for candidate, chance in zip(reading.candidates, chances, strict=True):
        if is_people(candidate, places) or chance >= model.threshold:
            chosen.append(candidate)
            sure.append(chance)
    found = resolve(reading, chosen, places, source_country or country_of(source))
    around = _Around(chosen, found, reading, places)
    out: list[Toponym] = []
    for i, (candidate, chance) in enumerate(zip(chosen, sure, strict=True)):
        if candidate.end > len(text) or is_people(candidate, places):
            continue
        place, share = found[i]
        if place == NO_ENTRY:
            out.append(around.unknown(i, candidate, text, chance))
        else:
            out.append(_toponym(candidate, text, place, places, chance * share))
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


def country_of(domain: str) -> str | None:
    """Country of a domain with a country's ending: `bbc.co.uk` gives GB; None for `.com` and the like."""
    ending = domain.rpartition(".")[2].lower()
    if ending == "uk":
        return "GB"
    return ending.upper() if ending not in _SHARED and ending.upper() in gazetteer().subregion else None


def _toponym(c: Candidate, text: str, place: int, places: Gazetteer, confidence: float) -> Toponym:
    kind = KINDS[places.kind[place]]
    return Toponym(
        c.start, c.end, text[c.start : c.end], places.code(place), places.area(place), places.lat[place] / 1000,
        places.lon[place] / 1000, PRECISION[kind], places.identifier(place), kind, confidence,
    )  # fmt: skip


class _Around:
    """What lies around a name that the gazetteer lacks."""

    def __init__(
        self, chosen: list[Candidate], found: list[tuple[int, float]], reading: Reading, places: Gazetteer
    ) -> None:
        self.chosen, self.found, self.reading, self.places = chosen, found, reading, places
        small = [p for p, _ in found if p != NO_ENTRY and KINDS[places.kind[p]] in ("city", "locality", "admin2")]
        every = [p for p, _ in found if p != NO_ENTRY and KINDS[places.kind[p]] in ("admin1", "country", "people")]
        most = Counter(small or every).most_common(1)
        self.focus = most[0][0] if most else NO_ENTRY

    def unknown(self, i: int, c: Candidate, text: str, chance: float) -> Toponym:
        """The place stated right behind the name, else the one that the document is most about."""
        at = self.focus
        if i + 1 < len(self.chosen) and self.found[i + 1][0] != NO_ENTRY:
            follow = self.chosen[i + 1]
            if self.reading.text[c.end : follow.start].strip() in (",", "("):
                at = self.found[i + 1][0]
        if at == NO_ENTRY:
            return Toponym(c.start, c.end, text[c.start : c.end], None, None, None, None, "unknown", None, "unknown",
                           chance)  # fmt: skip
        kind = KINDS[self.places.kind[at]]
        near = _toponym(c, text, at, self.places, chance / 2) if kind != "people" else None
        if near is None:
            near = _toponym(c, text, self.places.admin1[at], self.places, chance / 2)
        return near._replace(gazetteer_id=None, kind="unknown")

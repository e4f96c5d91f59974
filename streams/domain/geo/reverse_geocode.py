"""Finds the country of a point by its nearest town, for feeds that give a point and no country."""

import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from schemas.records import Place
from streams.domain.geo.distance import kilometres
from streams.domain.geo.gazetteer import KINDS, gazetteer

AT_SEA = 500.0  # kilometres from the nearest town beyond which a point belongs to no country


@cache
def _towns() -> tuple[Any, Any, Any]:
    """Numbers, latitudes and longitudes in degrees of all towns."""
    places = gazetteer()
    kinds = [KINDS.index(k) for k in ("city", "capital", "locality")]
    at = np.flatnonzero(np.isin(np.asarray(places.kind), kinds))
    return at, np.asarray(places.lat)[at] / 1000, np.asarray(places.lon)[at] / 1000


def located(place: Place | None) -> Place | None:
    """The place with the country of the nearest town, where a feed gives a point and no country."""
    if place is None or place.country or place.lat is None or place.lon is None:
        return place
    at, lat, lon = _towns()
    east = (lon - place.lon + 180) % 360 - 180
    nearest = int(np.argmin((lat - place.lat) ** 2 + (east * math.cos(math.radians(place.lat))) ** 2))
    town = Place(name="", lat=float(lat[nearest]), lon=float(lon[nearest]))
    far = kilometres(place, town)
    return place if far is None or far > AT_SEA else replace(place, country=gazetteer().code(int(at[nearest])))

"""Distances on the globe."""

import math
from typing import Protocol

EARTH = 6371.0  # kilometres, mean radius


class Point(Protocol):
    """Anything with a latitude and a longitude in degrees, either of which may be unknown."""

    @property
    def lat(self) -> float | None: ...  # noqa: D102 -- said above

    @property
    def lon(self) -> float | None: ...  # noqa: D102 -- said above


def kilometres(a: Point, b: Point) -> float | None:
    """Great-circle distance (haversine formula) in kilometres; None when a point has no coordinates."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    la, lo, lb, mo = map(math.radians, (a.lat, a.lon, b.lat, b.lon))
    h = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin((mo - lo) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, h)))

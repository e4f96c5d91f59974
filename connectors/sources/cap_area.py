"""The place of a CAP warning: the areas of an info block by name, and the middle of their outlines."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from connectors.sources.events import number
from connectors.sources.markup import one_line
from schemas.records import Place

HALF, WHOLE = 180.0, 360.0


def place_of(areas: Sequence[Element], ns: dict[str, str], country: str | None) -> Place:
    """All areas as one place; its point is the middle of what their polygons and circles reach over."""
    names = (one_line(area.findtext("c:areaDesc", default="", namespaces=ns) or "") for area in areas)
    name = "; ".join(dict.fromkeys(filter(None, names)))
    points = [point for area in areas for point in _points(area, ns)]
    if not points:
        return Place(name=name, country=country)
    lats = [lat for lat, _ in points]
    lon = middle_longitude([lon for _, lon in points])
    return Place(name=name, country=country, lat=(min(lats) + max(lats)) / 2, lon=lon, precision="admin")


def middle_longitude(lons: Sequence[float]) -> float:
    """The middle of the shortest arc over all of these longitudes, from -180 to 180 degrees.

    It lies across the widest gap between them, so an outline over the date line has its middle there and not half a
    world away.
    """
    around = sorted(set(lons))
    gaps = [east - west for west, east in zip(around, [*around[1:], around[0] + WHOLE], strict=True)]
    west = max(range(len(gaps)), key=gaps.__getitem__)
    beyond = around[(west + 1) % len(around)]
    return _wrapped((around[west] + beyond + (WHOLE if beyond > around[west] else 0)) / 2)


def _points(area: Element, ns: dict[str, str]) -> Iterator[tuple[float, float]]:
    """Corners of polygons (`lat,lon` pairs) and middles of circles (`lat,lon radius`), those that are on the globe."""
    for shape in (*area.iterfind("c:polygon", ns), *area.iterfind("c:circle", ns)):
        for pair in (shape.text or "").split():
            lat, _, lon = pair.partition(",")
            y, x = number(lat), number(lon)
            if y is not None and x is not None and abs(y) <= HALF / 2 and abs(x) <= WHOLE:
                yield y, _wrapped(x)


def _wrapped(lon: float) -> float:
    """A longitude counted beyond the date line, brought back to -180 to 180 degrees."""
    return lon if -HALF <= lon <= HALF else (lon + HALF) % WHOLE - HALF

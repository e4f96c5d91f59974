"""Predictions of the task `places`: toponyms of each article with their points."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from streams.domain.geo.places import find_toponyms


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each article `{id, toponyms: [{start, end, lat, lon}]}`; reads id, title, text, source and url."""
    for row in rows:
        domain = row.get("source") or urlsplit(row.get("url") or "").hostname or ""
        found = find_toponyms(row.get("text") or "", title=row.get("title") or "", source=domain)
        yield {
            "id": row["id"],
            "toponyms": [{"start": t.start, "end": t.end, "lat": t.lat, "lon": t.lon} for t in found],
        }

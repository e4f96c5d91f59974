"""Predictions of the task `places`: toponyms of each article with their points."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from streams.domain.geo.places import find_toponyms
from streams.domain.languages.place_tagger import find_places
from streams.evaluate.multilingual import code_of


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each article `{id, toponyms: [{start, end, lat, lon}]}`; reads id, title, text, source, url and lang.

    For text in another language `{id, places: [{start, end}]}`, as the sets of sentences in many languages have it.
    """
    for row in rows:
        if (code := code_of(row)) != "en":
            names = find_places(row.get("text") or "", code)
            yield {"id": row["id"], "places": [{"start": t.start, "end": t.end} for t in names]}
            continue
        domain = row.get("source") or urlsplit(row.get("url") or "").hostname or ""
        found = find_toponyms(row.get("text") or "", title=row.get("title") or "", source=domain)
        yield {
            "id": row["id"],
            "toponyms": [{"start": t.start, "end": t.end, "lat": t.lat, "lon": t.lon} for t in found],
        }

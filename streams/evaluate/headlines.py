"""Predictions of the task `headlines`: figures and place of each headline, and which English headlines report the same.

English headlines are read by the English reader. Those in other languages are paired with them by their vectors, and
by whether place, killed and injured agree; one that names another place or toll is moved down.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from streams.domain.geo.distance import kilometres
from streams.domain.geo.places import Toponym, find_toponyms
from streams.domain.languages.event_types import vectors_of
from streams.domain.languages.figures import Figure
from streams.domain.mentions.read_article import article_casualties
from streams.evaluate.claims import article
from streams.evaluate.multilingual import code_of, headline

NEAR = 60.0  # kilometres within which two names mean one place
WEIGHTS = {"killed": 0.15, "injured": 0.1, "place": 0.35, "country": 0.1}


class HeadlineReading(NamedTuple):
    """The reading of one headline."""

    killed: int | None
    injured: int | None
    place: Toponym | None


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each headline `{id, killed, injured, place, ranking}`; reads lang and text."""
    known = list(rows)
    said = [read(row) for row in known]
    vectors = vectors_of([str(row.get("text") or "") for row in known])
    english = [i for i, row in enumerate(known) if code_of(row) == "en"]
    for at, row in enumerate(known):
        line = {"id": row["id"], "killed": said[at].killed, "injured": said[at].injured, "place": names(said[at].place)}
        if at not in english:
            scores = [float(vectors[at] @ vectors[e]) + agreement(said[at], said[e]) for e in english]
            line["ranking"] = [known[english[k]]["id"] for k in np.argsort(-np.array(scores), kind="stable")]
        yield line


def read(row: dict[str, Any]) -> HeadlineReading:
    """Figures and place of one headline."""
    text, code = str(row.get("text") or ""), code_of(row)
    found = headline(text, code)
    if found is None:
        toll = article_casualties(article({**row, "title": text}))
        places = sorted(find_toponyms(text), key=lambda t: t.kind in ("country", "people"))
        return HeadlineReading(toll.killed or None, toll.injured or None, places[0] if places else None)
    return HeadlineReading(
        figure(found.figures, "killed"), figure(found.figures, "injured"), found.place.toponym if found.place else None
    )


def figure(figures: Iterable[Figure], what: str) -> int | None:
    """The first figure of a kind."""
    return next((f.low if f.low is not None else f.high for f in figures if f.what == what), None)


def names(place: Toponym | None) -> list[str]:
    """The place under its name, and the area that it lies in where the name is that of a town of the same name."""
    return [place.name] if place else []


def agreement(one: HeadlineReading, other: HeadlineReading) -> float:
    """Score by which agreement of place and toll raises or lowers a pair."""
    score = 0.0
    for what in ("killed", "injured"):
        a, b = getattr(one, what) or 0, getattr(other, what) or 0
        score += WEIGHTS[what] * ((a == b and a > 0) - (a != b))
    a, b = one.place, other.place
    if a is not None and b is not None:
        apart = kilometres(a, b)
        if a.name == b.name or (apart is not None and apart < NEAR):
            return score + WEIGHTS["place"]
        return score + (WEIGHTS["country"] if a.country == b.country else -WEIGHTS["country"])
    return score

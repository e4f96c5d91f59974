"""Weights of the choice of an event's place, from articles whose incidents have known places.

`python -m streams.train.event_location DATA`: gva_incidents (a place is right within 30 km of the incident) and muc4 (it is
right when the report's first attack names it). Prints how often the first choice is right, five folds, no incident in two.
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import GroupKFold

from schemas.records import Place
from streams.domain.geo.distance import kilometres
from streams.domain.geo.places import Toponym, to_place
from streams.domain.mentions import event_location
from streams.domain.mentions.grouping import grouping
from streams.domain.text.document import open_document
from streams.evaluate.claims import article
from streams.evaluate.documents import read_rows
from streams.train.choice import Choice, fit_choice, write
from streams.train.held_out import record

RIGHT = 30.0  # kilometres
FINE = ("point", "city")  # how exact the places of gva_incidents are
STRENGTH = 1.0  # of the pull of every weight towards nothing
Right = Callable[[Toponym], bool]


class Example(NamedTuple):
    """The places of one article and which of them are right."""

    set: str
    group: str
    sites: list[event_location.Site]
    right: list[bool]


def examples(data: Path) -> list[Example]:
    """Articles of which at least one place is right and one is wrong."""
    incidents = {row["cluster"]: row for row in read_rows(data / "gva_incidents" / "incidents.jsonl.gz", ())}
    out = []
    for row in read_rows(data / "gva_incidents" / "docs.jsonl.gz", ()):
        gold = incidents.get(row["cluster"])
        if gold is not None and gold["lat"] is not None:
            at = Place(name="", lat=gold["lat"], lon=gold["lon"])
            out.append(_example("gva_incidents", row["cluster"], row, lambda t, at=at: _close(t, at), FINE))
    for row in read_rows(data / "muc4" / "docs.jsonl.gz", ()):
        named = [_names(place) for template in row["templates"][:1] for place in template["location"][:1]]
        if named:
            out.append(
                _example("muc4", row["id"], row, lambda t, names=named[0]: " ".join(t.name.upper().split()) in names)
            )
    return [e for e in out if e is not None and any(e.right) and not all(e.right)]


def _names(location: str) -> set[str]:
    """The finest place of `PERU: LIMA (CITY): SAN ISIDRO (NEIGHBORHOOD)`, and its town beside a quarter."""
    parts = [re.sub(r"\s*\(.*?\)", "", part).strip() for part in location.split(":")]
    return {p for part in parts[-2:] if part != parts[0] or len(parts) == 1 for p in part.split(" - ")}


def _close(t: Toponym, at: Place) -> bool:
    away = kilometres(to_place(t), at)
    return away is not None and away <= RIGHT


def _example(name: str, key: str, row: dict[str, Any], right: Right, among: tuple[str, ...] = ()) -> Example | None:
    """The places of the news, of all precisions or `among` some."""
    document = open_document(article(row))
    draft = next((d for d in grouping(document).drafts if d.role == "main"), None)
    if draft is None:
        return None
    found = event_location.sites(document, draft)
    found = [s for s in found if not among or s.toponym.precision in among]
    return Example(name, key, found, [right(s.toponym) for s in found])


def fit(chosen: Sequence[Example]) -> dict[str, float]:
    """Weights that make right places likely."""
    return fit_choice([Choice([s.features for s in e.sites], e.right) for e in chosen], STRENGTH)


def first_right(weights: dict[str, float], e: Example) -> bool:
    """Whether the likeliest place is a right one."""
    scores = [sum(v * weights.get(k, 0.0) for k, v in s.features.items()) for s in e.sites]
    return e.right[int(np.argmax(scores))]


def main() -> None:
    """Cross-validate, then train on everything."""
    found = examples(Path(sys.argv[1]))
    groups = [e.group for e in found]
    hits: dict[str, list[bool]] = {}
    for inside, outside in GroupKFold(5).split(groups, groups, groups):
        weights = fit([found[n] for n in inside])
        for n in outside:
            hits.setdefault(found[n].set, []).append(first_right(weights, found[n]))
    for name, right in hits.items():
        record("event_location", name, {"first_choice_right": float(np.mean(right))})
    write(fit(found), event_location.WEIGHTS.path)


if __name__ == "__main__":
    main()

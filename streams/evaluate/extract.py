"""Predictions of the task `extract`: MUC-4 templates of the attacks that a report tells of.

Dates are ISO days read against the report's dateline. `location` names the country first, then the places told, as
MUC-4 writes it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from streams.domain.attacks import Attack, read_attacks
from streams.domain.when import find_periods
from streams.evaluate.documents import published

_DATELINE = re.compile(
    r"\b(\d{1,2})\s+([A-Z]{3})[A-Z]*\.?\s+(\d{2})\b|\b([A-Z]{3})[A-Z]*\.?\s+(\d{1,2})\s+(\d{2})\b", re.IGNORECASE
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_HEAD = 400  # characters that hold the dateline
_SLOTS = {"perp_org": 1, "perp_individual": 1, "hum_tgt_name": 3, "phys_tgt": 2}
_PLACES = 4
_LITTLE = frozenset("a an the of and in de del la el los las y".split())


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each report `{id, templates: [{type, location, date, perp_org, ...}]}`; reads title, text and time."""
    for row in rows:
        text = f"{row.get('title') or ''}\n\n{row.get('text') or ''}"
        day = published(row) or dateline(text)
        yield {"id": row["id"], "templates": [template(attack, day) for attack in read_attacks(text)]}


def dateline(text: str) -> datetime | None:
    """The day a report was sent from its head (`SAN SALVADOR, 3 JAN 90`); None when there is none."""
    for m in _DATELINE.finditer(text[:_HEAD]):
        day, month, year = (m[1], m[2], m[3]) if m[1] else (m[5], m[4], m[6])
        if month[:3].lower() in _MONTHS:
            try:
                return datetime(1900 + int(year), _MONTHS.index(month[:3].lower()) + 1, int(day), tzinfo=UTC)
            except ValueError:
                continue
    return None


def template(attack: Attack, day: datetime | None) -> dict[str, Any]:
    """One template of an attack."""
    out: dict[str, Any] = {"type": attack.kind}
    places = distinct(attack.parts.get("place", []))[:_PLACES]
    if places:
        out["location"] = ": ".join(places)
    when = _when(attack, day)
    if when is not None:
        out["date"] = when.date().isoformat()
    for slot, most in _SLOTS.items():
        names = distinct(attack.parts.get(slot, []))[:most]
        if names:
            out[slot] = names
    return out


def distinct(names: Iterable[str]) -> list[str]:
    """Names in order, each thing once: a name whose words all stand in another gives way to the longer one."""
    kept: list[tuple[str, frozenset[str]]] = []
    for name in names:
        words = frozenset(name.lower().split()) - _LITTLE
        if not words or any(words <= other for _, other in kept):
            continue
        kept = [(n, w) for n, w in kept if not w < words]
        kept.append((name, words))
    return [name for name, _ in kept]


def _when(attack: Attack, day: datetime | None) -> datetime | None:
    for sentence in attack.sentences:
        for found in find_periods(sentence, day):
            if found.period.precision == "day" and not found.open and (day is None or found.period.start <= day):
                return found.period.start
    return day

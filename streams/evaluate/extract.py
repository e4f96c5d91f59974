"""Predictions of the task `extract`: MUC-4 templates of the attacks that a report reports.

Dates are ISO days read against the report's dateline. `location` is one line from the country down to the places
told in the attack's sentences, as MUC-4 writes it; without any, the place of the dateline.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from streams.domain.geo.places import Toponym, find_toponyms
from streams.domain.text.temporal import find_periods
from streams.evaluate.attacks import Attack, read_attacks, split
from streams.evaluate.documents import published

_DATELINE = re.compile(
    r"\b(\d{1,2})\s+([A-Z]{3})[A-Z]*\.?\s+(\d{2})\b|\b([A-Z]{3})[A-Z]*\.?\s+(\d{1,2})\s+(\d{2})\b", re.IGNORECASE
)
_SENT = re.compile(r"^.{0,150}? --? ")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_HEAD = 400  # characters that hold the dateline
_SLOTS = {"perp_org": 1, "perp_individual": 2, "hum_tgt_name": 3, "phys_tgt": 3}
_PLACES = 6
_SURE = 0.2  # confidence from which a toponym is taken for the place of an attack
_COUNTRIES = {  # as MUC-4 writes them
    "AR": "ARGENTINA", "BO": "BOLIVIA", "BR": "BRAZIL", "CL": "CHILE", "CO": "COLOMBIA", "CR": "COSTA RICA",
    "CU": "CUBA", "DO": "DOMINICAN REPUBLIC", "EC": "ECUADOR", "ES": "SPAIN", "GT": "GUATEMALA", "HN": "HONDURAS",
    "HT": "HAITI", "MX": "MEXICO", "NI": "NICARAGUA", "PA": "PANAMA", "PE": "PERU", "PR": "PUERTO RICO",
    "PY": "PARAGUAY", "SV": "EL SALVADOR", "US": "UNITED STATES", "UY": "URUGUAY", "VE": "VENEZUELA",
}  # fmt: skip
_LITTLE = frozenset("a an the of and in de del la el los las y".split())


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each report `{id, templates: [{type, location, date, perp_org, ...}]}`; reads title, text and time."""
    for row in rows:
        text = f"{row.get('title') or ''}\n\n{row.get('text') or ''}"
        attacks = read_attacks(text)
        report = Report(text, published(row) or dateline(text), located=bool(attacks))
        yield {"id": row["id"], "templates": [report.template(attack) for attack in attacks]}


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


class Report:
    """Facts about a report beside its attacks: its day and its places."""

    def __init__(self, text: str, day: datetime | None, *, located: bool) -> None:
        self.text = " ".join(split(text))
        self.day = day
        self.toponyms = find_toponyms(self.text) if located else []

    def template(self, attack: Attack) -> dict[str, Any]:
        """One template of an attack; slots without a fill are left out."""
        out: dict[str, Any] = {"type": attack.kind}
        location = self._location(attack)
        if location:
            out["location"] = location
        when = self._when(attack)
        if when is not None:
            out["date"] = when.date().isoformat()
        for slot, most in _SLOTS.items():
            names = distinct(attack.parts.get(slot, []))[:most]
            if names:
                out[slot] = names
        return out

    def _location(self, attack: Attack) -> str:
        spans = [(at, at + len(s)) for s in (*attack.sentences, *attack.around) if (at := self.text.find(s)) >= 0]
        told = [t for t in self.toponyms if t.confidence >= _SURE and any(a <= t.start < b for a, b in spans)]
        codes = Counter(t.country for t in told or self.toponyms if t.country)
        country = next((code for code, _ in codes.most_common() if code in _COUNTRIES), None)
        near = [t for t in told if t.country == country and t.precision != "country"] or self._sent_from(country)
        names = [n for t in near for n in (t.admin1 or "", t.name)] + attack.parts.get("place", [])
        return ": ".join([*([_COUNTRIES[country]] if country else []), *distinct(names)[:_PLACES]])

    def _sent_from(self, country: str | None) -> list[Toponym]:
        return [t for t in self.toponyms if t.start < _HEAD // 8 and t.country == country and t.precision == "city"][:1]

    def _when(self, attack: Attack) -> datetime | None:
        for sentence in attack.sentences:
            for found in find_periods(_SENT.sub("", sentence), self.day):
                recent = self.day is None or found.period.start <= self.day
                if found.period.precision == "day" and not found.open and recent:
                    return found.period.start
        return self.day

"""Filters the console's stream for a subscriber: `/api/stream?family=explosions&country=IQ`.

A subscriber gets incidents and alerts that match, and a `gone` for each that no longer matches.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import Stop
from streams.console.board import Update

LISTED = ("family", "subtype", "country", "level", "kind")  # several values are separated by commas
IDS = {"incident": "incident_id", "alert": "alert_id"}


class UnknownFilter(Stop):
    """An unknown filter, or a severity that is no number."""


@dataclass(slots=True)
class StreamFilter:
    """The filters of one subscriber, and the keys that were sent to it."""

    wanted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    severity: int = 0
    resumed: bool = False
    told: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "StreamFilter | None":
        """The filter of a query, None when it asks for everything. Raises UnknownFilter."""
        given = {name: value for name, value in query.items() if name not in {"since", "token"} and value}
        if unknown := given.keys() - {*LISTED, "severity"}:
            raise UnknownFilter(f"no filter {', '.join(sorted(unknown))}; there are: {', '.join(LISTED)}, severity")
        severity = given.pop("severity", "")
        if severity and not severity.isdecimal():
            raise UnknownFilter(f"severity is a minimum from 0 to 5, not {severity!r}")
        if not given and not severity:
            return None
        return cls({name: frozenset(value.split(",")) for name, value in given.items()}, int(severity or 0))

    def beginning(self, snapshot: Mapping[str, Any], missed: Iterable[Update] | None) -> list[Update]:
        """The matches among missed updates; among all that is held when `missed` is None."""
        self.resumed = missed is not None
        if missed is None:
            held = [(kind, body) for kind in IDS for body in snapshot[f"{kind}s"]]
            missed = [Update(kind, f"{kind}/{body[IDS[kind]]}", body) for kind, body in held]
        return list(self.of_updates(missed))

    def of_updates(self, updates: Iterable[Update]) -> Iterator[Update]:
        """The matches among updates; `gone` for what no longer matches, or may have been sent before a break."""
        for update in updates:
            if update.kind in IDS and self._matches(update):
                self.told.add(update.key)
                yield update
            elif update.kind in IDS and (update.key in self.told or self.resumed):
                self.told.discard(update.key)
                yield Update("gone", update.key, {"what": update.kind, "id": update.body[IDS[update.kind]]})
            elif update.kind == "gone" and (update.key in self.told or self.resumed):
                self.told.discard(update.key)
                yield update

    def _matches(self, update: Update) -> bool:
        body = update.body
        has = {
            "kind": update.kind,
            "country": (body["place"] or {}).get("country") or "",
            **{name: body.get(name, "") for name in ("family", "subtype", "level")},
        }
        # Incidents have no level: a filter by level matches alerts only.
        return body["severity"] >= self.severity and all(has[name] in values for name, values in self.wanted.items())

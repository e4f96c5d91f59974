"""The console's queries to ClickHouse: the reports of an incident with their copies, and past incidents."""

import json
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from connectors.sinks.contract import Reader, literal
from connectors.sinks.open import open_reader
from deploy.actions.finding import finding
from schemas.codec import from_json
from schemas.records import Incident
from schemas.topics import INCIDENT
from streams.console.archive import Found, Sought

MOST_FOUND = 200  # incidents shown of a search
MOST_REPORTS, MOST_COPIES, MOST_INCIDENTS = 200, 500, 50_000
REPORT = (
    "mention_id", "document_id", "role", "title", "passage", "url", "domain", "publisher", "origin", "lang",
    "reported_at",
)  # fmt: skip
COPY = ("copy_of", "domain", "publisher", "title", "url", "kind", "similarity", "at")


class ClickHouseArchive:
    """Queries the ClickHouse at an address, or an open one. Every method raises StoreError when it does not answer."""

    def __init__(self, source: str | Reader) -> None:
        self._source = source

    @cached_property
    def _reader(self) -> Reader:
        return open_reader(self._source) if isinstance(self._source, str) else self._source

    def reports(self, incident_id: str) -> list[dict[str, Any]]:
        """Reports of an incident, the earliest first, each with its copies."""
        where = f"incident_id = {literal(incident_id)} AND superseded = 0"
        order = f"ORDER BY reported_at, mention_id LIMIT {MOST_REPORTS}"
        rows = self._reader.query(f"SELECT {', '.join(REPORT)} FROM incident_mention WHERE {where} {order}").rows  # noqa: S608 - literals are escaped
        reports = [_plain(REPORT, row) for row in rows]
        copies = self._copies({report["document_id"] for report in reports})
        return [report | {"copies": copies[report["document_id"]]} for report in reports]

    def incidents(self, days: int) -> list[Incident]:
        """Current incidents of the last `days` before the newest of them, the newest first."""
        newest = self.newest()
        if newest is None:
            return []
        since = f"toDateTime({newest.timestamp():.0f}, 'UTC') - {days * 86_400:d}"
        order = f"ORDER BY last_changed DESC LIMIT {MOST_INCIDENTS}"
        rows = self._reader.query(f"SELECT record FROM incident FINAL WHERE last_changed >= {since} {order}").rows  # noqa: S608 - numbers
        return [from_json(json.loads(record), INCIDENT.name) for (record,) in rows]

    def newest(self) -> datetime | None:
        """When the newest incident last changed; None without any."""
        ((count, at),) = self._reader.query("SELECT count(), max(last_changed) FROM incident").rows
        return at if count else None

    def incident(self, incident_id: str) -> Incident | None:
        """One incident as it stands; None when it is not there."""
        rows = self._reader.query(f"SELECT record FROM incident FINAL WHERE incident_id = {literal(incident_id)}").rows  # noqa: S608 - literals are escaped
        return from_json(json.loads(rows[0][0]), INCIDENT.name) if rows else None

    def find(self, sought: Sought, held: AbstractSet[str]) -> Found:
        """Incidents that match, the newest first; of those `held` only what the board's own search misses."""
        newest = self.newest()
        if newest is None:
            return Found((), 0)
        has_words = any(row[0] == "words" for row in self._reader.query("DESCRIBE TABLE account").rows)
        rows = self._reader.query(finding(sought, newest, datetime.now(UTC), has_words=has_words)).rows
        ids = [incident_id for incident_id, plainly in rows if not (plainly and incident_id in held)]
        place = {incident_id: number for number, incident_id in enumerate(ids[:MOST_FOUND])}
        chosen = ", ".join(map(literal, place))
        if not chosen:
            return Found((), 0)
        records = self._reader.query(f"SELECT record FROM incident FINAL WHERE incident_id IN ({chosen})").rows  # noqa: S608 - literals are escaped
        found = [from_json(json.loads(record), INCIDENT.name) for (record,) in records]
        return Found(sorted(found, key=lambda i: place[i.incident_id]), len(ids))

    def _copies(self, documents: Iterable[str]) -> defaultdict[str, list[dict[str, Any]]]:
        found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        ids = ", ".join(map(literal, sorted(documents)))
        if not ids:
            return found
        moment = "ifNull(published_at, fetched_at) AS at"
        order = f"ORDER BY at, url LIMIT {MOST_COPIES}"
        columns = ", ".join((*COPY[:-1], moment))
        for row in self._reader.query(f"SELECT {columns} FROM copy FINAL WHERE copy_of IN ({ids}) {order}").rows:  # noqa: S608 - literals are escaped
            copy = _plain(COPY, row)
            found[copy.pop("copy_of")].append(copy)
        return found


def _plain(names: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    """A row as JSON values: times in ISO 8601."""
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in zip(names, row, strict=True)}

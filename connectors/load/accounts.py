"""Keeps the table `account`: the mentions of each incident side by side, so that an incident is one short read.

What a mention's row says follows from the tables alone: the incident that it was put in last, the merges that led on
from there, and whether a later revision of its story replaces it. After each batch the rows of every mention
that the batch touches are computed again; the order of topics and repetitions do not matter.

Of two loaders that write one mention, the one that read later has the later stamp, and saw all that the other saw.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.sinks.contract import Store, literal

Columns = Mapping[str, Sequence[Any]]
AT_ONCE = 1_000  # ids in one statement, which a server takes up to 256 kB of
FOLLOWED = 8  # merges of merges, as in the view `incident_survivor`
CLAIM = ("what", "min", "max", "of", "attributed_to", "attribution_kind", "stated_at", "text")
COPIED = (
    *("mention_id", "document_id", "role", "family", "subtype", "country", *(f"claim_{name}" for name in CLAIM)),
    *("passage", "confidence", "title", "url", "domain", "publisher", "origin", "lang", "reported_at"),
)


class Accounts:
    """Brings `account` up to date with what a batch stored. `now_us`: microseconds since 1970."""

    def __init__(self, store: Store, now_us: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self._store, self._now_us = store, now_us

    def follow(self, stored: Iterable[tuple[str, Columns]]) -> int:
        """Recompute the mentions that these rows touch; returns how many. Raises RowsRefused or StoreAway."""
        touched: set[str] = set()
        for table, columns in stored:
            if table == "story_mention":
                touched |= set(columns["mention_id"]) | self._column(
                    "SELECT mention_id FROM story_mention", "story_id", set(columns["story_id"])
                )
            elif table == "incident_version":
                touched |= {said for said in columns["change_mention_id"] if said}
                ids = zip(columns["incident_id"], columns["merged_into"], strict=True)
                touched |= self._of_incidents({incident for incident, into in ids if into})
        for part in _parts(sorted(touched)):
            self._write(part)
        return len(touched)

    def _of_incidents(self, incidents: set[str]) -> set[str]:
        """Mentions that were put in these incidents, or came to them by merges."""
        return self._column("SELECT mention_id FROM account", "incident_id", incidents) | self._column(
            "SELECT change_mention_id FROM incident_version", "incident_id", incidents
        ) - {""}

    def _write(self, mentions: Sequence[str]) -> None:
        stamp = self._now_us()
        placed = dict(self._rows("SELECT mention_id, incident_id FROM placement FINAL", "mention_id", mentions))
        lives = self._survivors(set(placed.values()))
        home = {mention: lives[incident] for mention, incident in placed.items()}
        self._leave(mentions, home, stamp)
        if home:
            self._store.insert("account_home", _homes(home.items(), stamp))
            self._store.execute(_insert(home, stamp))

    def _leave(self, mentions: Sequence[str], home: Mapping[str, str], stamp: int) -> None:
        """Mark the rows of mentions that have moved on."""
        rows = self._rows("SELECT mention_id, incident_id FROM account_home FINAL", "mention_id", mentions)
        left = [(mention, incident) for mention, incident in rows if home.get(mention) != incident]
        if left:
            self._store.insert("account", {**_homes(left, stamp), "here": [0] * len(left)})

    def _survivors(self, incidents: set[str]) -> dict[str, str]:
        """The incident that each of these was merged into; itself where it was not merged."""
        lives = {incident: incident for incident in incidents}
        for _ in range(FOLLOWED):
            merged = self._rows("SELECT incident_id, merged_into FROM incident FINAL", "incident_id", lives.values())
            into = {incident: end for incident, end in merged if end}
            if not into:
                break
            lives = {incident: into.get(end, end) for incident, end in lives.items()}
        return lives

    def _column(self, select: str, key: str, values: Iterable[str]) -> set[str]:
        return {value for (value,) in self._rows(select, key, values)}

    def _rows(self, select: str, key: str, values: Iterable[str]) -> list[tuple[Any, ...]]:
        """The rows whose `key` is one of the values."""
        parts = _parts(sorted(set(values)))
        return [row for part in parts for row in self._store.query(f"{select} WHERE {key} IN ({_listed(part)})").rows]


def _insert(home: Mapping[str, str], stamp: int) -> str:
    """The statement that copies these mentions below their incidents."""
    mentions, names = _listed(list(home)), ", ".join(COPIED)
    return f"""
        INSERT INTO account (incident_id, here, superseded, written_us, {names})
        SELECT transform(mention_id, [{mentions}], [{_listed(list(home.values()))}], '') AS incident_id, 1,
            document_id != latest_document OR (document_kind = 'event' AND mention_id != latest_mention),
            {stamp}, {names}
        FROM (SELECT story_id, document_kind, {names} FROM mention FINAL WHERE mention_id IN ({mentions})) AS m
        ALL LEFT JOIN (
            SELECT story_id, argMax(document_id, tuple(reported_at, produced_ms, document_id)) AS latest_document,
                argMax(mention_id, tuple(reported_at, produced_ms, mention_id)) AS latest_mention
            FROM story_mention FINAL
            WHERE story_id IN (SELECT story_id FROM mention WHERE mention_id IN ({mentions})) GROUP BY story_id
        ) AS s USING story_id"""  # noqa: S608 - quoted


def _homes(rows: Iterable[tuple[str, str]], stamp: int) -> dict[str, Sequence[Any]]:
    mentions, incidents = zip(*rows, strict=True)
    return {"mention_id": mentions, "incident_id": incidents, "written_us": [stamp] * len(mentions)}


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(literal, values))

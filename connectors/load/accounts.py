"""Keeps the table `account`: the mentions of each incident side by side, so that an incident is one short read.

What a mention's row says follows from the tables alone: the incident that it was put in last, the merges that led on
from there, and whether a later revision of its story replaces it. After each batch the rows of every mention
that the batch touches are computed again; the order of topics and repetitions do not matter.

Beside it stand `incident_first`, who told of each incident first, and `merge_step`, where merges lead.

Of two loaders that write one mention, the one that read later has the later stamp, and saw all that the other saw. A
stamp is later than those that are there, so that a clock that was set back, or another loader's that is ahead, keeps
nothing as it was.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connectors.load.statements import Columns, listed, parts
from connectors.sinks.contract import Store

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
                touched |= self._of_incidents(self._merges(columns))
        for part in parts(sorted(touched)):
            self._write(part)
        return len(touched)

    def _merges(self, versions: Columns) -> set[str]:
        """Keep the merges that these versions tell of or take back; the incidents that were merged."""
        merged = {i for i, into in zip(versions["incident_id"], versions["merged_into"], strict=True) if into}
        once = self._column("SELECT incident_id FROM merge_step", "incident_id", versions["incident_id"])
        stamp = self._stamp("merge_step", "incident_id", merged | once)
        if stepped := self._rows("SELECT incident_id, merged_into FROM incident FINAL", "incident_id", merged | once):
            ids, into = zip(*stepped, strict=True)
            self._store.insert(
                "merge_step", {"incident_id": ids, "merged_into": into, "written_us": [stamp] * len(ids)}
            )
        return merged

    def _of_incidents(self, incidents: set[str]) -> set[str]:
        """Mentions that were put in these incidents, or came to them by merges."""
        return self._column("SELECT mention_id FROM account", "incident_id", incidents) | self._column(
            "SELECT change_mention_id FROM incident_version", "incident_id", incidents
        ) - {""}

    def _write(self, mentions: Sequence[str]) -> None:
        stamp = self._stamp("account_home", "mention_id", mentions)
        placed = dict(self._rows("SELECT mention_id, incident_id FROM placement FINAL", "mention_id", mentions))
        lives = self._survivors(set(placed.values()))
        home = {mention: lives[incident] for mention, incident in placed.items()}
        changed = self._leave(mentions, home, stamp) | set(home.values())
        if home:
            self._store.insert("account_home", _homes(home.items(), stamp))
            self._store.execute(_insert(home, stamp))
        for part in parts(sorted(changed)):
            self._store.execute(_first(part, self._stamp("incident_first", "incident_id", part)))

    def _leave(self, mentions: Sequence[str], home: Mapping[str, str], stamp: int) -> set[str]:
        """Mark the rows of mentions that have moved on; the incidents that they were in."""
        rows = self._rows("SELECT mention_id, incident_id FROM account_home FINAL", "mention_id", mentions)
        left = [(mention, incident) for mention, incident in rows if home.get(mention) != incident]
        if left:
            self._store.insert("account", {**_homes(left, stamp), "here": [0] * len(left)})
        return {incident for _, incident in left}

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

    def _stamp(self, table: str, key: str, values: Iterable[str]) -> int:
        """The stamp of rows that follow from what is read after this: who read later wrote later."""
        there = self._rows(f"SELECT max(written_us) FROM {table}", key, values)  # noqa: S608 - our own names
        return max(self._now_us(), *(int(stamp) + 1 for (stamp,) in there), 0)

    def _column(self, select: str, key: str, values: Iterable[str]) -> set[str]:
        return {value for (value,) in self._rows(select, key, values)}

    def _rows(self, select: str, key: str, values: Iterable[str]) -> list[tuple[Any, ...]]:
        """The rows whose `key` is one of the values."""
        return [
            row
            for part in parts(sorted(set(values)))
            for row in self._store.query(f"{select} WHERE {key} IN ({listed(part)})").rows
        ]


def _insert(home: Mapping[str, str], stamp: int) -> str:
    """The statement that copies these mentions below their incidents."""
    mentions, names = listed(list(home)), ", ".join(COPIED)
    return f"""
        INSERT INTO account (incident_id, here, superseded, written_us, {names})
        SELECT transform(mention_id, [{mentions}], [{listed(list(home.values()))}], '') AS incident_id, 1,
            document_id != latest_document OR (document_kind = 'event' AND mention_id != latest_mention),
            {stamp}, {names}
        FROM (SELECT story_id, document_kind, {names} FROM mention FINAL WHERE mention_id IN ({mentions})) AS m
        ALL LEFT JOIN (
            SELECT story_id, argMax(document_id, tuple(reported_at, produced_ms, document_id)) AS latest_document,
                argMax(mention_id, tuple(reported_at, produced_ms, mention_id)) AS latest_mention
            FROM story_mention FINAL
            WHERE story_id IN (SELECT story_id FROM mention WHERE mention_id IN ({mentions})) GROUP BY story_id
        ) AS s USING story_id"""  # noqa: S608 - quoted


def _first(incidents: Sequence[str], stamp: int) -> str:
    """The statement that works out who told of each of these incidents first; nobody where none does any more."""
    is_news = "here = 1 AND superseded = 0 AND role IN ('main', 'follow-up')"
    first = f"tuple(reported_at, mention_id), {is_news}"
    return f"""
        INSERT INTO incident_first (incident_id, publisher, domain, told_at, written_us)
        SELECT incident_id, argMinIf(publisher, {first}), argMinIf(domain, {first}), minIf(reported_at, {is_news}),
            {stamp}
        FROM account FINAL WHERE incident_id IN ({listed(incidents)}) GROUP BY incident_id"""  # noqa: S608 - quoted


def _homes(rows: Iterable[tuple[str, str]], stamp: int) -> dict[str, Sequence[Any]]:
    mentions, incidents = zip(*rows, strict=True)
    return {"mention_id": mentions, "incident_id": incidents, "written_us": [stamp] * len(mentions)}

"""Records in the order of time: one that comes again with another time leaves the time that it had.

Where a record stood before is looked up in a table that is in the order of ids, and that the loader fills after the one
in the order of time (connectors/load/rows.py): after a failure in between, the batch finds there again what it found.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.load.statements import Columns, listed, parts
from connectors.sinks.contract import Store


@dataclass(frozen=True, slots=True)
class Timed:
    """A table in the order of `moment`, one row per `key`; the table that knows earlier moments, and its first key."""

    moment: str
    key: str
    home: str
    by: str


TIMED: Mapping[str, Timed] = {
    "article_by_time": Timed("fetched_at", "article_id", "article_brief", "article_id"),
    "copy_by_time": Timed("fetched_at", "article_id", "copied", "article_id"),
    "mention_by_time": Timed("reported_at", "mention_id", "story_mention", "story_id"),
    "incident_by_time": Timed("first_seen", "incident_id", "incident", "incident_id"),
}
Told = tuple[int, datetime]  # when a record entered Kafka, and the time that it gave


class Moments:
    """Says of rows in the order of time which of them hold, by what is stored already."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def settled(self, table: str, tables: Mapping[str, Columns]) -> Columns:
        """The columns for one of a topic's tables; to one in the order of time come rows for times that are over.

        Raises StoreAway.
        """
        columns = tables[table]
        if table not in TIMED:
            return columns
        timed = TIMED[table]
        ids, told = columns[timed.key], self._told(timed, tables)
        for key, *arrives in zip(ids, columns["produced_ms"], _seconds(columns[timed.moment]), strict=True):
            told[key].add((arrives[0], arrives[1]))
        latest = {key: max(all_told) for key, all_told in told.items()}
        merged = columns.get("gone", [0] * len(ids))
        now = [*zip(ids, _seconds(columns[timed.moment]), strict=True)]
        gone = [int(was or at != latest[key][1]) for (key, at), was in zip(now, merged, strict=True)]
        row_of, here = {key: number for number, key in enumerate(ids)}, set(now)
        left = sorted({(key, at) for key, all_told in told.items() for _, at in all_told} - here)
        left = [(key, at) for key, at in left if at != latest[key][1]]
        made = {name: [*values, *(values[row_of[key]] for key, _ in left)] for name, values in columns.items()}
        return made | {
            timed.moment: [*columns[timed.moment], *(at for _, at in left)],
            "produced_ms": [*columns["produced_ms"], *(latest[key][0] for key, _ in left)],
            "gone": [*gone, *(1 for _ in left)],
        }

    def _told(self, timed: Timed, tables: Mapping[str, Columns]) -> defaultdict[str, set[Told]]:
        """What is stored of the records of this batch."""
        told: defaultdict[str, set[Told]] = defaultdict(set)
        arriving = set(tables[timed.home][timed.key])
        select = f"SELECT {timed.key}, produced_ms, {timed.moment} FROM {timed.home}"  # noqa: S608 - our own names
        for part in parts(sorted(set(tables[timed.home][timed.by]))):
            for key, produced, at in self._store.query(f"{select} WHERE {timed.by} IN ({listed(part)})").rows:
                if key in arriving:
                    told[key].add((int(produced), at))
        return told


def _seconds(moments: Sequence[Any]) -> list[datetime]:
    return [moment.replace(microsecond=0) for moment in moments]

"""Deletes rows that are older than the settings keep them: by the day that they entered Kafka, once a day.

A mutation rewrites the parts that hold such rows, so the bound moves by whole days. `DELETE` is a statement of every
ClickHouse from 18.16 on, with and without a cluster; a TTL is not.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.sinks.contract import Store, StoreAway, StoreError
from schemas.topics import DAY_MS

log = logging.getLogger("tocsin.load")
# Tables by what their rows tell of, each with the column of its age and how many of that are a millisecond.
PRODUCED, WRITTEN = ("produced_ms", 1), ("written_us", 1000)
OF_ARTICLES = dict.fromkeys(
    ("article", "article_by_time", "article_brief", "feed_event", "original", "copy", "copy_by_time", "copied",
     "copy_link", "mention", "mention_by_time", "story_mention", "placement", "feed_history", "quarantine"), PRODUCED,
) | dict.fromkeys(("account", "account_home", "article_tally_hour", "article_tally_day"), WRITTEN)  # fmt: skip
OF_INCIDENTS = dict.fromkeys(
    ("incident", "incident_version", "incident_by_time", "change_by_time", "relation", "alert", "triage"), PRODUCED
) | dict.fromkeys(("incident_first", "merge_step", "incident_tally_hour", "incident_tally_day"), WRITTEN)
AGAIN_MS = 60_000  # until what failed is tried again


@dataclass(frozen=True, slots=True)
class Kept:
    """Days that rows stay; 0 keeps them."""

    article_days: float = 0.0
    incident_days: float = 0.0

    def bounds(self, now_ms: int) -> dict[str, int]:
        """By table, the milliseconds since 1970 before which its rows go; tables that keep all are left out."""
        today = now_ms - now_ms % DAY_MS
        return {
            table: today - int(days * DAY_MS)
            for tables, days in ((OF_ARTICLES, self.article_days), (OF_INCIDENTS, self.incident_days))
            for table in (tables if days else ())
        }


def too_old(table: str, bound_ms: int) -> str:
    """The condition on rows of a table that are older than that moment."""
    column, per_ms = (OF_ARTICLES | OF_INCIDENTS)[table]
    return f"{column} < {bound_ms * per_ms}"


class Retention:
    """Has a store delete what is too old; remembers what it has asked for."""

    def __init__(self, store: Store, kept: Kept) -> None:
        self._store, self._kept = store, kept
        self._asked: dict[str, int] = {}
        self._not_before = 0

    def expire(self, now_ms: int) -> tuple[str, ...]:
        """Delete what has become too old since the last call; the tables. Cheap when there is nothing to do.

        A store that does not answer is asked again after a minute; one that refuses, on the next day.
        """
        if now_ms < self._not_before:
            return ()
        try:
            if self._due(now_ms):
                now_ms = self._agreed(now_ms)
            return tuple(self._delete(self._due(now_ms)))
        except StoreAway as error:
            self._not_before = now_ms + AGAIN_MS
            log.warning("rows that are too old stay until ClickHouse answers: %s", error)
            return ()

    def _due(self, now_ms: int) -> list[tuple[str, int]]:
        return [(table, bound) for table, bound in self._kept.bounds(now_ms).items() if self._asked.get(table) != bound]

    def _agreed(self, now_ms: int) -> int:
        """The earlier of our clock and the store's: a wrong one must not delete what is young. Raises StoreError."""
        theirs = int(self._store.query("SELECT toUnixTimestamp(now())").rows[0][0]) * 1000
        if theirs < now_ms - DAY_MS:
            self._not_before = now_ms + AGAIN_MS
            log.error(
                "rows are deleted by ClickHouse's clock, as ours is %d days ahead of it", (now_ms - theirs) // DAY_MS
            )
        return min(now_ms, theirs)

    def _delete(self, due: Iterable[tuple[str, int]]) -> Iterator[str]:
        for table, bound in due:
            try:
                self._store.execute(f"ALTER TABLE {table} DELETE WHERE {too_old(table, bound)}")
                log.info("deleting rows of %s from before %d ms", table, bound)
                yield table
            except StoreAway:
                raise
            except StoreError as error:
                log.error(  # noqa: TRY400 - a traceback tells an operator nothing
                    "too old rows of %s stay; may the loader delete (ALTER DELETE)? %s", table, error
                )
            self._asked[table] = bound

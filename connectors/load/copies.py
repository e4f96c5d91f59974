"""Keeps the table `copied`: each copy with what is known of its original, so that who copies whom is one read.

A copy comes without its original. After each batch the copies that it brings, and those whose originals it brings, are
written again with the original beside them; the order of topics and repetitions do not matter.
"""

from collections.abc import Iterable

from connectors.load.statements import Columns, listed, parts
from connectors.sinks.contract import Store

OWN = (
    *("article_id", "copy_of", "kind", "similarity", "origin", "domain", "publisher", "title", "url"),
    *("published_at", "fetched_at", "produced_ms"),
)
OF_ORIGINAL = ("domain", "title", "url", "published_at", "fetched_at")


class Copies:
    """Brings `copied` up to date with what a batch stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def follow(self, stored: Iterable[tuple[str, Columns]]) -> int:
        """Write the copies that these rows touch with their originals; returns how many. Raises StoreError."""
        touched: set[str] = set()
        for table, columns in stored:
            if table == "copied":
                touched |= set(columns["article_id"])
            elif table == "article_brief":
                for part in parts(sorted(set(columns["article_id"]))):
                    found = self._store.query(f"SELECT article_id FROM copy_link WHERE copy_of IN ({listed(part)})")  # noqa: S608 - quoted
                    touched |= {article for (article,) in found.rows}
        for part in parts(sorted(touched)):
            self._store.execute(_insert(listed(part)))
        return len(touched)


def _insert(copies: str) -> str:
    """The statement that writes these copies again, where their originals are known."""
    own, original = ", ".join(OWN), ", ".join(f"original_{name}" for name in OF_ORIGINAL)
    named = ", ".join(f"{name} AS original_{name}" for name in OF_ORIGINAL)
    return f"""
        INSERT INTO copied ({own}, {original}, known)
        SELECT {own}, {original}, 1
        FROM (SELECT {own} FROM copied FINAL WHERE article_id IN ({copies})) AS c
        ALL INNER JOIN (
            SELECT article_id AS copy_of, {named} FROM article_brief FINAL
            WHERE article_id IN (SELECT copy_of FROM copied WHERE article_id IN ({copies}))
        ) AS o USING copy_of"""  # noqa: S608 - quoted

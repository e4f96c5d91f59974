"""Mentions of generated news go through one table that keeps nothing, and from it into all that the loader makes of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.load.accounts import COPIED
from connectors.sinks.contract import Store

MADE = "made_mention"


@contextmanager
def accounts_beside(store: Store) -> Iterator[None]:
    """What is inserted into MADE, mentions with the incident that each belongs to, goes to every table inside."""
    columns = [name for name, *_ in store.query("DESCRIBE TABLE mention").rows if name != "loaded_at"]
    mention, account = ", ".join(columns), ", ".join(COPIED)
    into = {
        "mention": mention,
        "story_mention": "story_id, mention_id, document_id, reported_at, produced_ms",
        "placement": "mention_id, incident_id, toUInt8(0) AS by_split, produced_ms, produced_ms * 2 AS placed",
        "account": f"incident_id, toUInt8(1) AS here, toUInt64(1) AS written_us, {account}",
        "account_home": "mention_id, incident_id, toUInt64(1) AS written_us",
    }
    views = [f"{MADE}_{table}" for table in into]
    store.execute(f"CREATE TABLE {MADE} ENGINE = Null EMPTY AS SELECT {mention}, '' AS incident_id FROM mention")
    for view, (table, selected) in zip(views, into.items(), strict=True):
        store.execute(f"CREATE MATERIALIZED VIEW {view} TO {table} AS SELECT {selected} FROM {MADE}")
    try:
        yield
    finally:
        for name in (*views, MADE):
            store.execute(f"DROP TABLE {name}")

"""Tables that explain themselves: comments on every table, view and column, and the `codebook` table.

Both come from the contracts. They are written when the codebook of the store differs from ours, so once a release.
Columns take comments on every server; tables and views as wholes do from TABLE_COMMENTS on.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict

from connectors.sinks.contract import Store, literal
from schemas.codebook import Entry, comment, table_entries, topic_entries

TABLE_COMMENTS = (23, 3)  # both kinds of ALTER that are used here
FIELDS = ("kind", "name", "field", "type", "unit", "values", "meaning", "since")


def explain(store: Store) -> int:
    """Bring comments and codebook up to date; how many entries were written, 0 when nothing had changed.

    Raises QueryRefused or StoreAway.
    """
    entries = topic_entries() + table_entries(_columns(store))
    if _kept(store) == set(map(_row, entries)):
        return 0
    for name, of_table in _by_table(entries).items():
        _comment(store, name, of_table)
    store.execute("TRUNCATE TABLE codebook")
    rows = [asdict(entry) for entry in entries]
    store.insert("codebook", {field: [_plain(row[field]) for row in rows] for field in FIELDS})
    return len(entries)


def _columns(store: Store) -> dict[str, Sequence[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, name, kind in store.query(
        "SELECT table, name, type FROM system.columns WHERE database = currentDatabase()"
    ).rows:
        found[table].append((name, kind))
    return dict(found)


def _kept(store: Store) -> set[tuple[object, ...]]:
    names = ", ".join(f"`{field}`" for field in FIELDS)
    rows = store.query(f"SELECT {names} FROM codebook FINAL").rows  # noqa: S608 - our own names
    return {tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in rows}


def _row(entry: Entry) -> tuple[object, ...]:
    return tuple(asdict(entry)[field] for field in FIELDS)


def _by_table(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind != "topic":
            found[entry.name].append(entry)
    return found


def _comment(store: Store, table: str, entries: Sequence[Entry]) -> None:
    columns = ", ".join(f"COMMENT COLUMN `{e.field}` {literal(comment(e))}" for e in entries if e.field)
    store.execute(f"ALTER TABLE `{table}` {columns}")
    whole = next(e for e in entries if not e.field)
    if store.version() >= TABLE_COMMENTS:
        store.execute(f"ALTER TABLE `{table}` MODIFY COMMENT {literal(comment(whole))}")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value

"""Tables that explain themselves: comments on every table, view and column, and the `codebook` table.

Both come from the contracts. They are written when the codebook of the store differs from ours, so once a release.
Columns take comments on every server; tables and views as wholes do from TABLE_COMMENTS on.
"""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from connectors.sinks.contract import Store, literal
from schemas.codebook import Entry, comment, table_entries, topic_entries

TABLE_COMMENTS = (23, 3)  # both kinds of ALTER that are used here
FIELDS = ("kind", "name", "field", "type", "unit", "values", "meaning", "since")
_row = attrgetter(*FIELDS)


def explain(store: Store) -> int:
    """Bring comments and codebook up to date; how many entries were written, 0 when nothing had changed.

    Raises QueryRefused or StoreAway.
    """
    entries = topic_entries() + table_entries(_columns(store))
    if _kept(store) == set(map(_row, entries)):
        return 0
    tables = store.version() >= TABLE_COMMENTS
    for name, of_table in _by_table(entries).items():
        _comment(store, name, of_table, whole=tables)
    store.execute("TRUNCATE TABLE codebook")
    store.insert("codebook", {field: [_plain(getattr(entry, field)) for entry in entries] for field in FIELDS})
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


def _by_table(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.kind != "topic":
            found[entry.name].append(entry)
    return found


def _comment(store: Store, table: str, entries: Sequence[Entry], *, whole: bool) -> None:
    changes = [f"COMMENT COLUMN `{e.field}` {literal(comment(e))}" for e in entries if e.field]
    if whole:
        changes += [f"MODIFY COMMENT {literal(comment(e))}" for e in entries if not e.field]
    store.execute(f"ALTER TABLE `{table}` {', '.join(changes)}")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value

"""Brings a ClickHouse to the tables that this version of Tocsin writes: the numbered files of schemas/clickhouse.

A file is applied once and never changed afterwards; its statements can be run again, as a crash between two of them
leaves the file unapplied. A file whose first line is `-- requires: 20.1` waits until the server is that new. A line
`-- once: CHECKSUM` names an older form of the file with the same effect; a store that has applied it is done.

A statement below `-- slices: TABLE by KEY, 200000 rows` runs once for each so many rows of the table, in the order of
the key; `{after}` and `{upto}` in it are the slice's bounds: so memory does not grow with the table. Below
`-- slices: TABLE by day of TIME, 200000 rows` slices are whole days, from `{after}` until before `{upto}`, and together
all of time. `{now_us}` is the time of the statement in microseconds since 1970.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from connectors.sinks.contract import QueryRefused, Store, StoreError, column_is_there, literal, version_tuple
from schemas.errors import Stop

FOLDER = Path(__file__).parents[2] / "schemas" / "clickhouse"
REQUIRES = re.compile(r"^-- requires: ([\d.]+)\s*$")
END_OF_STATEMENT = re.compile(r";\s*$", re.MULTILINE)
COMMENT = re.compile(r"--.*")
ONCE = re.compile(r"^-- once: (\w+)$", re.MULTILINE)
SLICES = re.compile(r"^-- slices: (\w+) by (\w+), (\d+) rows$", re.MULTILINE)
DAYS = re.compile(r"^-- slices: (\w+) by day of (\w+), (\d+) rows$", re.MULTILINE)
APPLIED = """
CREATE TABLE IF NOT EXISTS applied_migration (
    name String, checksum String, server String, applied_at DateTime('UTC') DEFAULT now()
) ENGINE = ReplacingMergeTree(applied_at) ORDER BY name
"""


class MigrationError(StoreError, Stop):
    """The files and the store disagree; a person must decide."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def checksums(self) -> set[str]:
        """Its own, and those of its older forms."""
        return {self.checksum, *ONCE.findall(self.text)}

    @property
    def requires(self) -> tuple[int, ...]:
        """The least server version that can run it; empty for any."""
        found = REQUIRES.match(self.text.partition("\n")[0])
        return version_tuple(found.group(1)) if found else ()

    def statements(self) -> list[str]:
        """Its statements in order, without those that only comment."""
        parts = (part.strip() for part in END_OF_STATEMENT.split(self.text))
        return [part for part in parts if COMMENT.sub("", part).strip()]


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """Names of the files: applied now, applied before, and waiting for a newer server."""

    applied: tuple[str, ...]
    present: tuple[str, ...]
    waiting: tuple[str, ...]


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The files of a folder by number. Raises MigrationError when two share one."""
    found = [Migration(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("[0-9]*.sql"))]
    numbers = [m.name.partition("_")[0] for m in found]
    if twice := {n for n in numbers if numbers.count(n) > 1}:
        raise MigrationError(f"two migrations have number {', '.join(sorted(twice))}; give the newer the next number")
    return found


def migrate(store: Store, files: Sequence[Migration] | None = None) -> MigrationReport:
    """Apply what is not yet applied. Idempotent.

    Raises MigrationError when an applied file was changed or is gone, StoreAway when the store does not answer.
    """
    files = migrations() if files is None else files
    store.execute(APPLIED)
    done = dict(store.query("SELECT name, checksum FROM applied_migration FINAL").rows)
    _check(files, done)
    version = store.version()
    applied, waiting = [], []
    for migration in files:
        if migration.name in done:
            continue
        if version < migration.requires:
            waiting.append(migration.name)
            continue
        _run(store, migration.statements())
        _record(store, migration, version)
        applied.append(migration.name)
    return MigrationReport(tuple(applied), tuple(sorted(done)), tuple(waiting))


def refill(store: Store, files: Sequence[Migration] | None = None) -> tuple[str, ...]:
    """Fill the tables that stand beside others once more, by the applied files named `..._filled`; their names.

    A loader of an earlier version knows nothing of these tables: what it stored is missing in them. What is there
    already stays as it is. Raises StoreAway when the store does not answer.
    """
    done = {name for (name,) in store.query("SELECT name FROM applied_migration FINAL").rows}
    filled = [m for m in (migrations() if files is None else files) if m.name in done and m.name.endswith("_filled")]
    for migration in filled:
        _run(store, [s for s in migration.statements() if COMMENT.sub("", s).lstrip().startswith("INSERT")])
    return tuple(migration.name for migration in filled)


def _run(store: Store, statements: Sequence[str]) -> None:
    for statement in statements:
        for one in sliced(store, statement):
            _execute(store, one)


def sliced(store: Store, statement: str, now_us: Callable[[], int] = lambda: time.time_ns() // 1000) -> Iterator[str]:
    """The statement itself, or once for each slice that its comment asks for. Raises StoreAway."""
    for one in _slices(store, statement):
        yield one.replace("{now_us}", str(now_us()))


def _slices(store: Store, statement: str) -> Iterator[str]:
    if by_day := DAYS.search(statement):
        yield from _days(store, statement, *by_day.groups())
        return
    found = SLICES.search(statement)
    if not found:
        yield statement
        return
    table, key, rows = found.groups()
    after = ""
    while True:
        left = f"SELECT {key} FROM {table} WHERE {key} > {literal(after)} ORDER BY {key}"  # noqa: S608 - names of our own files
        upto = store.query(f"{left} LIMIT {int(rows) - 1}, 1").rows or store.query(f"{left} DESC LIMIT 1").rows
        if not upto:
            return
        ((bound,),) = upto
        yield statement.replace("{after}", literal(after)).replace("{upto}", literal(bound))
        after = bound


def _days(store: Store, statement: str, table: str, moment: str, rows: str) -> Iterator[str]:
    """The statement once for whole days with about so many rows together, from the first moment to the last of all."""
    days = f"SELECT toUInt32(toStartOfDay({moment})) AS day, count() FROM {table} GROUP BY day ORDER BY day"  # noqa: S608 - names of our own files
    bounds, held = [0], 0
    for day, number in store.query(days).rows:
        if held and held + number > int(rows):
            bounds.append(int(day))
            held = 0
        held += number
    for after, upto in pairwise([*bounds, 2**32 - 1]):
        yield statement.replace("{after}", f"toDateTime({after}, 'UTC')").replace(
            "{upto}", f"toDateTime({upto}, 'UTC')"
        )


def _execute(store: Store, statement: str) -> None:
    """Run a statement; a column that an earlier try has added is there."""
    try:
        store.execute(statement)
    except QueryRefused as error:
        if not column_is_there(statement, error):
            raise


def _check(files: Sequence[Migration], done: dict[str, str]) -> None:
    known = {m.name: m for m in files}
    for name, checksum in sorted(done.items()):
        if name not in known:
            raise MigrationError(f"the store has migration {name}, which is not a file here; a newer Tocsin made it")
        if checksum not in known[name].checksums:
            raise MigrationError(
                f"schemas/clickhouse/{name}.sql was changed after it was applied; "
                "restore it and put the change in a new file"
            )


def _record(store: Store, migration: Migration, version: tuple[int, ...]) -> None:
    server = ".".join(map(str, version))
    store.insert("applied_migration", {"name": [migration.name], "checksum": [migration.checksum], "server": [server]})

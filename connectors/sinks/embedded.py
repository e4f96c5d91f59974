"""The ClickHouse engine in this process, its data in a folder.

One process owns the folder; all others read through the gateway. Rows go in through an Arrow file: as JSON after
the statement they took up to three times as long, and this build of the engine reads exponents from text inexactly.
It also prints three-digit exponents short, 1e300 as 1e30; what is stored is exact.
"""

import fcntl
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from chdb.session import Session

from connectors.sinks.arrow import to_arrow
from connectors.sinks.contract import (
    BUSY,
    DATA_FAULTS,
    QueryRefused,
    RowsRefused,
    StoreAway,
    StoreError,
    Table,
    error_code,
    literal,
    version_tuple,
)
from connectors.sinks.values import from_json

DATABASE = "tocsin"
# In 26.5 a filtered ANY LEFT JOIN of views can hang without end; tests/connectors/test_embedded.py has one.
WORKAROUND = "SET query_plan_convert_any_join_to_semi_or_anti_join = 0"


class EmbeddedStore:
    """The engine on `folder`. Raises StoreError when another process has the folder open. Any thread may call it."""

    def __init__(self, folder: Path, *, database: str = DATABASE) -> None:
        self._folder = folder
        self.database = database
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._session = Session(str(folder.resolve()))
        except RuntimeError as error:
            if _locked(folder / "status"):
                raise StoreError(
                    f"{folder} is open in another process; stop it, or ask it through its gateway"
                ) from error
            raise StoreError(f"the embedded ClickHouse cannot open {folder}: {error}") from error
        self._run(f"CREATE DATABASE IF NOT EXISTS `{database}`")
        self._run(f"USE `{database}`")
        self._empty_default()
        self._run(WORKAROUND)
        self._kinds_of: dict[str, dict[str, str]] = {}

    def execute(self, ddl: str) -> None:
        """Run one statement that returns nothing. Raises QueryRefused or StoreAway."""
        self._run(ddl)

    def query(self, sql: str) -> Table:
        """Run one query. Raises QueryRefused or StoreAway."""
        raw = self._run(sql, "JSONCompact")
        return from_json(raw) if raw else Table((), [])

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add columns; when this returns the engine has them. Raises RowsRefused or StoreAway."""
        names = ", ".join(f"`{name}`" for name in columns)
        try:
            arrow = to_arrow(columns, self._kinds(table, columns))
            with TemporaryDirectory(prefix="tocsin-") as folder:
                path = Path(folder) / "rows.arrow"
                with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, arrow.schema) as stream:
                    stream.write_table(arrow)
                source = f"file({literal(str(path))}, 'ArrowStream')"
                self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM {source}")  # noqa: S608
        except QueryRefused as error:
            kind = RowsRefused if error.code in DATA_FAULTS else StoreAway
            raise kind(f"insert into {table}: {error}") from error
        except OSError as error:
            raise StoreAway(f"no room for rows on their way into {table}: {error}") from error

    def version(self) -> tuple[int, ...]:
        """The engine's version."""
        return version_tuple(self.query("SELECT version()").rows[0][0])

    def close(self) -> None:
        """Close the engine and let go of the folder."""
        with self._lock:
            self._session.close()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A separate session on the same engine, with settings of its own, that runs beside the others."""
        own = Session(str(self._folder.resolve()))
        try:
            own.query(WORKAROUND)
            yield own
        finally:
            own.close()

    def _empty_default(self) -> None:
        """Empty the database `default`, where every file of this machine is a table; sessions need it to exist."""
        self._run("DROP DATABASE IF EXISTS default")
        self._run("CREATE DATABASE default ENGINE = Memory")

    def _kinds(self, table: str, columns: Collection[str]) -> dict[str, str]:
        """Type of each column; cached until a migration adds one."""
        if not self._kinds_of.get(table, {}).keys() >= set(columns):
            self._kinds_of[table] = {row[0]: row[1] for row in self.query(f"DESCRIBE TABLE {table}").rows}
        if unknown := set(columns) - self._kinds_of[table].keys():
            raise StoreAway(f"{table} has no column {', '.join(sorted(unknown))}; run `tocsin setup`")
        return self._kinds_of[table]

    def _run(self, statement: str, form: str = "JSONCompact") -> bytes:
        try:
            with self._lock:
                return bytes(self._session.query(statement, form).bytes())
        except RuntimeError as error:
            code = error_code(str(error))
            if code in BUSY:
                raise StoreAway(str(error)) from error
            raise QueryRefused(str(error), code) from error


def _locked(status: Path) -> bool:
    """Whether a living process holds the engine's own lock on its folder."""
    try:
        with status.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False

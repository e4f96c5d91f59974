"""A ClickHouse server over its native protocol."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from clickhouse_driver import Client, errors

from connectors.sinks.contract import BUSY, DATA_FAULTS, QueryRefused, RowsRefused, StoreAway, Table, version_tuple

UNKNOWN_DATABASE = 81
TIMEOUTS = {"connect_timeout": "5", "send_receive_timeout": "60", "sync_request_timeout": "5"}  # seconds


class NativeStore:
    """A server at `clickhouse://user:password@host:port/database`, `clickhouses://` with TLS.

    Connects at the first call and again after a failure; with `create` it makes the database when it is missing.
    The driver's settings may follow as `?connect_timeout=5`. Any thread may call it.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        parts = urlsplit(url)
        self._create = create
        self._lock = threading.RLock()
        self._url = parts._replace(query=urlencode(TIMEOUTS | dict(parse_qsl(parts.query))))
        self._client = Client.from_url(self._url.geturl())

    def execute(self, ddl: str) -> None:
        """Run one statement that returns nothing. Raises QueryRefused or StoreAway."""
        self._run(ddl)

    def query(self, sql: str) -> Table:
        """Run one query. Raises QueryRefused or StoreAway."""
        rows, columns = self._run(sql, with_column_types=True)
        return Table(tuple(name for name, _ in columns), rows)

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add columns in one block; when this returns the server has them. Raises RowsRefused or StoreAway."""
        names = ", ".join(f"`{name}`" for name in columns)
        try:
            self._run(f"INSERT INTO {table} ({names}) VALUES", list(columns.values()), columnar=True)
        except QueryRefused as error:
            kind = RowsRefused if error.code in DATA_FAULTS else StoreAway
            raise kind(f"insert into {table}: {error}") from error
        except (AttributeError, TypeError, ValueError, OverflowError) as error:  # the driver could not encode a value
            raise RowsRefused(f"insert into {table}: {error}") from error

    def version(self) -> tuple[int, ...]:
        """The server's version."""
        return version_tuple(self.query("SELECT version()").rows[0][0])

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()

    def _run(self, statement: str, columns: Any = None, **options: Any) -> Any:
        try:
            with self._lock:
                return self._client.execute(statement, columns, **options)
        except errors.ServerException as error:
            if error.code == UNKNOWN_DATABASE and self._create and self._create_database():
                return self._run(statement, columns, **options)
            text = f"Code: {error.code}. {str(error.message).split('Stack trace')[0].strip()}"
            if error.code in BUSY:
                raise StoreAway(text) from error
            raise QueryRefused(text, error.code) from error
        except errors.TypeMismatchError as error:
            raise QueryRefused(str(error), errors.ErrorCodes.TYPE_MISMATCH) from error
        except (errors.Error, OSError, EOFError) as error:
            self._client.disconnect()
            where = f"{self._url.hostname}:{self._url.port or 9000}"
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StoreAway(
                f"ClickHouse at {where} does not answer: {reason}; is it running, is TOCSIN_CLICKHOUSE right?"
            ) from error

    def _create_database(self) -> bool:
        """Create the database of the address; False when it existed, so that the error has another cause."""
        name = self._url.path.strip("/")
        self._client.disconnect()
        bare = NativeStore(self._url._replace(path="/default").geturl(), create=False)
        try:
            known = {row[0] for row in bare.query("SHOW DATABASES").rows}
            bare.execute(f"CREATE DATABASE IF NOT EXISTS `{name}`")
        finally:
            bare.close()
        return name not in known

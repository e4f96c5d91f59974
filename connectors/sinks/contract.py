"""The interface to a ClickHouse, wherever it runs, for the loader, the migrations and readers.

StoreError
├── StoreAway      the store cannot do it now: unreachable, overloaded, not migrated yet; retry later
├── RowsRefused    the rows are at fault: the store will never accept them as they are
└── QueryRefused   the statement is at fault; the message is the server's own
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from schemas.errors import Quarantine, Retry, Stop, TocsinError

# Errors with which ClickHouse says that a value, not the server, is at fault (src/Common/ErrorCodes.cpp): text, date,
# number or array that cannot be parsed, type mismatch, out of bound, incorrect data, too large, null, constraint.
DATA_FAULTS = frozenset({6, 26, 27, 38, 41, 53, 69, 70, 72, 117, 130, 131, 190, 321, 349, 441, 469})
# Errors with which it says that it cannot do it now: timeouts, too many queries or parts, no memory or disk, stopping.
BUSY = frozenset({75, 159, 201, 202, 203, 209, 210, 225, 236, 241, 242, 243, 252, 254, 285, 319, 394, 425})
CODE = re.compile(r"Code: (\d+)")
COLUMN_IS_THERE = frozenset({15, 44})
ADDS_COLUMN = re.compile(r"^ALTER TABLE (\w+) ADD COLUMN ", re.MULTILINE)


class StoreError(TocsinError):
    """Any failure of a ClickHouse or of the way to it."""


class StoreAway(StoreError, Retry):
    """The store cannot do it now; wait and retry."""


class RowsRefused(StoreError, Quarantine):
    """The store will never take these rows; find the one at fault and set it aside."""


class QueryRefused(StoreError, Stop):
    """The store will not run this statement; `code` is ClickHouse's error number, 0 when it gave none."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class Table(NamedTuple):
    """A query's result; times are aware and in UTC."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Reader(Protocol):
    """Answers queries, from any thread."""

    def query(self, sql: str) -> Table:
        """Run one query. Raises QueryRefused or StoreAway."""

    def version(self) -> tuple[int, ...]:
        """The server's version, such as (18, 16, 1)."""

    def close(self) -> None:
        """Close connections and files."""


class Store(Reader, Protocol):
    """Answers queries and takes rows."""

    def execute(self, ddl: str) -> None:
        """Run one statement that returns nothing. Raises QueryRefused or StoreAway."""

    def insert(self, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
        """Add rows, given as columns by name; when this returns the store has them. Raises RowsRefused or StoreAway."""


def literal(value: str | float) -> str:
    """A value as a ClickHouse literal, safe to put into a query."""
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0") + "'"
    return repr(value)


def version_tuple(text: str) -> tuple[int, ...]:
    """`18.16.1` as (18, 16, 1)."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:4])


def column_is_there(statement: str, error: QueryRefused) -> bool:
    """Whether all that is wrong is that the column is there already; servers before 20 know no IF NOT EXISTS."""
    return error.code in COLUMN_IS_THERE and ADDS_COLUMN.search(statement) is not None


def error_code(message: str) -> int:
    """The error number in a message of ClickHouse; 0 when there is none."""
    found = CODE.search(message)
    return int(found.group(1)) if found else 0

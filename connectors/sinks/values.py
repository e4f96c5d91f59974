"""Values on their way to and from ClickHouse's JSON formats."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from connectors.sinks.contract import RowsRefused, Table

LAST_SECOND = 2**32 - 1  # a DateTime is an unsigned 32-bit count of seconds since 1970
Convert = Callable[[Any], Any]


def seconds(moment: datetime) -> int:
    """Seconds since 1970 as a DateTime column holds them. Raises RowsRefused outside 1970 to 2106.

    The engine itself would wrap such a value around and store another date.
    """
    value = int(moment.timestamp() // 1)
    if not 0 <= value <= LAST_SECOND:
        raise RowsRefused(f"{moment.isoformat()} is outside 1970-01-01 to 2106-02-07, the range of a DateTime column")
    return value


def to_line(row: Any) -> str:
    """A row in ClickHouse's JSONCompactEachRow. Raises RowsRefused when a value has no place in a column."""
    try:
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain)
    except (TypeError, ValueError) as error:
        raise RowsRefused(f"a value has no place in a column: {error}") from error


def _plain(value: Any) -> int:
    if isinstance(value, datetime):
        return seconds(value)
    raise TypeError(f"{type(value).__name__} is not a column's type")


def from_json(raw: bytes) -> Table:
    """A result in ClickHouse's JSONCompact as columns and rows, values in Python's types."""
    answer = json.loads(raw)
    converts = [_convert(column["type"]) for column in answer["meta"]]
    columns = tuple(column["name"] for column in answer["meta"])
    rows = [tuple(c(v) for c, v in zip(converts, row, strict=True)) for row in answer["data"]]
    return Table(columns, rows)


def _convert(kind: str) -> Convert:
    for wrapper in ("Nullable(", "LowCardinality("):
        if kind.startswith(wrapper):
            inner = _convert(kind[len(wrapper) : -1])
            return lambda v: None if v is None else inner(v)
    if kind.startswith("Array("):
        item = _convert(kind[len("Array(") : -1])
        return lambda v: [item(x) for x in v]
    if kind.startswith("DateTime"):
        return lambda v: datetime.fromisoformat(v).replace(tzinfo=UTC)
    if kind.startswith(("Int", "UInt")):
        return int  # servers before 25.8 quote 64-bit integers
    return lambda v: v

"""Results in ClickHouse's JSON as Python values."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from connectors.sinks.contract import Table

Convert = Callable[[Any], Any]


def from_json(raw: bytes) -> Table:
    """A result in JSONCompact as columns and rows; moments are aware and in UTC."""
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
    if kind.startswith("Float"):
        return lambda v: None if v is None else float(v)  # JSON has no NaN, and writes 5.0 as 5
    return lambda v: v

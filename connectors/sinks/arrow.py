"""Columns as an Arrow table with a ClickHouse table's own types: exact, strict and quick to read for the engine."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.sinks.contract import RowsRefused

LAST_SECOND = 2**32 - 1  # a DateTime is an unsigned 32-bit count of seconds since 1970
MOMENT = pa.timestamp("s", tz="UTC")
DAY = pa.date32()
PLAIN = {
    "Date": DAY,
    "String": pa.string(),
    "Float64": pa.float64(),
    "Int32": pa.int32(),
    "Int64": pa.int64(),
    "UInt8": pa.uint8(),
    "UInt64": pa.uint64(),
}


def to_arrow(columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, str]) -> pa.Table:
    """Arrow columns; `kinds`: the ClickHouse type of each column. Raises RowsRefused naming the column.

    The engine itself would wrap a time outside its range and read a missing value as zero.
    """
    arrays = []
    for name, values in columns.items():
        kind = _unwrapped(kinds[name])
        try:
            array = _array(values, _arrow_type(kind))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise RowsRefused(f"{name} does not take such a value: {error}") from error
        _check(name, kind, array)
        arrays.append(array)
    return pa.table(arrays, names=list(columns))


def _check(name: str, kind: str, array: pa.Array) -> None:
    if array.null_count and not kind.startswith("Nullable("):
        raise RowsRefused(f"{name} does not take null")
    if pa.types.is_list(array.type):
        _check(name, _unwrapped(kind[len("Array(") : -1]), array.flatten())
    elif pa.types.is_timestamp(array.type) and len(array) > array.null_count:
        bounds = pc.min_max(array.cast(pa.int64())).as_py()
        if bounds["min"] < 0 or bounds["max"] > LAST_SECOND:
            raise RowsRefused(f"{name} is outside 1970-01-01 to 2106-02-07, the range of a DateTime")


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind == DAY:  # the engine tells days in ISO format
        return pa.array([date.fromisoformat(v) if isinstance(v, str) else v for v in values], type=DAY)
    return pa.array(values, type=kind)


def _arrow_type(kind: str) -> pa.DataType:
    if kind.startswith("Nullable("):
        return _arrow_type(kind[len("Nullable(") : -1])
    if kind.startswith("Array("):
        return pa.list_(_arrow_type(_unwrapped(kind[len("Array(") : -1])))
    return MOMENT if kind.startswith("DateTime") else PLAIN[kind]


def _unwrapped(kind: str) -> str:
    """The type that LowCardinality only stores in another way."""
    return kind[len("LowCardinality(") : -1] if kind.startswith("LowCardinality(") else kind

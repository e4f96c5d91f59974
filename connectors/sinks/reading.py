"""Incidents and claims as Arrow tables, for Python and for files: GeoJSON and CSV.

from connectors.sinks.reading import read_claims, read_incidents
incidents = read_incidents("http://127.0.0.1:8723/tocsin", country="UA").to_pandas()
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from connectors.sinks.contract import Reader, Table, literal
from connectors.sinks.open import open_reader

MOMENT = pa.timestamp("s", tz="UTC")
PAGE = 50_000  # rows of one answer: the gateway returns a million at most
ORDER = {"incidents": "incident_id", "claims": "incident_id, mention_id, quote_start, what, min, max, text"}
KINDS = {"String": pa.string(), "Float64": pa.float64(), "Int32": pa.int32(), "Int64": pa.int64(), "UInt8": pa.uint8()}


def read_incidents(url: str, *, country: str = "", family: str = "", since: date | None = None) -> pa.Table:
    """Incidents as they stand now, the columns of the view `incidents`; `since`: changed on that day or later, UTC.

    `url` is a ClickHouse or an embedded engine's gateway. Raises StoreError.
    """
    return _read(url, "incidents", _where(country, family, since, "last_changed"))


def read_claims(url: str, *, country: str = "", family: str = "", since: date | None = None) -> pa.Table:
    """Figures as sources state them, the columns of the view `claims`; `since`: reported on that day or later, UTC.

    `url` is a ClickHouse or an embedded engine's gateway. Raises StoreError.
    """
    return _read(url, "claims", _where(country, family, since, "reported_at"))


def geojson(table: pa.Table) -> Iterator[str]:
    """A FeatureCollection (RFC 7946) of incidents with a point, one feature a line."""
    yield '{"type":"FeatureCollection","features":['
    before = ""
    for row in table.to_pylist():
        if row["lat"] is None or row["lon"] is None:
            continue
        properties = {name: _plain(value) for name, value in row.items() if name not in {"lat", "lon"}}
        point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        feature = {"type": "Feature", "id": row["incident_id"], "geometry": point, "properties": properties}
        yield before + json.dumps(feature, ensure_ascii=False)
        before = ","
    yield "]}"


def write_csv(table: pa.Table, file: Any) -> None:
    """Rows with a line of names; arrays as JSON, moments as ISO 8601."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([json.dumps(v, ensure_ascii=False) if isinstance(v, list) else _plain(v) for v in row.values()])


def _read(url: str, view: str, where: str) -> pa.Table:
    reader = open_reader(url)
    try:
        return select_all(reader, view, where)
    finally:
        reader.close()


def select_all(reader: Reader, view: str, where: str) -> pa.Table:
    """All rows of the view `incidents` or `claims` that meet a condition, a page at a time. Raises StoreError."""
    kinds = _kinds(reader, view)
    pages: list[pa.Table] = []
    while not pages or len(pages[-1]) == PAGE:
        limit = f"LIMIT {len(pages) * PAGE}, {PAGE}"
        answer = reader.query(f"SELECT * FROM {view} WHERE {where} ORDER BY {ORDER[view]} {limit}")  # noqa: S608 - our own names
        pages.append(_arrow(answer, kinds))
    return pa.concat_tables(pages)


def _kinds(reader: Reader, view: str) -> dict[str, pa.DataType]:
    return {row[0]: _arrow_type(row[1]) for row in reader.query(f"DESCRIBE TABLE {view}").rows}


def _arrow_type(kind: str) -> pa.DataType:
    for wrapper in ("Nullable(", "LowCardinality("):
        if kind.startswith(wrapper):
            return _arrow_type(kind[len(wrapper) : -1])
    if kind.startswith("Array("):
        return pa.list_(_arrow_type(kind[len("Array(") : -1]))
    return MOMENT if kind.startswith("DateTime") else KINDS[kind]


def _arrow(answer: Table, kinds: Mapping[str, pa.DataType]) -> pa.Table:
    columns: Sequence[Sequence[Any]] = list(zip(*answer.rows, strict=True)) or [()] * len(answer.columns)
    arrays = [pa.array([_list(v) for v in c], kinds[n]) for n, c in zip(answer.columns, columns, strict=True)]
    return pa.table(arrays, names=list(answer.columns))


def _list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _where(country: str, family: str, since: date | None, moment: str) -> str:
    parts = ["1"]
    if country:
        parts.append(f"country = {literal(country)}")
    if family:
        parts.append(f"family = {literal(family)}")
    if since:
        parts.append(f"{moment} >= toDateTime('{since:%Y-%m-%d} 00:00:00', 'UTC')")
    return " AND ".join(parts)


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value

"""Incidents and claims as Parquet files by day."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from connectors.sinks.contract import Reader, StoreError
from connectors.sinks.open import open_reader
from connectors.sinks.reading import ORDER, select_all
from schemas.errors import Stop

STATE = "export.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """Days written now, days that had not changed, rows written."""

    written: tuple[str, ...]
    unchanged: int
    rows: int


def export_days(url: str, folder: Path) -> Exported:
    """Parquet files `incidents/<day>.parquet` and `claims/<day>.parquet`, by the day an incident was first seen, UTC.

    Incremental: only days are written of which an incident changed, moved or was merged since. Resumable: each file
    is renamed into place, then noted in `export.json`. Raises Stop with the reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _state(folder)
    try:
        reader = open_reader(url)
        try:
            now = _marks(reader)
            stale = sorted(day for day in {*now, *known} if now.get(day) != known.get(day))
            rows = 0
            for day in stale:
                rows += _write_day(reader, folder, day, gone=day not in now)
                known = {k: v for k, v in {**known, day: now.get(day, "")}.items() if v}
                _replace(folder / STATE, json.dumps(known, indent=1).encode())
        finally:
            reader.close()
    except StoreError as error:
        raise Stop(str(error)) from error
    return Exported(tuple(stale), len(now.keys() - set(stale)), rows)


def _marks(reader: Reader) -> dict[str, str]:
    """A digest of which incidents in which versions each day has."""
    rows = reader.query(
        "SELECT toString(toDate(first_seen)) AS day, count() AS incidents, "
        "sum(cityHash64(incident_id, version)) AS mark FROM incidents GROUP BY day"
    ).rows
    return {day: f"{incidents}-{mark}" for day, incidents, mark in rows}


def _write_day(reader: Reader, folder: Path, day: str, *, gone: bool) -> int:
    """Both files of one day, or neither when it has no incident any more; how many rows."""
    paths = {view: folder / view / f"{day}.parquet" for view in ORDER}
    if gone:
        for path in paths.values():
            path.unlink(missing_ok=True)
        return 0
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    bounds = [f"toDateTime('{moment:%Y-%m-%d} 00:00:00', 'UTC')" for moment in (start, start + timedelta(days=1))]
    within = f"first_seen >= {bounds[0]} AND first_seen < {bounds[1]}"
    of_day = {
        "incidents": within,
        "claims": f"incident_id IN (SELECT incident_id FROM incidents WHERE {within})",  # noqa: S608 - made of dates
    }
    rows = 0
    for view, path in paths.items():
        table = select_all(reader, view, of_day[view])
        path.parent.mkdir(exist_ok=True)
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink)
        _replace(path, sink.getvalue().to_pybytes())
        rows += len(table)
    return rows


def _state(folder: Path) -> dict[str, str]:
    path = folder / STATE
    if not path.exists():
        return {}
    try:
        return {str(k): str(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, AttributeError) as error:
        raise Stop(f"{path} is not a list of days; delete it to export all days again") from error


def _replace(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)

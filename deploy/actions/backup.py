"""Backs up tables and compacted topics to a folder of Parquet files, and restores them into an empty installation.

`tables/<table>/<n>.parquet` hold the rows, `topics/<topic>.parquet` the newest message of each key. The memory of
stages is among the topics, without their read positions: a new broker counts offsets from zero.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from connectors.load.migrate import migrate
from connectors.sinks.contract import Reader, Store, StoreError
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.open import open_reader, open_store
from deploy.actions.compacted import Message, latest, partitions, write
from deploy.actions.topic_settings import CHANGELOGS
from schemas.errors import Stop
from schemas.topics import ALL, MEMORIES
from streams.agents.batch import MARK
from streams.settings import Settings

COMPACTED = (*(t.name for t in (*ALL, *MEMORIES) if t.retention_days is None), *CHANGELOGS)
SCHEMA = pa.schema([("partition", pa.int32()), ("key", pa.binary()), ("value", pa.binary())])
ROWS = 50_000  # of one file, about
MADE = frozenset({"applied_migration", "codebook"})  # filled by migrations of the version that restores
TABLES = (
    "SELECT name, sorting_key FROM system.tables WHERE database = currentDatabase() "
    "AND (engine LIKE '%MergeTree' OR engine = 'Distributed') AND name NOT LIKE '%_local' ORDER BY name"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows by table and messages by topic."""

    tables: dict[str, int]
    topics: dict[str, int]


def back_up_tables(reader: Reader, folder: Path) -> dict[str, int]:
    """Write every table; rows by table. Raises StoreError, and Stop where the folder holds a backup."""
    counts = {}
    for table, key in _tables(reader):
        place = _new(folder / "tables" / table)
        ((rows,),) = reader.query(f"SELECT count() FROM {table}").rows  # noqa: S608 - names of our own tables
        parts = max(1, -(-rows // ROWS))
        counts[table] = 0
        for part in range(parts):
            found = reader.query(f"SELECT * FROM {table} WHERE cityHash64({key}) % {parts} = {part}")  # noqa: S608 - our own names, and numbers
            columns = dict(zip(found.columns, zip(*found.rows, strict=True), strict=True)) if found.rows else {}
            if columns:
                parquet.write_table(pa.table({n: list(v) for n, v in columns.items()}), place / f"{part:05}.parquet")
            counts[table] += len(found.rows)
    return counts


def restore_tables(store: Store, folder: Path) -> dict[str, int]:
    """Create this version's tables and fill them; rows by table. Raises StoreError, and Stop where tables hold rows."""
    migrate(store)
    counts = {}
    places = sorted((folder / "tables").iterdir())
    known = {table for table, _ in _tables(store)}
    if strange := [place.name for place in places if place.name not in known]:
        raise Stop(f"this version has no table {', '.join(strange)}: restore with the version that made the backup")
    full = [p.name for p in places if store.query(f"SELECT count() FROM {p.name}").rows[0][0]]  # noqa: S608 - names of our own tables
    if full:
        raise Stop(f"{', '.join(full)} hold rows already; restore into an empty database")
    for place in places:
        counts[place.name] = 0
        for path in sorted(place.glob("*.parquet")):
            rows = parquet.read_table(path)
            store.insert(place.name, {name: rows.column(name).to_pylist() for name in rows.column_names})
            counts[place.name] += len(rows)
    return counts


def back_up_topics(bootstrap: str, folder: Path, topics: Iterable[str] = COMPACTED) -> dict[str, int]:
    """Write the newest message of every key of the compacted topics; messages by topic. Raises Stop, KafkaError."""
    counts, place = {}, _new(folder / "topics")
    for topic in topics:
        kept = [
            {"partition": p.partition, "key": key, "value": value}
            for p, key, value in latest(bootstrap, topic)
            if not _is_mark(topic, key)
        ]
        table = pa.Table.from_pylist(kept, SCHEMA)
        parquet.write_table(table, place / f"{topic}.parquet")
        counts[topic] = len(kept)
    return counts


def restore_topics(bootstrap: str, folder: Path, *, batch_bytes: int) -> dict[str, int]:
    """Write the messages back; returns them by topic. Raises KafkaError, and Stop where a topic holds messages."""
    paths = sorted((folder / "topics").glob("*.parquet"))
    full = [path.stem for path in paths if any(True for _ in latest(bootstrap, path.stem))]
    if full:
        raise Stop(f"{', '.join(full)} hold messages already; restore into empty topics, before workers start")
    counts = {}
    for path in paths:
        there = partitions(bootstrap, path.stem)
        rows = parquet.read_table(path).to_pylist()
        if any(row["partition"] >= there for row in rows):
            raise Stop(f"{path.stem} has {there} partitions here and had more: set as many, run `tocsin setup` again")
        write(bootstrap, [Message(path.stem, **row) for row in rows], batch_bytes=batch_bytes)
        counts[path.stem] = len(rows)
    return counts


def back_up(settings: Settings, folder: Path, *, only: str, embedded: bool) -> Kept:
    """Back up the tables and topics that the settings name; `embedded`: the tables of a data folder. Raises Stop."""
    try:
        with closing(
            _embedded(settings) if embedded else open_reader(settings.clickhouse.get_secret_value())
        ) as reader:
            tables = back_up_tables(reader, folder) if only != "topics" else {}
    except StoreError as error:
        raise Stop(str(error)) from error
    return Kept(tables, {} if embedded or only == "tables" else back_up_topics(settings.kafka, folder))


def put_back(settings: Settings, folder: Path, *, only: str, embedded: bool) -> Kept:
    """Restore a backup into empty tables and topics. Raises Stop."""
    if not folder.is_dir():
        raise Stop(f"there is no backup at {folder}")
    tables, topics = {}, {}
    if only != "topics":
        try:
            with closing(
                _embedded(settings) if embedded else open_store(settings.clickhouse.get_secret_value())
            ) as store:
                tables = restore_tables(store, folder)
        except StoreError as error:
            raise Stop(str(error)) from error
    if only != "tables" and not embedded:
        topics = restore_topics(settings.kafka, folder, batch_bytes=settings.batch_bytes)
    return Kept(tables, topics)


def _embedded(settings: Settings) -> EmbeddedStore:
    return EmbeddedStore(settings.data_dir.resolve() / "clickhouse")


def _tables(reader: Reader) -> Iterator[tuple[str, str]]:
    """Tables whose rows cannot be derived again, each with the first column of its order."""
    described = reader.query(TABLES).rows
    for table, key in described:
        if table not in MADE:
            columns = reader.query(f"DESCRIBE TABLE {table}").rows
            yield table, key.split(",")[0] or columns[0][0]


def _is_mark(topic: str, key: bytes) -> bool:
    return topic in CHANGELOGS and key.partition(b":")[2].startswith(MARK.encode())


def _new(folder: Path) -> Path:
    if folder.exists():
        raise Stop(f"{folder} is there already; give a new folder")
    folder.mkdir(parents=True)
    return folder

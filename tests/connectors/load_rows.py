"""A record as the rows that the loader makes of it."""

from connectors.load.beside import Beside
from connectors.load.rows import tables_of
from schemas.codec import Codec

CODEC = Codec()
# Tables that came with migration 0011, and with 0014.
BESIDE = {
    *("article_by_time", "article_brief", "mention_by_time", "change_by_time", "copied", "copy_link"),
    *("copy_by_time", "incident_by_time"),
}


def rows_of(record, produced_ms):
    """The row of a record, by column, for each table that keeps its topic."""
    topic = CODEC.topic(record)
    plain = CODEC.decode_plain(CODEC.encode(record), topic)
    return {
        table: {name: value for name, (value,) in columns.items()}
        for table, columns in tables_of(topic, [plain], [produced_ms]).items()
    }


def as_columns(*rows):
    """Rows, given as dictionaries, as the columns that a store takes."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def put(store, *records, produced_ms=1_700_000_000_000, apart=1):
    """Store records one after the other as the loader does, `apart` milliseconds from each other."""
    beside = Beside(store)
    for number, record in enumerate(records):
        rows = rows_of(record, produced_ms + number * apart)
        beside.follow(beside.insert({table: as_columns(row) for table, row in rows.items()}))
    beside.tallies.count_all()

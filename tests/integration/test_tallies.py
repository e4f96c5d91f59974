"""Counts by hour and by day are what the rows say, whatever comes again, moves, is merged or was not counted in time."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.load.migrate import migrate, migrations
from connectors.load.moments import TIMED, Moments
from connectors.load.tallies import Tallies
from tests.connectors.load_rows import BESIDE, as_columns, put, rows_of
from tests.integration.loading import EXAMPLES, loading, publish, start_here, wait_until
from tests.integration.test_accounts import A, B, in_slices, version
from tests.integration.test_beside import NOON, article, copy, mention

pytestmark = pytest.mark.timeout(300)
SOURCES = "SELECT {0}, domain, articles, copies, reports FROM sources_{1} ORDER BY {0}, domain"
TYPES = "SELECT {0}, family, subtype, reports, incidents FROM types_{1} ORDER BY {0}, family, subtype"
COUNTRIES = "SELECT {0}, country, reports, incidents FROM countries_{1} ORDER BY {0}, country"


def seen(minutes, number, into=None, kind="revised"):
    return replace(version(A, number, None, kind, into), first_seen=NOON + timedelta(minutes=minutes))


# Everything comes twice; the later word says another time, of the incident also that it was merged, and then not.
MOVED = [
    *(article(A, "a.example", 0), article(A, "a.example", 90), copy(B, A, "b.example", 5), copy(B, A, "b.example", 65)),
    *(mention(A, "a.example", 10), mention(A, "a.example", 24 * 60), mention(B, "b.example", 10)),
    *(seen(70, 1), seen(10, 2), seen(10, 3, B, "merged"), seen(10, 4, None, "split")),
]
HOURS = [str(NOON + timedelta(hours=h)) for h in (0, 1, 24)]
BY_SOURCE = [
    (HOURS[0], "b.example", 0, 0, 1),
    (HOURS[1], "a.example", 1, 0, 0),
    (HOURS[1], "b.example", 0, 1, 0),
    (HOURS[2], "a.example", 0, 0, 1),
]


def shown(store, question, each="hour", adverb="hourly"):
    return [(str(at), *counts) for at, *counts in store.query(question.format(each, adverb)).rows]


def by_rows(store):
    """Accounts by type and hour, counted here and now."""
    rows = store.query(
        "SELECT toStartOfHour(reported_at) AS hour, family, subtype, count() FROM reports "
        "GROUP BY hour, family, subtype ORDER BY hour, family, subtype"
    ).rows
    return [(str(at), *counts) for at, *counts in rows]


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_what_comes_again_with_another_time_counts_once_where_it_is(store, seed):
    numbered = [*enumerate(MOVED, start=1_700_000_000_000)]
    if seed is not None:
        random.Random(seed).shuffle(numbered)
    for produced, record in [*numbered, *numbered[:4]]:
        put(store, record, produced_ms=produced)
    assert shown(store, SOURCES) == BY_SOURCE
    assert shown(store, SOURCES, "day", "daily") == [
        ("2026-03-01", "a.example", 1, 0, 0),
        ("2026-03-01", "b.example", 0, 1, 1),
        ("2026-03-02", "a.example", 0, 0, 1),
    ]
    assert [row for row in shown(store, TYPES) if row[4]] == [
        (HOURS[0], EXAMPLES["news.incident.v1"].family, EXAMPLES["news.incident.v1"].subtype, 1, 1)
    ]
    assert [row[:4] for row in shown(store, TYPES)] == by_rows(store)
    assert sum(row[3] for row in shown(store, COUNTRIES, "day", "daily")) == 1
    assert store.query("SELECT article_id, fetched_at FROM arrivals").rows == [(A, NOON + timedelta(minutes=90))]
    put(store, seen(10, 5, B, "merged"), produced_ms=1_800_000_000_000)
    assert sum(row[4] for row in shown(store, TYPES)) == 0
    assert sum(row[3] for row in shown(store, COUNTRIES, "day", "daily")) == 0


def test_a_whole_batch_at_once_comes_to_the_same(store):
    rows: dict[str, list] = {}
    for produced, record in enumerate(MOVED, start=1_700_000_000_000):
        for table, row in rows_of(record, produced).items():
            rows.setdefault(table, []).append(row)
    stored(store, {table: as_columns(*of_table) for table, of_table in rows.items()}).count_all()
    assert shown(store, SOURCES) == BY_SOURCE


def stored(store, tables, until=""):
    """Store a batch as the loader does, up to a table where it dies; what is due to be counted."""
    moments, tallies = Moments(store), Tallies(store)
    for table in tables:
        columns = moments.settled(table, tables)
        tallies.note(table, columns)
        store.insert(table, columns)
        if table == until:
            break
    return tallies


@pytest.mark.parametrize("table", TIMED)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_loader_that_dies_before_it_counts_is_made_good_by_the_next(store, table, after):
    """It dies before or after the row in the order of time; then the server merges what is in the order of ids."""
    first, hour = {
        "article_by_time": (0, HOURS[1]), "copy_by_time": (2, HOURS[1]), "mention_by_time": (4, HOURS[2]),
        "incident_by_time": (7, HOURS[0]),
    }[table]  # fmt: skip
    put(store, MOVED[first])
    tables = {name: as_columns(row) for name, row in rows_of(MOVED[first + 1], 1_700_000_000_001).items()}
    names = [*tables]
    reached = names.index(table) - 1 + after
    if reached >= 0:
        stored(store, tables, until=names[reached])
    store.execute(f"OPTIMIZE TABLE {TIMED[table].home} FINAL")
    stored(store, tables)  # it comes again, and is not counted either
    started = Tallies(store)
    started.catch_up()
    started.count_all()
    counted = store.query("SELECT hour FROM sources_hourly").rows
    counted += store.query("SELECT hour FROM types_hourly WHERE incidents > 0").rows
    assert [str(at) for (at,) in counted] == [hour]


def test_the_loader_counts_what_it_loads(topics, store, name):
    start_here(topics, name)
    moment = datetime(2031, 5, 1, 7, 30, tzinfo=UTC)
    publish(topics, [replace(EXAMPLES["news.article.v1"], article_id=A, fetched_at=moment)])
    with loading(topics, store, name):
        wait_until(lambda: store.query("SELECT sum(articles) FROM sources_hourly").rows == [(1,)], "it is counted")
    assert [row[:1] + row[2:3] for row in shown(store, SOURCES, "day", "daily")] == [("2031-05-01", 1)]


@pytest.mark.parametrize("rows", [1, 200_000])
def test_what_was_stored_before_is_counted(clickhouse, name, rows):
    store = clickhouse.open(name)
    migrate(store, [m for m in migrations() if m.name < "0014"])
    once = [MOVED[1], MOVED[3], MOVED[5], MOVED[6], MOVED[8]]
    new = {"copy_by_time", "incident_by_time"}
    assert new < BESIDE
    for produced, record in enumerate(once, start=1_700_000_000_000):
        for table, row in rows_of(record, produced).items():
            if table not in new:
                store.insert(table, as_columns(row))
    migrate(store, in_slices(rows, since="0014"))
    assert shown(store, SOURCES) == BY_SOURCE
    assert sum(row[4] for row in shown(store, TYPES, "day", "daily")) == 1
    tallies = Tallies(store)
    tallies.catch_up()
    tallies.count_all()
    assert shown(store, SOURCES) == BY_SOURCE
    store.execute(f"DROP DATABASE {name}")
    store.close()


def test_a_column_that_an_earlier_try_has_added_does_not_stop_a_migration(clickhouse, name):
    store = clickhouse.open(name)
    migrate(store, [m for m in migrations() if m.name < "0014"])
    store.execute("ALTER TABLE article_by_time ADD COLUMN gone UInt8")
    assert "0014_tallies" in migrate(store).applied
    store.execute(f"DROP DATABASE {name}")
    store.close()

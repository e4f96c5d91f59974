import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.load.migrate import Migration, MigrationError, migrate, migrations, sliced
from connectors.sinks.contract import QueryRefused, RowsRefused, StoreAway, StoreError, literal
from connectors.sinks.embedded import EmbeddedStore

NOW = datetime(2021, 6, 28, 12, 0, 1, tzinfo=UTC)
NASTY = "q'uote \" back\\slash \n newline \t tab \r \0 nul é 漢字 🌍 \\N ' ;-- {x} NULL"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("engine") / "new folder")
    yield store
    store.close()


@pytest.fixture
def table(engine):
    engine.execute("DROP TABLE IF EXISTS t")
    engine.execute(
        "CREATE TABLE t (id String, n Nullable(Int64), a Array(Nullable(Int64)), s Array(String), "
        "d DateTime('UTC'), nd Array(Nullable(DateTime('UTC'))), f Float64) ENGINE = MergeTree ORDER BY id"
    )
    return ("id", "n", "a", "s", "d", "nd", "f")


def test_values_pass_unchanged(engine, table):
    rows = [
        (NASTY, None, [1, None, -(2**63)], [NASTY, ""], NOW, [NOW, None], 0.1),
        ("", 2**63 - 1, [], [], datetime(1970, 1, 1, tzinfo=UTC), [], -1.25e-99),
        ("last second", 0, [], [], datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC), [], 0.0),
    ]
    engine.insert("t", dict(zip(table, zip(*rows, strict=True), strict=True)))
    columns, found = engine.query("SELECT * FROM t")
    assert columns == table
    assert sorted(found) == sorted(rows)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=20))
def test_any_text_passes_unchanged(engine, table, texts):
    engine.execute("TRUNCATE TABLE t")
    engine.insert("t", {"id": [f"{i:03}" for i in range(len(texts))], "s": [[text] for text in texts]})
    assert [row[0] for row in engine.query("SELECT s[1] FROM t ORDER BY id").rows] == texts


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@settings(max_examples=60, deadline=None)
def test_literals_mean_their_value(engine, text):
    assert engine.query(f"SELECT {literal(text)}").rows == [(text,)]


@pytest.mark.parametrize(
    "row",
    [
        ("x", None, [], [], datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), [], 0.0),
        ("x", None, [], [], datetime(2106, 2, 7, 6, 28, 16, tzinfo=UTC), [], 0.0),
        ("x", None, [], [], NOW, [datetime(1906, 4, 18, tzinfo=UTC)], 0.0),
        ("x", None, [], [], None, [], 0.0),
        (None, None, [], [], NOW, [], 0.0),
        (5.5, None, [], [], NOW, [], "text"),
        ("x", b"bytes", [], [], NOW, [], 0.0),
        ("x", 2**63, [], [], NOW, [], 0.0),
        ("\ud800", None, [], [], NOW, [], 0.0),
        ("x", None, [], [None], NOW, [], 0.0),
        (b"\xff", None, [], [], NOW, [], 0.0),
    ],
    ids=[
        *("before 1970", "after 2106", "date in an array", "null date", "null text", "number for a text", "bytes"),
        *("too large", "half a character", "null in an array", "bytes for a text"),
    ],
)
def test_rows_at_fault_are_refused_whole(engine, table, row):
    fine = ("fine", None, [], [], NOW, [], 0.0)
    with pytest.raises(RowsRefused):
        engine.insert("t", dict(zip(table, zip(fine, row, strict=True), strict=True)))
    assert engine.query("SELECT count() FROM t").rows == [(0,)]


def test_a_missing_table_is_no_fault_of_the_rows(engine):
    with pytest.raises(StoreAway, match="UNKNOWN_TABLE"):
        engine.insert("not_there_yet", {"id": ["x"]})


def test_a_bad_statement_is_refused_with_the_engines_words(engine):
    with pytest.raises(QueryRefused, match="UNKNOWN_IDENTIFIER") as refused:
        engine.query("SELECT nothing")
    assert refused.value.code == 47


ANY_JOIN = """
import sys
from pathlib import Path
from connectors.sinks.embedded import EmbeddedStore
store = EmbeddedStore(Path(sys.argv[1]))
store.execute("CREATE TABLE version (id String, said String, at UInt64) ENGINE = ReplacingMergeTree(at) ORDER BY id")
store.execute("CREATE VIEW survivor AS "
              "SELECT a.id AS id, b.said AS next FROM version AS a ANY LEFT JOIN version AS b USING id")
store.insert("version", {"id": ["x"], "said": ["y"]})
print(store.query("SELECT said FROM ("
                  "SELECT said, next FROM (SELECT said, argMax(id, at) AS id FROM version FINAL GROUP BY said) AS j "
                  "ANY LEFT JOIN (SELECT id, next FROM survivor) AS s USING id"
                  ") AS k ALL INNER JOIN (SELECT said, at FROM version) AS m USING said WHERE next = 'y'").rows)
"""


def test_an_any_join_of_views_ends(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", ANY_JOIN, tmp_path], capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout == "[('y',)]\n"


def test_queries_run_while_rows_go_in(engine, table):
    done = threading.Event()

    def write():
        for i in range(30):
            engine.insert("t", {"id": [f"{i}-{j}" for j in range(100)]})
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    while not done.is_set():
        counts.append(engine.query("SELECT count() FROM t").rows[0][0])
    writer.join()
    assert counts == sorted(counts)
    assert all(count % 100 == 0 for count in counts)
    assert engine.query("SELECT count() FROM t").rows == [(3000,)]


def test_a_folder_has_one_owner(engine, tmp_path):
    code = (
        "import sys; from pathlib import Path; from connectors.sinks.embedded import EmbeddedStore\n"
        "try: EmbeddedStore(Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    told = subprocess.run([sys.executable, "-c", code, engine._folder], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("StoreError")
    assert "open in another process; stop it, or ask it through its gateway" in told.stdout


def test_rows_survive_kill_9(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from connectors.sinks.embedded import EmbeddedStore\n"
        "store = EmbeddedStore(Path(sys.argv[1]))\n"
        "store.execute('CREATE TABLE IF NOT EXISTS t (id String) ENGINE = MergeTree ORDER BY id')\n"
        "print(store.query('SELECT count() FROM t').rows[0][0])\n"
        "store.insert('t', {'id': [str(i) for i in range(1000)]})\n"
        "sys.stdout.flush(); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONWARNINGS": ""}
    seen = [
        subprocess.run(
            [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, env=environment, check=False
        ).stdout
        for _ in range(2)
    ]
    assert [s.strip() for s in seen] == ["0", "1000"]


@pytest.fixture
def fresh(engine):
    engine.execute("DROP DATABASE IF EXISTS fresh")
    engine.execute("CREATE DATABASE fresh")
    store = EmbeddedStore(engine._folder, database="fresh")
    yield store
    store.close()


def test_migrations_apply_once(fresh):
    first, second = migrate(fresh), migrate(fresh)
    assert first.applied == tuple(m.name for m in migrations())
    assert (second.applied, second.present) == ((), first.applied)


def test_migrations_go_on_after_a_crash_between_two_statements(fresh):
    tables = next(m for m in migrations() if m.name == "0001_tables")
    for statement in tables.statements()[:3]:
        fresh.execute(statement)
    assert "0001_tables" in migrate(fresh).applied


def test_a_migration_waits_for_a_newer_server(fresh):
    old = Migration("0001_a", "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory;")
    new = Migration("0002_b", "-- requires: 999.1\nCREATE TABLE IF NOT EXISTS b (x Int8) ENGINE = Memory;")
    report = migrate(fresh, [old, new])
    assert (report.applied, report.waiting) == (("0001_a",), ("0002_b",))
    assert fresh.query("EXISTS TABLE b").rows == [(0,)]


def test_an_applied_migration_must_not_change_or_vanish(fresh):
    file = Migration("0001_a", "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory;")
    migrate(fresh, [file])
    with pytest.raises(MigrationError, match=r"0001_a.sql was changed.*new file"):
        migrate(fresh, [Migration("0001_a", file.text + "\n")])
    with pytest.raises(MigrationError, match="0001_a, which is not a file here"):
        migrate(fresh, [])


def test_a_file_that_says_what_it_was_is_done_where_that_was_applied(fresh):
    file = Migration("0001_a", "CREATE TABLE IF NOT EXISTS a (x Int8) ENGINE = Memory;")
    migrate(fresh, [file])
    better = Migration("0001_a", f"-- once: {file.checksum}\nCREATE TABLE IF NOT EXISTS b (x Int8) ENGINE = Memory;")
    assert migrate(fresh, [better]).present == ("0001_a",)
    assert fresh.query("EXISTS TABLE b").rows == [(0,)]


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 25])
def test_slices_hold_every_row_once_and_no_more_than_told(fresh, rows):
    fresh.execute("CREATE TABLE a (id String) ENGINE = MergeTree ORDER BY id")
    fresh.execute(f"INSERT INTO a SELECT concat('it''s ', toString(number)) FROM numbers({rows})")
    statements = list(
        sliced(fresh, "-- slices: a by id, 10 rows\nSELECT id FROM a WHERE id > {after} AND id <= {upto}")
    )
    found = [fresh.query(statement).rows for statement in statements]
    assert sorted(row for part in found for row in part) == fresh.query("SELECT id FROM a ORDER BY id").rows
    assert [len(part) for part in found] == [10] * (rows // 10) + [rows % 10] * (rows % 10 > 0)


def test_two_files_of_one_number_are_an_error(tmp_path):
    for name in ("0001_a.sql", "0001_b.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="0001"):
        migrations(tmp_path)


def test_statements_end_at_semicolons_and_comments_are_none():
    file = Migration("1", "-- requires: 20.1\n-- a; b\n\nSELECT 1; -- one\nSELECT\n  2\n;\n-- the end\n")
    assert file.requires == (20, 1)
    assert [s.splitlines()[-1] for s in file.statements()] == ["SELECT 1; -- one\nSELECT\n  2".splitlines()[-1]]


def test_a_store_error_is_one_error_to_catch():
    assert issubclass(MigrationError, StoreError)

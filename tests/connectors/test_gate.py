"""What passes the gateway to the embedded engine, and what does not, beside traps that must stay untouched."""

import re
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sinks.contract import QueryRefused, StoreError
from tests.connectors.hostile import SECRET, ask, gateway_with_traps, sample, try_all

README = Path(__file__).parents[2] / "README.md"
# What readers ask, and what Grafana's plugin, clickhouse-connect, the JDBC driver of Metabase and DBeaver ask first.
HARMLESS = [
    *re.findall(r'tocsin sql "([^"]+)"', README.read_text(encoding="utf-8")),
    "SELECT 1",
    "  (select 1) union all (select 2);",
    "-- a; b\nWITH 1 AS x SELECT ';', x /* ; */ ; -- done",
    "SELECT 'drop table t; insert; SELECT * FROM file(''x'')', 'INTO OUTFILE'",
    "SELECT version(), timezone()",
    "SELECT version()",
    "SELECT name, value, readonly AS readonly FROM system.settings LIMIT 10000",
    "SELECT name, alias_to FROM system.functions",
    "SELECT currentUser() AS user, timezone() AS timezone, version() AS version, getSetting('readonly') AS readonly",
    "SELECT name, type, default_kind, comment FROM system.columns WHERE database = 'tocsin' AND table = 'incident'",
    "SELECT name, engine, comment FROM system.tables WHERE database = 'tocsin' ORDER BY name",
    "SELECT name AS TABLE_SCHEM, NULL AS TABLE_CATALOG FROM system.databases ORDER BY name",
    "SELECT table_name FROM information_schema.tables WHERE table_schema = currentDatabase()",
    "SELECT count(*) FROM system.tables",
    "SELECT t.name, CASE WHEN empty(t.data_paths) THEN 'REMOTE TABLE' ELSE 'TABLE' END AS kind, d.engine FROM system.tables t JOIN system.databases d ON system.tables.database = system.databases.name WHERE t.database LIKE 'tocsin'",
    "SHOW DATABASES",
    "SHOW TABLES",
    "SHOW TABLES FROM `tocsin` LIKE 'inc%' LIMIT 3 FORMAT JSON",
    "SHOW FULL TABLES FROM system",
    "SHOW COLUMNS FROM incident",
    "SHOW CREATE TABLE incident_current",
    "DESCRIBE TABLE incident",
    "DESC tocsin.`incident_current` FORMAT JSON",
    "DESCRIBE (SELECT * FROM incident)",
    "EXISTS TABLE incident",
    "EXISTS nowhere",
    "EXPLAIN SELECT * FROM incident",
    "EXPLAIN PLAN actions = 1 SELECT 1 FROM incident",
    "EXPLAIN PIPELINE SELECT 1",
    "SELECT * FROM tocsin.incident_current WHERE incident_id IN (SELECT incident_id FROM incident_mention) LIMIT 5",
    "SELECT count() FROM incident WHERE 1 IN (1, 2) SETTINGS max_threads = 1, max_execution_time = 5 FORMAT JSON",
    "SELECT toStartOfHour(first_seen) AS time, count() AS `Zahl (Größe)` FROM incident GROUP BY time ORDER BY time",
    "SELECT family, countIf(severity > 3), uniqExact(block), quantile(0.9)(severity) FROM incident GROUP BY family WITH TOTALS",
    "SELECT row_number() OVER (PARTITION BY family ORDER BY version) FROM incident",
    "SELECT date_add(day, 1, today()), extract(year FROM now()), CASE WHEN 1 THEN 2 ELSE (3) END, trim(BOTH 'a' FROM 'b')",
    "SELECT (1)::Nullable(Decimal(9, 2)), CAST('[]' AS Array(String)) FORMAT Null",
    "SELECT arrayMap((x, y) -> x + y, [1], [2]), tuple(1, 2).1, [1][1], map('a', 1)['a'], 1 ? 2 : 3",
    "SELECT * FROM values('a UInt64, b String', (1, 'x')) AS v JOIN generateSeries(1, 3) AS g ON g.generate_series = v.a",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT sum(n) FROM r",
    "SELECT * EXCEPT (version) REPLACE (1 AS severity) FROM incident ORDER BY severity DESC LIMIT 1 BY family LIMIT 2",
    "SELECT incident.family, i.* FROM incident JOIN incident_current AS i USING (incident_id)",
    "SELECT * FROM system.one, system.numbers LIMIT 3",
    "SELECT @@version_comment",
]  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    with gateway_with_traps(tmp_path_factory.mktemp("gate")) as found:
        yield found


@pytest.mark.parametrize("statement", HARMLESS)
def test_what_readers_and_their_tools_ask_passes(guarded, statement):
    answer = ask(guarded[0], statement)
    assert answer.status_code == 200, answer.text


@pytest.mark.timeout(600)
def test_nothing_hostile_passes_and_no_trap_is_sprung(guarded):
    url, traps, _ = guarded
    counts, faults = try_all(url, traps, sample())
    assert faults == []
    assert sum(row[0] for row in counts.values()) > 500


def test_the_traps_are_sprung_by_the_engine_without_its_gate(guarded):
    _, traps, store = guarded
    assert traps.sprung() == []
    assert store.query(traps.armed("SELECT * FROM file('FILE', 'LineAsString')")).rows == [(SECRET,)]
    store.query(traps.armed("SELECT 1 INTO OUTFILE 'OUT'"))
    with pytest.raises(StoreError):  # the trap answers nothing
        store.query(traps.armed("DESCRIBE TABLE url('URL', 'JSONEachRow')"))
    assert traps.sprung() == ["called out", "read the file", "wrote a file"]
    traps.reset()


def test_a_file_of_this_machine_is_no_table_even_without_the_gate(guarded):
    _, traps, store = guarded
    with pytest.raises(QueryRefused, match=r"Code: 60"):
        store.query(traps.armed("SELECT * FROM default.`FILE`"))


BLANKS = st.sampled_from([" ", "\n", "\t", "/* ' */", "-- ;\n", "  ", "\xa0", "/* SELECT 1 */"])
AROUND = st.sampled_from(
    [
        "{}", "SELECT * FROM ({})", "WITH q AS ({}) SELECT * FROM q", "SELECT 1 IN ({})", "SELECT 1 UNION ALL {}",
        "EXPLAIN {}", "EXPLAIN AST {}", "{} FORMAT JSON", "{} SETTINGS max_threads = 1", "SELECT exists({})", "({})",
        "SELECT * FROM view({})", "{} LIMIT 1", "SELECT (({}), 1)", "DESCRIBE TABLE ({})", "{};",
    ]
)  # fmt: skip
SEEDS = [
    "SELECT * FROM file ( 'FILE' , 'LineAsString' )",
    "SELECT * FROM url ( 'URL' , 'LineAsString' )",
    "SELECT * FROM s3 ( 'URLb/k.csv' , 'CSV' )",
    "SELECT * FROM remote ( 'HOST' , 'system' , 'one' )",
    "SELECT name FROM system . processes",
    "SELECT hostName ( ) AS a",
    "SELECT * FROM default . `FILE`",
    "SELECT 1 INTO OUTFILE 'OUT'",
    "SELECT * FROM merge ( 'system' , 'users' )",
    "SELECT data_paths FROM system . tables",
    "SELECT 1 SETTINGS readonly = 0",
    "DESCRIBE TABLE url ( 'URL' )",
]


@st.composite
def disguised(draw):
    """A hostile statement in other cases, with other blanks, quoted names and other statements around it."""
    words = []
    for word in draw(st.sampled_from(SEEDS)).split(" "):
        is_name = word in {"file", "url", "s3", "remote", "hostName", "system", "processes", "merge", "tables"}
        if word.isalpha() and not word.startswith("'"):
            cased = draw(st.sampled_from([word, word, word.upper(), word.lower(), word.title()]))
            word = draw(st.sampled_from([cased, f"`{word}`", f'"{word}"'])) if is_name else cased  # noqa: PLW2901
        words.append(word)
    statement = words[0] + "".join(draw(BLANKS) + word for word in words[1:])
    for around in draw(st.lists(AROUND, max_size=2)):
        statement = around.replace("{}", statement)
    return statement


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(disguised())
def test_no_disguise_helps(guarded, statement):
    url, traps, _ = guarded
    answer = ask(url, traps.armed(statement))
    assert answer.status_code in {400, 403, 404}, (statement, answer.text)
    assert SECRET not in answer.text
    assert traps.sprung() == []


@given(st.text(alphabet="ab;'\"`\\-/* \n$", max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_second_statement_never_hides_behind_a_closed_string(guarded, text):
    quoted = "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    url = guarded[0]
    assert ask(url, f"SELECT {quoted} FORMAT JSONCompact").json()["data"] == [[text]]
    assert ask(url, f"SELECT {quoted}; KILL QUERY WHERE 1").status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_execution_time", "5"),
        ("max_threads", "1"),
        ("max_result_rows", "10"),
        ("max_rows_to_read", "1000"),
        ("result_overflow_mode", "break"),
        ("session_timezone", "Asia/Kolkata"),
        ("output_format_json_quote_64bit_integers", "1"),
        ("date_time_output_format", "iso"),
        ("join_use_nulls", "1"),
        ("readonly", "1"),
        ("session_id", "abc"),
        ("query_id", "abc"),
        ("wait_end_of_query", "1"),
    ],
)
def test_stricter_settings_of_a_client_are_taken(guarded, name, value):
    answer = ask(guarded[0], "SELECT 1", **{name: value})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("where", ["address", "statement"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_execution_time", "0"),
        ("max_execution_time", "3000"),
        ("max_execution_time", "nan"),
        ("max_threads", "64"),
        ("max_result_rows", "0"),
        ("max_memory_usage", "99999999999"),
        ("session_timezone", "../etc/passwd"),
        ("readonly", "0"),
        ("readonly", "2"),
        ("format_schema", "x"),
        ("output_format_schema", "/tmp/x"),
        ("allow_ddl", "1"),
        ("compress", "1"),
        ("no_such_setting", "1"),
    ],
)
def test_looser_and_unknown_settings_are_refused_by_name(guarded, where, name, value):
    if where == "address":
        answer = ask(guarded[0], "SELECT 1", **{name: value})
    else:
        answer = ask(guarded[0], f"SELECT 1 SETTINGS {name} = '{value}'")
    assert answer.status_code == 403
    assert name in answer.text


def test_a_taken_setting_is_in_force(guarded):
    url = guarded[0]
    zone = ask(url, "SELECT timezone(), toString(toDateTime(0)) FORMAT CSV", session_timezone="Asia/Kolkata")
    assert "05:30:00" in zone.text
    assert ask(url, "SELECT number FROM numbers(20)", max_result_rows="10").status_code == 500
    assert ask(url, "SELECT number FROM numbers(20) SETTINGS max_result_rows = 10").status_code == 500
    assert ask(url, "SELECT getSetting('max_threads')", max_threads="1").text == "1\n"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:8723"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/ping"])
def test_pages_of_other_sites_do_not_read_here(guarded, headers, path):
    answer = httpx.get(guarded[0] + path, params={"query": "SELECT 1"}, headers=headers, trust_env=False)
    assert answer.status_code == 403
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_its_own_origin_may(guarded):
    headers = {"Origin": guarded[0], "Sec-Fetch-Site": "same-origin"}
    assert httpx.get(guarded[0], params={"query": "SELECT 1"}, headers=headers, trust_env=False).text == "1\n"


def test_deep_nesting_is_read_to_its_bottom(guarded):
    url, traps, _ = guarded
    for depth in (20, 100):
        deep = "SELECT (" * depth + "{}" + ")" * depth
        assert ask(url, traps.armed(deep.replace("{}", "SELECT file('FILE')"))).status_code in {400, 403}
    assert ask(url, "SELECT " + "(" * 100 + "1" + ")" * 100).text == "1\n"
    assert traps.sprung() == []


def test_external_tables_are_refused(guarded):
    files = {"t": ("t.csv", b"1\n", "text/csv")}
    answer = httpx.post(guarded[0], params={"query": "SELECT * FROM t"}, files=files, trust_env=False)
    assert answer.status_code == 403

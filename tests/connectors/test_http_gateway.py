import gzip
import http.client
import json
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from connectors.sinks.contract import QueryRefused, StoreAway, StoreError
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.http import HttpReader
from connectors.sinks.http_gateway import HttpGateway, QueryLimits
from connectors.sinks.native import NativeStore
from connectors.sinks.open import open_reader, open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("gateway"))
    store.execute("CREATE TABLE t (id Int64, at DateTime('UTC'), word Nullable(String)) ENGINE = MergeTree ORDER BY id")
    store.insert("t", {"id": range(10), "word": [None if i % 2 else "ö" for i in range(10)]})
    yield store
    store.close()


@pytest.fixture(scope="module")
def url(store):
    gateway = HttpGateway(store, port=0, limits=QueryLimits(rows=1000, seconds=1))
    yield gateway.start()
    gateway.stop()


def ask(url, query=None, method="GET", **params):
    return httpx.request(method, url, params={"query": query, **params} if query else params, trust_env=False)


def test_answers_like_a_clickhouse(url):
    assert httpx.get(f"{url}/ping", trust_env=False).text == "Ok.\n"
    assert httpx.get(url, trust_env=False).text == "Ok.\n"
    plain = ask(url, "SELECT id, word FROM t WHERE id < 2 ORDER BY id")
    assert plain.text == "0\tö\n1\t\\N\n"
    assert plain.headers["X-ClickHouse-Format"] == "TabSeparated"
    assert json.loads(plain.headers["X-ClickHouse-Summary"])["result_rows"] == "2"
    assert plain.headers["Content-Type"].startswith("text/tab-separated-values")


def test_the_query_may_stand_in_the_body_and_name_its_format(url):
    answer = httpx.post(url, content="SELECT count() AS n FROM t FORMAT JSONEachRow", trust_env=False)
    assert json.loads(answer.text) == {"n": 10}
    assert answer.headers["X-ClickHouse-Format"] == "JSONEachRow"
    split = httpx.post(url, params={"query": "SELECT count()"}, content="FROM t", trust_env=False)
    assert split.text == "10\n"


def test_parameters_format_and_database_come_with_the_address(url, store):
    answer = ask(url, "SELECT {w:String} AS w", param_w="a'b", default_format="JSONCompact", database="default")
    assert answer.json()["data"] == [["a'b"]]
    assert ask(url, "SELECT currentDatabase()").text == f"{store.database}\n"
    assert ask(url, "SELECT 1", database="nowhere").status_code == 404
    assert ask(url, "SELECT 1", database="a`b").status_code == 404


def test_answers_are_compressed_on_demand(url):
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname, where.port)
    path = "/?query=SELECT%20number%20FROM%20numbers(1000)&enable_http_compression=1"
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.read()).count(b"\n") == 1000
    connection.close()


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("DROP TABLE t", 403, "164"),
        ("SELECT FROM WHERE", 400, "62"),
        ("SELECT * FROM nowhere", 404, "60"),
        ("SELECT * FROM numbers(1001)", 500, "396"),
        ("SELECT sum(sipHash64(number)) FROM numbers(3000000000)", 408, "159"),
        ("SELECT 1 SETTINGS readonly = 0", 403, "452"),
        ("SELECT * FROM file('/etc/hostname', 'LineAsString')", 403, "164"),
        ("SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", 403, "164"),
        ("SELECT * FROM remote('127.0.0.1:9000', 'system', 'one')", 403, "164"),
        ("WITH 1 AS x INSERT INTO t (id) SELECT x", 403, "164"),
    ],
)
def test_what_fails_says_so_with_clickhouses_code(url, sql, status, code):
    answer = ask(url, sql)
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (status, code), answer.text
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")


def test_nothing_was_changed_by_all_that(url, store):
    assert store.query("SELECT count() FROM t").rows == [(10,)]


def test_a_long_query_holds_up_neither_rows_nor_other_queries(url, store):
    with httpx.Client(trust_env=False) as client:
        started = time.monotonic()
        slow = threading.Thread(target=lambda: ask(url, "SELECT sum(sipHash64(number)) FROM numbers(3000000000)"))
        slow.start()
        store.execute("CREATE TABLE IF NOT EXISTS other (x Int64) ENGINE = MergeTree ORDER BY x")
        store.insert("other", {"x": [1]})
        assert client.get(url, params={"query": "SELECT count() FROM other"}).text == "1\n"
        assert slow.is_alive(), f"the slow query took only {time.monotonic() - started} s"
        slow.join()


def test_a_page_that_rebinds_its_name_to_loopback_is_refused(url):
    answer = httpx.get(url, params={"query": "SELECT 1"}, headers={"Host": "evil.example:8723"}, trust_env=False)
    assert answer.status_code == 403
    for name in ("localhost:1", "127.0.0.1", "[::1]:80"):
        assert httpx.get(url, params={"query": "SELECT 1"}, headers={"Host": name}, trust_env=False).text == "1\n"


def test_the_door_opens_on_loopback_only(store):
    with pytest.raises(StoreError, match="loopback only"):
        HttpGateway(store, host="0.0.0.0")


def test_a_taken_port_is_named(store, url):
    port = urlsplit(url).port
    with pytest.raises(StoreError, match=rf"port {port} is taken .*TOCSIN_GATEWAY_PORT"):
        HttpGateway(store, port=port).start()


def test_the_reader_gives_pythons_types(url, store):
    reader = open_reader(f"{url}/{store.database}")
    columns, rows = reader.query("SELECT id, at, word, [at] AS a, 0.5 AS f FROM t WHERE id IN (0, 1) ORDER BY id")
    assert columns == ("id", "at", "word", "a", "f")
    assert [r[0] for r in rows] == [0, 1]
    assert rows[0][1].isoformat() == "1970-01-01T00:00:00+00:00"
    assert rows[0][3] == [rows[0][1]]
    assert [r[2] for r in rows] == ["ö", None]
    assert reader.version()[0] >= 26
    with pytest.raises(QueryRefused) as refused:
        reader.query("DROP TABLE t")
    assert refused.value.code == 164
    with pytest.raises(StoreAway):
        reader.query("SELECT sum(sipHash64(number)) FROM numbers(3000000000)")
    reader.close()


def test_a_closed_door_is_away():
    reader = HttpReader("http://127.0.0.1:1/")
    with pytest.raises(StoreAway, match=r"no ClickHouse answers at 127.0.0.1:1 .*tocsin up"):
        reader.query("SELECT 1")
    reader.close()


def test_addresses_mean_their_kind_of_store():
    for url, kind in (("clickhouse://h/d", NativeStore), ("http://127.0.0.1:1/", HttpReader)):
        reader = open_reader(url)
        assert isinstance(reader, kind)
        reader.close()
    with pytest.raises(StoreError, match="read-only gateway"):
        open_store("http://127.0.0.1:1/")
    with pytest.raises(StoreError, match=r"mysql:// is no ClickHouse address"):
        open_reader("mysql://h")

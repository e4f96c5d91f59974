"""`tocsin sql` with a FORMAT clause: every format of the engine comes as it is, or a clear word why not."""

import json

import pytest

from connectors.sinks.contract import QueryRefused
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.http import HttpReader
from connectors.sinks.http_gateway import HttpGateway
from deploy.actions.sql import print_answer, select
from schemas.errors import Stop
from streams.settings import Settings


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("formats"))
    gateway = HttpGateway(store, port=0)
    yield gateway.start()
    gateway.stop()
    store.close()


@pytest.fixture
def settings(gateway):
    return Settings(clickhouse=f"{gateway}/tocsin")


def test_every_format_comes_as_it_is_or_is_refused_in_words(settings):
    names = [row[0] for row in select(settings, "SELECT name FROM system.formats WHERE is_output ORDER BY name").rows]
    assert len(names) > 50
    refused = []
    for name in names:
        try:
            answer = select(settings, f"SELECT 1 AS a FORMAT {name}")
        except Stop as stop:
            answer = str(stop)
            refused.append(name)
        assert isinstance(answer, bytes) or "Code: " in answer
    assert {"CSV", "JSON", "JSONCompact", "Parquet", "TSV", "Pretty", "Null", "ArrowStream"}.isdisjoint(refused)
    with pytest.raises(Stop, match="Unknown format Nope"):
        select(settings, "SELECT 1 FORMAT Nope")


def test_csv_reaches_the_standard_output_as_it_came(settings, capsysbinary):
    print_answer(select(settings, "SELECT 1 AS a, 'ö' AS b FORMAT CSVWithNames;"))
    assert capsysbinary.readouterr().out == '"a","b"\n1,"ö"\n'.encode()
    answer = select(settings, "SELECT 1 AS a FORMAT JSON SETTINGS max_threads = 1")
    assert json.loads(answer)["data"] == [{"a": 1}]


def test_rows_are_still_rows_and_two_formats_are_one_too_many(settings, capsys):
    print_answer(select(settings, "SELECT 1 AS a, 'x FORMAT CSV' AS b"), form="json")
    assert json.loads(capsys.readouterr().out) == {"a": 1, "b": "x FORMAT CSV"}
    with pytest.raises(Stop, match="excludes another format"):
        print_answer(select(settings, "SELECT 1 FORMAT CSV"), form="json")


def test_a_reader_that_wants_rows_says_so(settings, gateway):
    reader = HttpReader(f"{gateway}/tocsin")
    with pytest.raises(QueryRefused, match="leave FORMAT out"):
        reader.query("SELECT 1 FORMAT CSV")
    reader.close()


def test_the_native_protocol_has_no_formats(monkeypatch):
    with pytest.raises(Stop, match="leave FORMAT out"):
        select(Settings(clickhouse="clickhouse://127.0.0.1:1/tocsin"), "SELECT 1 FORMAT CSV")


def test_the_command_line_passes_the_same_gate(settings):
    with pytest.raises(Stop, match="the function file is not available here"):
        select(settings, "DESCRIBE TABLE file('/etc/passwd', 'JSONEachRow')")

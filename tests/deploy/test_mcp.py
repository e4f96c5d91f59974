"""Who `tocsin mcp` reads as: a gateway, or a user who may not write."""

import pytest

from connectors.sinks.contract import Table
from connectors.sinks.http import HttpReader
from deploy.actions.mcp_server import read_only_reader
from schemas.errors import Stop


def test_the_native_protocol_is_not_taken():
    with pytest.raises(Stop, match="reads over HTTP"):
        read_only_reader("clickhouse://127.0.0.1:1/tocsin")


@pytest.mark.parametrize(("rows", "taken"), [([("0",)], False), ([], False), ([("1",)], True), ([("2",)], True)])
def test_a_user_who_may_write_is_not_taken(monkeypatch, rows, taken):
    monkeypatch.setattr(HttpReader, "query", lambda self, sql: Table(("value",), rows))
    if taken:
        assert read_only_reader("http://127.0.0.1:1/tocsin")
    else:
        with pytest.raises(Stop, match="can write"):
            read_only_reader("http://127.0.0.1:1/tocsin")

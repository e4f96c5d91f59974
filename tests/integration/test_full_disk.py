"""A ClickHouse whose disk has no room is away, whatever it is asked to write; it is none that refuses a statement."""

from contextlib import ExitStack, closing

import pytest

from connectors.sinks.contract import StoreAway
from connectors.sinks.native import NativeStore
from deploy.local.clickhouse import clickhouse
from deploy.supervise.ports import free_ports
from schemas.errors import Stop
from tests.integration.faults.disks import filled, mounted

pytestmark = pytest.mark.timeout(120)


def test_rows_that_it_copies_itself_come_again_when_there_is_room(real_clickhouse_here, tmp_path):
    port, http = free_ports(2)
    folder = tmp_path / "store"
    folder.mkdir()
    with ExitStack() as stack:
        try:
            stack.enter_context(mounted(folder, 2**24))
        except Stop as refused:
            pytest.skip(str(refused))
        stack.enter_context(clickhouse(tmp_path, port=port, http_port=http))
        store = stack.enter_context(closing(NativeStore(f"clickhouse://default@127.0.0.1:{port}/default")))
        store.execute("CREATE TABLE told (at UInt64) ENGINE = MergeTree ORDER BY at")
        copied = "INSERT INTO told SELECT number FROM numbers(100000)"
        with filled(folder), pytest.raises(StoreAway):
            store.execute(copied)
        store.execute(copied)
        assert store.query("SELECT count() FROM told").rows == [(100_000,)]

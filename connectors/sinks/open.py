"""Opens the store or reader for an address; imports the client that it needs only, as each takes part of a second."""

from urllib.parse import urlsplit

from connectors.sinks.cluster import ClusteredStore, on_cluster
from connectors.sinks.contract import Reader, Store, StoreError

NATIVE = ("clickhouse://", "clickhouses://")
HTTP = ("http://", "https://")


def open_store(url: str) -> Store:
    """A server that takes rows, with `?cluster=NAME` a cluster of them. Raises StoreError when it is neither."""
    _check_port(url)
    if url.startswith(NATIVE):
        from connectors.sinks.native import NativeStore  # noqa: PLC0415 - only where it is needed

        address, cluster, database = on_cluster(url)
        store = NativeStore(address)
        return ClusteredStore(store, cluster, database) if cluster else store
    if url.startswith(HTTP):
        raise StoreError("an HTTP address is a read-only gateway; give the loader a clickhouse:// address")
    raise StoreError(_unknown(url))


def open_reader(url: str) -> Reader:
    """A server or gateway that answers queries. Raises StoreError when the address is neither."""
    _check_port(url)
    if url.startswith(NATIVE):
        from connectors.sinks.native import NativeStore  # noqa: PLC0415 - likewise

        return NativeStore(on_cluster(url)[0], create=False)
    if url.startswith(HTTP):
        from connectors.sinks.http import HttpReader  # noqa: PLC0415 - likewise

        return HttpReader(url)
    raise StoreError(_unknown(url))


def _check_port(url: str) -> None:
    try:
        _ = urlsplit(url).port
    except ValueError as error:
        raise StoreError("the ClickHouse address has a port that is no number up to 65535") from error


def _unknown(url: str) -> str:
    scheme = url.partition("://")[0]
    return f"{scheme}:// is no ClickHouse address; use clickhouse://user@host:9000/database or http://host:port/"

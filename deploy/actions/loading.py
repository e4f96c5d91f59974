"""Runs the loader: on the embedded engine, which it alone owns and opens a gateway to, or on a ClickHouse server."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.load.explain import explain
from connectors.load.load import Loader
from connectors.load.migrate import migrate
from connectors.load.retention import Kept
from connectors.sinks.contract import Store, StoreError
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.http_gateway import HttpGateway
from connectors.sinks.open import open_store
from deploy.actions.sql_page import sql_page
from schemas.codec import Codec
from schemas.errors import Stop
from schemas.transport.dead_letter_limit import DeadLetterLimit
from streams.settings import Settings
from streams.status_files import WaitingMark

log = logging.getLogger("tocsin")


def run_loader(settings: Settings, codec: Codec, *, embedded: bool) -> None:
    """Load until SIGTERM or SIGINT. Raises Stop when the store cannot be opened or migrated."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with _embedded(settings) if embedded else _server(settings) as store:
            loader = Loader(
                settings.kafka,
                store,
                codec=codec,
                producer_batch_bytes=settings.batch_bytes,
                waits=WaitingMark(settings, "loader").note,
                dead_letter_limit=DeadLetterLimit(settings.invalid_share),
                kept=Kept(settings.article_days, settings.incident_days),
            )
            loader.run(stop)
    except StoreError as error:
        raise Stop(str(error)) from error


@contextmanager
def _embedded(settings: Settings) -> Iterator[Store]:
    store = EmbeddedStore(settings.data_dir.resolve() / "clickhouse")
    try:
        migrate(store)
        gateway = HttpGateway(store, port=settings.gateway_port, pages=sql_page())
        log.info("the embedded ClickHouse answers at %s, /page asks it in a browser", gateway.start())
        try:
            explain(store)  # nobody waits for comments
            yield store
        finally:
            gateway.stop()
    finally:
        store.close()


@contextmanager
def _server(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.clickhouse.get_secret_value())
    try:
        yield store
    finally:
        store.close()

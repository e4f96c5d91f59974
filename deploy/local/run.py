"""Real parts brought up by hand: print where they are, run until Ctrl-C."""

import signal
import time
from pathlib import Path

from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.ports import LOOPBACK
from deploy.process import Child
from streams.errors import Stop

LOOK_SECONDS = 0.5


def run_kafka(data: Path, *, port: int = 9092, controller_port: int = 9093) -> None:
    """Run a Kafka broker on `data` until Ctrl-C or SIGTERM. Raises Stop when it cannot start or ends by itself."""
    print("Kafka is starting; the first time Maven downloads it (43 MB)", flush=True)
    _hold(kafka(data, port=port, controller_port=controller_port), f"export TOCSIN_KAFKA={LOOPBACK}:{port}")


def run_clickhouse(data: Path, *, port: int = 9000, http_port: int = 8123) -> None:
    """Run a ClickHouse server on `data` until Ctrl-C or SIGTERM. Raises Stop when it cannot start or ends by itself."""
    _hold(
        clickhouse(data, port=port, http_port=http_port),
        f"export TOCSIN_CLICKHOUSE=clickhouse://default@{LOOPBACK}:{port}/tocsin   # HTTP: http://{LOOPBACK}:{http_port}",
    )


def _hold(part: Child, how_to_reach: str) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with part:
            print(f"{part.name} runs, log in {part.log}; Ctrl-C stops it, its data stays\n{how_to_reach}", flush=True)
            while part.running:
                time.sleep(LOOK_SECONDS)
            raise Stop(f"{part.name} ended by itself; {part.last_words()}")
    except KeyboardInterrupt:
        print(f"{part.name} is stopped", flush=True)

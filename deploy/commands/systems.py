"""Commands that run whole systems: up, demo, and local servers for real parts."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from deploy.commands.configured import load_settings
from deploy.commands.signals import stop_on_signals
from schemas.errors import Stop

local = typer.Typer(no_args_is_help=True, help="Bring up a real Kafka or ClickHouse on this machine.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(up)
    app.command()(demo)
    app.add_typer(local, name="local")


def up() -> None:
    """Everything on embedded parts, in one process tree, until Ctrl-C.

    Data of the embedded ClickHouse stays in the data folder; the embedded broker forgets when it ends.
    """
    from deploy.supervise.up import embedded_settings, say_where, started

    stop, settings = stop_on_signals(), embedded_settings(load_settings())
    with started(settings, print) as tree:
        say_where(settings)
        while not stop.wait(0.5):
            for line in tree.watch():
                print(line, flush=True)
        print("stopping...", flush=True)


def demo(
    headless: Annotated[
        bool, typer.Option("--headless", help="Replay at full pace, wait until all is drained, print counts as JSON.")
    ] = False,
    pace: Annotated[float, typer.Option(help="Seconds between articles.")] = 0.5,
    real: Annotated[
        bool, typer.Option("--real", help="Headless against the Kafka and ClickHouse of the settings.")
    ] = False,
) -> None:
    """Replay the bundled sample through everything, on embedded parts.

    Example: `tocsin demo --headless` exits 0 when every topic's count equals its table's and the best figures are
    those that the sample's texts state last (`sample.figures_wrong` is empty).
    """
    from deploy.demo.demo import headless_demo, live_demo

    settings = load_settings()
    if headless or real:
        report = headless_demo(settings, real=real)
        print(json.dumps(report))
        raise typer.Exit(1 if report["differences"] or report["sample"]["figures_wrong"] else 0)
    live_demo(settings, pace, stop_on_signals())


def _run_child(make: Callable[[], object], address: str) -> None:
    from deploy.supervise.process import Child

    stop = stop_on_signals()
    child = make()
    assert isinstance(child, Child)
    with child:
        print(f"{child.name} answers at {address}; Ctrl-C stops it; log {child.log}", flush=True)
        while child.running and not stop.is_set():
            time.sleep(0.2)
        if not child.running:
            raise Stop(f"{child.name} has ended; see {child.log}")


@local.command("kafka")
def local_kafka(port: int = 9092, controller_port: int = 9093, data: Path = Path("var/kafka")) -> None:
    """Apache Kafka in KRaft mode, from Maven Central."""
    from deploy.local.kafka import kafka

    _run_child(lambda: kafka(data, port=port, controller_port=controller_port), f"127.0.0.1:{port}")


@local.command("clickhouse")
def local_clickhouse(port: int = 9000, http_port: int = 8123, data: Path = Path("var/clickhouse-server")) -> None:
    """The installed ClickHouse server, on a private data folder."""
    from deploy.local.clickhouse import clickhouse

    _run_child(
        lambda: clickhouse(data, port=port, http_port=http_port), f"clickhouse://default@127.0.0.1:{port}/tocsin"
    )

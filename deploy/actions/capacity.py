"""Capacity plans as a table: a column for each volume."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.table import Table

from deploy.capacity.plan import SERVERS, STAGES, Measured, Plan, Prices, plan
from schemas.errors import Stop

MEASURED = Path(__file__).parents[1] / "capacity" / "measured.json"


def read_measured(path: Path = MEASURED) -> Measured:
    """The measured figures. Raises Stop when they are not there."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Measured(plain["processor_ms"], plain["topic_bytes"], plain["rows"], plain["table_bytes"])
    except (OSError, ValueError, KeyError) as error:
        raise Stop(f"{path} cannot be read ({error}): run python -m tests.benchmarks.bench_volume") from error


def capacity(times: Sequence[float], base: float, prices: Prices, window_hours: float) -> Table:
    """The table for these multiples of `base` articles a second."""
    measured = read_measured()
    plans = [plan(base * each, measured, prices, window_hours=window_hours) for each in times]
    table = Table("what", *(f"{each:g} times" for each in times))
    for words, value in _rows():
        table.add_row(words, *map(value, plans))
    return table


def _rows() -> list[tuple[str, Callable[[Plan], str]]]:
    rows: list[tuple[str, Callable[[Plan], str]]] = [("articles a second", lambda p: f"{p.rate:,.1f}")]
    for stage in STAGES:

        def words(p: Plan, stage: str = stage) -> str:
            part = p.parts[stage]
            return f"{part.processors:.2f} cpu, {part.partitions} partitions, {part.memory_gb:,.1f} GB"

        rows.append((stage, words))
    return [
        *rows,
        *((f"{server}, processors", partial(_server, server)) for server in SERVERS),
        ("Kafka, GB a day, three replicas", lambda p: f"{p.kafka_gb_day:,.1f}"),
        ("Kafka, GB of a week", lambda p: f"{p.kafka_gb:,.0f}"),
        ("ClickHouse, rows a day", lambda p: f"{p.rows_day:,.0f}"),
        ("ClickHouse, GB a day", lambda p: f"{p.table_gb_day:,.2f}"),
        ("cost of a month", lambda p: f"{p.month:,.0f}"),
        ("breaks first as set up by default", lambda p: f"{p.first} at {p.most[p.first]:,.0f} articles/s"),
        ("then turn", _turn),
    ]


def _server(name: str, p: Plan) -> str:
    return f"{p.servers[name]:.1f}"


def _turn(p: Plan) -> str:
    if p.rate <= p.most[p.first]:
        return "nothing: it is enough"
    if p.first == "classify":
        return f"TOCSIN_PARTITIONS={p.parts[p.first].partitions}"
    words = f"TOCSIN_{p.first.upper()}_PARTITIONS={p.parts[p.first].partitions}"
    if p.first == "dedupe" and p.fitting_hours >= 1:
        return f"{words}, or TOCSIN_DEDUPE_WINDOW_HOURS={p.fitting_hours:.0f}"
    return words

"""Capacity plans as a table: a column for each volume."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path

from rich.table import Table

from deploy.capacity.plan import SERVERS, STAGES, Measured, Plan, Prices, plan
from schemas.errors import Stop

PRICES = Path(__file__).parents[1] / "capacity" / "prices.json"
MEASURED = Path(__file__).parents[1] / "capacity" / "measured.json"


def read_measured(path: Path = MEASURED) -> Measured:
    """The measured figures. Raises Stop when they are not there."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return Measured(**{field.name: plain[field.name] for field in fields(Measured)})
    except (OSError, ValueError, KeyError) as error:
        raise Stop(f"{path} cannot be read ({error}): run python -m tests.benchmarks.bench_volume") from error


def read_prices(path: Path = PRICES, **own: float | None) -> tuple[Prices, str]:
    """The prices of a file, those of `own` that are given in their place, and where they come from.

    Raises Stop when the file cannot be read or names no price.
    """
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        chosen = plain | {name: price for name, price in own.items() if price is not None}
        given = {name: float(chosen[name]) for name in ("processor_hour", "memory_hour", "disk_month")}
        told = f"{plain['currency']}; {plain['list']}; as of {plain['as_of']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Stop(f"{path} holds no prices ({error!r}): deploy/capacity/prices.json shows the form") from error
    if wrong := [name for name, price in given.items() if not 0 <= price < math.inf]:
        raise Stop(f"{path}: {', '.join(wrong)} must be a price, not negative")
    return Prices(**given), told


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
        *((f"{what}, cost of a month", partial(_month, what)) for what in ("processors", "memory", "disk")),
        ("all, cost of a month", lambda p: f"{p.cost:,.0f}"),
        ("breaks first as set up by default", lambda p: f"{p.first} at {p.most[p.first]:,.0f} articles/s"),
        ("then turn", _turn),
        ("the next to break, articles/s", _next),
    ]


def _server(name: str, p: Plan) -> str:
    return f"{p.servers[name]:.1f}"


def _month(what: str, p: Plan) -> str:
    return f"{p.month[what]:,.0f}"


def _next(p: Plan) -> str:
    later = sorted((most, stage) for stage, most in p.most.items() if stage != p.first)
    return ", ".join(f"{stage} at {most:,.0f}" for most, stage in later)


def _turn(p: Plan) -> str:
    if p.rate <= p.most[p.first]:
        return "nothing: it is enough"
    if p.first == "classify":
        return f"TOCSIN_PARTITIONS={p.parts[p.first].partitions}"
    words = f"TOCSIN_{p.first.upper()}_PARTITIONS={p.parts[p.first].partitions}"
    if p.first == "dedupe" and p.fitting_hours >= 1:
        return f"{words}, or TOCSIN_DEDUPE_WINDOW_HOURS={p.fitting_hours:.0f}"
    return words

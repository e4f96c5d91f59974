"""Asking ClickHouse from the command line, whichever kind of ClickHouse it is."""

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from connectors.sinks.contract import StoreError
from connectors.sinks.open import open_reader
from schemas.codec import to_json
from streams.errors import Stop
from streams.settings import Settings


def select(settings: Settings, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one statement. Raises Stop with ClickHouse's own words."""
    try:
        reader = open_reader(settings.clickhouse.get_secret_value())
        try:
            columns, rows = reader.query(statement)
            return list(columns), rows
        finally:
            reader.close()
    except StoreError as error:
        raise Stop(str(error)) from error


def print_rows(columns: list[str], rows: list[tuple[Any, ...]], *, as_json: bool) -> None:
    """Rows as a table, or as one JSON object a line."""
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, map(to_json, row), strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*(str(to_json(v)) for v in row))
    Console().print(table)
    print(f"{len(rows)} rows")

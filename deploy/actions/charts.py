"""Rows for people: within the width of the terminal, and as bars."""

from collections.abc import Sequence
from datetime import datetime

from rich.bar import Bar
from rich.console import Console
from rich.table import Table as Grid

from connectors.sinks.contract import Table
from schemas.codec import to_json
from schemas.errors import Stop

NARROW = 12  # columns of a terminal that a column of a table needs to be readable
LABEL = 40


def show(answer: Table, console: Console) -> None:
    """Rows as a table; one below another, a line for each column, where the terminal is too narrow for a table."""
    columns, rows = answer
    if len(columns) * NARROW <= console.width or not rows:
        table = Grid(*columns)
        for row in rows:
            table.add_row(*map(text, row))
        console.print(table, markup=False)
    else:
        _stacked(columns, rows, console)
    console.print(f"{len(rows)} rows", highlight=False)


def plot(answer: Table, console: Console) -> None:
    """Bars: labels from the first column that is no number, lengths from the first number. Raises Stop without one."""
    columns, rows = answer
    numbers = [k for k in range(len(columns)) if rows and all(_is_number(row[k]) for row in rows)]
    if not numbers:
        raise Stop("--plot needs a column of numbers, and at least one row")
    value = numbers[0]
    labels = [k for k in range(len(columns)) if k not in numbers]
    label = labels[0] if labels else value
    console.print(f"{columns[value]} by {columns[label]}", highlight=False)
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(max_width=LABEL, no_wrap=True)
    grid.add_column(justify="right")
    grid.add_column(ratio=1)
    grid.expand = True
    most = max((float(row[value] or 0) for row in rows), default=0.0)
    for row in rows:
        length = max(float(row[value] or 0), 0.0)
        grid.add_row(text(row[label]), text(row[value]), Bar(most or 1.0, 0, length))
    console.print(grid, markup=False)


def text(value: object) -> str:
    """A value as people read it; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list | tuple):
        return ", ".join(map(text, value))
    return str(to_json(value))


def _stacked(columns: Sequence[str], rows: Sequence[tuple[object, ...]], console: Console) -> None:
    for number, row in enumerate(rows, 1):
        console.rule(str(number), align="left")
        grid = Grid.grid(padding=(0, 1))
        for name, value in zip(columns, row, strict=True):
            if text(value):
                grid.add_row(name, text(value))
        console.print(grid, markup=False)


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))

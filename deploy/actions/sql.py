"""Asking ClickHouse from the command line, whichever kind of ClickHouse it is."""

import json
import re
import sys

from rich.console import Console
from rich.table import Table

from connectors.sinks import contract
from connectors.sinks.contract import StoreError
from connectors.sinks.http import FORM, HttpReader
from connectors.sinks.open import open_reader
from connectors.sinks.values import from_json
from schemas.codec import to_json
from streams.errors import Stop
from streams.settings import Settings

FORMATTED = re.compile(r"\bFORMAT\s+\w+\s*;?\s*$", re.IGNORECASE)


def select(settings: Settings, statement: str) -> contract.Table | bytes:
    """Rows of one statement; the bytes of the answer when it names a format. Raises Stop with ClickHouse's own words.

    The native protocol has no formats, so there a statement that names one is refused.
    """
    try:
        reader = open_reader(settings.clickhouse.get_secret_value())
        try:
            if not isinstance(reader, HttpReader):
                if FORMATTED.search(statement):
                    raise Stop("formats are of ClickHouse's HTTP interface: leave FORMAT out, use --json, "
                               "or set TOCSIN_CLICKHOUSE=http://user:password@host:8123/tocsin")  # fmt: skip
                return reader.query(statement)
            answer = reader.ask(statement)
            if answer.headers.get("X-ClickHouse-Format", FORM) != FORM or FORMATTED.search(statement):
                return answer.content
            return from_json(answer.content) if answer.content else contract.Table((), [])
        finally:
            reader.close()
    except StoreError as error:
        raise Stop(str(error)) from error


def print_answer(answer: contract.Table | bytes, *, as_json: bool) -> None:
    """Rows as a table, or as one JSON object a line; bytes as they are. Raises Stop when bytes are wanted as JSON."""
    if isinstance(answer, bytes):
        if as_json:
            raise Stop("--json and FORMAT are two formats: leave one out")
        sys.stdout.buffer.write(answer)
        sys.stdout.flush()
        return
    columns, rows = answer
    if as_json:
        for row in rows:
            print(json.dumps(dict(zip(columns, map(to_json, row), strict=True)), ensure_ascii=False, default=str))
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*(str(to_json(value)) for value in row))
    Console().print(table)
    print(f"{len(rows)} rows")

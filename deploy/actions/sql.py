"""Queries any kind of ClickHouse from the command line."""

import csv
import json
import re
import sys
from collections.abc import Callable, Mapping

from rich.console import Console

from connectors.sinks import contract
from connectors.sinks.contract import StoreError
from connectors.sinks.http import FORM, HttpReader
from connectors.sinks.open import open_reader
from connectors.sinks.values import from_json
from deploy.actions.charts import plot, show, text
from deploy.actions.cookbook import fill, recipes
from schemas.codec import to_json
from schemas.errors import Stop
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
                    raise Stop("only ClickHouse's HTTP interface has formats: leave FORMAT out, use --json, "
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


def statement_of(words: str, params: Mapping[str, str]) -> str:
    """The statement: the question of the cookbook of that name, or the words themselves, parameters put in."""
    recipe = recipes().get(words.strip())
    if recipe:
        return recipe.fill(params)
    if re.fullmatch(r"\s*[\w-]+\s*", words):
        raise Stop(f"{words.strip()} is not a question of the cookbook; `tocsin sql --list` names them")
    return fill(words, params) if params else words


def print_answer(answer: contract.Table | bytes, *, form: str = "", chart: bool = False) -> None:
    """Print rows as a table, a chart or in a format of ours, and bytes as they are. Raises Stop for bytes otherwise."""
    if isinstance(answer, bytes):
        if form or chart:
            raise Stop("FORMAT excludes another format and charts: use one of them")
        sys.stdout.buffer.write(answer)
        sys.stdout.flush()
        return
    console = Console()
    if chart:
        plot(answer, console)
    elif form:
        if form not in FORMS:
            raise Stop(f"--format takes {', '.join(FORMS)}; a FORMAT clause takes every format of ClickHouse")
        FORMS[form](answer)
    else:
        show(answer, console)


def _json(answer: contract.Table) -> None:
    for row in answer.rows:
        values = dict(zip(answer.columns, map(to_json, row), strict=True))
        print(json.dumps(values, ensure_ascii=False, default=str))


def _separated(answer: contract.Table, delimiter: str) -> None:
    writer = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow([json.dumps(to_json(v), ensure_ascii=False) if isinstance(v, list) else text(v) for v in row])


def _parquet(answer: contract.Table) -> None:
    import pyarrow as pa  # noqa: PLC0415 only here, so that a table comes quickly
    from pyarrow import parquet  # noqa: PLC0415

    columns = list(zip(*answer.rows, strict=True)) or [()] * len(answer.columns)
    table = pa.table({name: pa.array(list(values)) for name, values in zip(answer.columns, columns, strict=True)})
    parquet.write_table(table, sys.stdout.buffer)
    sys.stdout.flush()


FORMS: dict[str, Callable[[contract.Table], None]] = {
    "json": _json,
    "csv": lambda answer: _separated(answer, ","),
    "tsv": lambda answer: _separated(answer, "\t"),
    "parquet": _parquet,
}

"""Questions of the cookbook from the command line: parameters, formats, charts, tables of any width."""

import csv
import io
import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from connectors.sinks.contract import Table
from deploy.actions.charts import plot, show
from deploy.actions.cookbook import FOLDER, PLACE, fill, given, recipes
from deploy.actions.sql import print_answer, statement_of
from schemas.errors import Stop

ROWS = Table(
    ("day", "note", "dead", "names"),
    [(datetime(2026, 1, 1, tzinfo=UTC), "a, [b]", 3, ["x", "y"]), (None, "ö", None, [])],
)


def console(width):
    return Console(file=io.StringIO(), width=width)


def test_thirty_questions_and_more_each_with_its_parameters():
    found = recipes()
    assert len(found) >= 30
    assert len(found) == len(list(FOLDER.glob("*.sql")))
    for recipe in found.values():
        assert recipe.question.endswith("?"), recipe.name
        assert {name for name, _ in PLACE.findall(recipe.sql)} == {p.name for p in recipe.parameters}, recipe.name
        assert all(p.meaning for p in recipe.parameters)
        recipe.fill({})


def test_parameters_are_values_and_never_words_of_the_statement():
    sql = statement_of("deadliest", {"country": "'; DROP TABLE incident --\\"})
    assert "'\\'; DROP TABLE incident --\\\\'" in sql
    with pytest.raises(Stop, match="limit must be a UInt32"):
        statement_of("deadliest", {"limit": "1; SELECT 2"})
    with pytest.raises(Stop, match="since must be a Date"):
        statement_of("deadliest", {"since": "yesterday"})
    with pytest.raises(Stop, match="has no parameter land; it has: country"):
        statement_of("deadliest", {"land": "UA"})
    assert fill("SELECT {a:String}, {b:Float64}", {"a": "{b:String}", "b": "2"}) == "SELECT '{b:String}', 2.0"


def test_a_word_that_is_no_question_and_a_pair_without_sign_are_told():
    with pytest.raises(Stop, match="not a question of the cookbook"):
        statement_of("dedliest", {})
    with pytest.raises(Stop, match="takes name=value"):
        given(["country"])
    with pytest.raises(Stop, match="has a parameter b"):
        statement_of("SELECT {a:String} + {b:String}", {"a": "1"})
    assert statement_of("SELECT {a:String}", {}) == "SELECT {a:String}"  # the server's own matter


def test_formats_of_ours(capsysbinary):
    print_answer(ROWS, form="csv")
    rows = list(csv.reader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert rows[1:] == [["2026-01-01 00:00:00", "a, [b]", "3", '["x", "y"]'], ["", "ö", "", "[]"]]
    print_answer(ROWS, form="json")
    assert json.loads(capsysbinary.readouterr().out.splitlines()[1])["dead"] is None
    print_answer(ROWS, form="parquet")
    assert pq.read_table(io.BytesIO(capsysbinary.readouterr().out)).column("dead").to_pylist() == [3, None]
    with pytest.raises(Stop, match="csv, tsv"):
        print_answer(ROWS, form="xls")


def test_a_wide_answer_stays_within_the_terminal():
    wide = Table(tuple(f"column_{n}" for n in range(30)), [tuple(f"[red]{n}" * 20 for n in range(30))])
    for answer in (ROWS, wide):
        out = console(80)
        show(answer, out)
        lines = out.file.getvalue().splitlines()
        assert all(len(line) <= 80 for line in lines)
        assert lines[-1] == f"{len(answer.rows)} rows"
    assert "column_29" in out.file.getvalue()
    assert "[red]" in out.file.getvalue()


def test_bars_are_as_long_as_their_numbers():
    out = console(60)
    plot(Table(("kind", "n"), [("a", 10), ("b", 5), ("c", 0), ("d", None)]), out)
    a, b, c, d = (line.count("█") for line in out.file.getvalue().splitlines()[1:])
    assert a > 30
    assert abs(2 * b - a) <= 2
    assert (c, d) == (0, 0)
    with pytest.raises(Stop, match="column of numbers"):
        plot(Table(("kind",), [("a",)]), out)

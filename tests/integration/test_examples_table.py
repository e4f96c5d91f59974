"""The table of `make examples` and the section of RESULTS.md say what they are about."""

import io

from rich.console import Console

from tests.benchmarks.analysts.fifteen import QUESTIONS
from tests.benchmarks.analysts.section import put_in
from tests.integration.examples_table import table


def test_every_example_is_named():
    out = io.StringIO()
    rows = {
        "question[by-day]": ("passed", 0.1, ""),
        "client[java]": ("failed", 1, "E [bold]"),
        "notebook": ("passed", 5, ""),
    }
    Console(file=out, width=160, markup=False, highlight=False).print(table(rows))
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.getvalue().splitlines() if "│" in line]
    assert lines == [
        ["question", "by-day", "passed", "0.1", ""],
        ["client", "java", "failed", "1.0", "E [bold]"],
        ["notebook", "", "passed", "5.0", ""],
    ]


def test_a_section_stands_once_however_often_it_is_written():
    page = put_in("# Results\n\n## other\n\nstays\n", "## mine\n\nold | \\1")
    assert page == "# Results\n\n## other\n\nstays\n\n## mine\n\nold | \\1\n"
    page = put_in(page + "\n## last\n\nstays too\n", "## mine\n\nnew")
    assert page == "# Results\n\n## other\n\nstays\n\n## mine\n\nnew\n\n## last\n\nstays too\n"


def test_fifteen_questions_are_fifteen():
    assert len(QUESTIONS) == 15
    assert all(question.endswith("?") for question in QUESTIONS)

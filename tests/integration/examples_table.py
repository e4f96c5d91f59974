"""`make examples`: every question, panel, client, export, notebook and agent against a running sample, as one table."""

import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

TEST = Path(__file__).with_name("test_examples.py")


class Recorder:
    """Outcome and seconds of each example, and the end of what it said when it failed."""

    def __init__(self):
        self.rows = {}

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.failed or report.skipped:
            said = str(report.longrepr[2] if report.skipped else report.longreprtext).strip().splitlines()
            name = report.nodeid.partition("::")[2].removeprefix("test_")
            self.rows[name] = (report.outcome, report.duration, said[-1] if said else "")


def table(rows):
    """One row for each example: its kind, its name, what came of it."""
    shown = Table("kind", "example", "outcome", "seconds", "")
    for name, (outcome, seconds, said) in rows.items():
        kind, _, example = name.removesuffix("]").partition("[")
        shown.add_row(kind.replace("_", " "), example, outcome, f"{seconds:.1f}", said)
    return shown


def main():
    recorder = Recorder()
    pytest.main([str(TEST), "-q", "--no-header", "--no-summary", *sys.argv[1:]], [recorder])
    Console(width=160, markup=False, highlight=False).print(table(recorder.rows))
    outcomes = [outcome for outcome, _, _ in recorder.rows.values()]
    passed, failed, skipped = (outcomes.count(word) for word in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

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
            name = report.nodeid.rpartition("::")[2].removeprefix("test_")
            self.rows[name] = (report.outcome, report.duration, said[-1] if said else "")


def main():
    recorder = Recorder()
    pytest.main([str(TEST), "-q", "--no-header", "--no-summary", *sys.argv[1:]], [recorder])
    table = Table("example", "outcome", "seconds", "")
    for name, (outcome, seconds, said) in recorder.rows.items():
        table.add_row(name, outcome, f"{seconds:.1f}", said)
    Console(width=140).print(table)
    outcomes = [outcome for outcome, _, _ in recorder.rows.values()]
    passed, failed, skipped = (outcomes.count(word) for word in ("passed", "failed", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

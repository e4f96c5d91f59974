"""Runs the conformance suite and prints connector x case; the last line is one JSON object."""

import json
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table


class Recorder:
    """Outcome of each connector in each case."""

    def __init__(self):
        self.outcomes = {}

    def pytest_runtest_logreport(self, report):
        name, _, connector = report.nodeid.rpartition("::")[2].partition("[")
        case = name.removeprefix("test_")
        if report.when == "call" or report.failed or report.skipped:
            self.outcomes[connector.rstrip("]"), case] = report.outcome


def main():
    recorder = Recorder()
    pytest.main([str(Path(__file__).parent), "-q", "--no-header", "--no-summary", "-p", "no:cacheprovider"], [recorder])
    connectors = list(dict.fromkeys(connector for connector, _ in recorder.outcomes))
    cases = list(dict.fromkeys(case for _, case in recorder.outcomes))
    table = Table("connector", *cases)
    for connector in connectors:
        table.add_row(connector, *(recorder.outcomes.get((connector, case), "-") for case in cases))
    Console(width=100).print(table)
    failed = sum(outcome != "passed" for outcome in recorder.outcomes.values())
    print(json.dumps({"connectors": len(connectors), "cases": len(recorder.outcomes), "failed": failed}))
    return 1 if failed or not recorder.outcomes else 0


if __name__ == "__main__":
    sys.exit(main())

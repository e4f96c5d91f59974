"""`make bench`: one table of the whole pipeline's figures, each beside its peer of the same run, into RESULTS.md.

NEWS=docs.jsonl takes real articles from lines of JSON (url, title, text, published), else they are invented. FULL=1
takes three times as many, and 50,000 open incidents. LABEL names the section that is written; sections of other names
stay, so that figures of an earlier state of the code stand beside those of a later one.
"""

import argparse
import json
import os
import re
from pathlib import Path

from tests.benchmarks.machine import described
from tests.benchmarks.pipeline import measures
from tests.benchmarks.pipeline.measures import Row
from tests.benchmarks.pipeline.stand import news
from tests.integration.faults.rig import say

RESULTS = Path(__file__).parents[1] / "RESULTS.md"
HEAD = "# Results\n\nWritten by `make bench`; see `tests/benchmarks/pipeline`. Processor time is the figure that other programs on the machine disturb least.\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--news", type=Path, default=os.environ.get("NEWS") or None)
    parser.add_argument("--full", action="store_true", default=bool(os.environ.get("FULL")))
    parser.add_argument("--label", default=os.environ.get("LABEL") or "now")
    parser.add_argument("--articles", type=int, help="how many, where the machine is busy with other work")
    parser.add_argument("--rates", type=int, nargs="+", default=(10, 50, 100), help="articles a second")
    parser.add_argument("--only", default="", help="sections, comma separated")
    parser.add_argument("--results", type=Path, default=RESULTS)
    chosen = parser.parse_args()
    times = 3 if chosen.full else 1
    articles = news(chosen.news, chosen.articles or 2000 * times)
    few = articles[: len(articles) // 2]
    sections = {
        "whole": lambda: measures.only_ours(articles),  # is in the next one too
        "two readers": lambda: measures.two_readers(articles),
        "side by side": lambda: measures.side_by_side(articles),
        "alone": lambda: measures.each_alone(few),
        "latency": lambda: measures.latency(chosen.rates, 20.0 * times),
        "memory": lambda: measures.memory(5_000 * times, 50_000 if chosen.full else 5_000),
        "cold start": measures.cold_start,
        "scale-out": lambda: measures.scale_out(few),
    }
    names = chosen.only.split(",") if chosen.only else [name for name in sections if name != "whole"]
    before, rows = described(), []
    for name in names:
        for row in sections[name]():
            say(" | ".join(row))
            rows.append(row)
    after = described()
    where = f"{len(articles)} {'real' if chosen.news else 'invented'} articles; {before['date']}, {before['machine']} at the beginning, {after['machine'].rsplit(', ', 1)[1]} at the end, Python {before['python']}"
    text = section(chosen.label, where, rows)
    chosen.results.write_text(
        replaced(chosen.results.read_text() if chosen.results.exists() else HEAD, chosen.label, text)
    )
    print(text)
    print(json.dumps({figure: value for figure, value, _ in rows}))


def section(label: str, where: str, rows: list[Row]) -> str:
    """A table under its label."""
    lines = [f"## {label}", "", f"{where}.", "", "| figure | measured | beside |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def replaced(text: str, label: str, new: str) -> str:
    """The text with the section of that label in place of an earlier one, at the end when there was none."""
    found = re.compile(rf"^## {re.escape(label)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    return found.sub(lambda _: new + "\n", text) if found.search(text) else text.rstrip() + "\n\n" + new


if __name__ == "__main__":
    main()

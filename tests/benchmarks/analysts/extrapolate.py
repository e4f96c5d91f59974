"""`python -m tests.benchmarks.analysts.extrapolate`: what ten million articles would cost, by the sizes in RESULTS.md.

A line through the processor time of the two largest sizes, question by question; half of it is the wall time of two
cores that do nothing else. A question whose time does not rise keeps its time. What is estimated is said to be so.
"""

import re
from itertools import pairwise

from tests.benchmarks.analysts.section import RESULTS, write

TITLE = re.compile(r"^## analysts: ([\d,]+) articles$", re.MULTILINE)
ROW = re.compile(r"^\| (?P<name>[^|]+) \| [\d.]+ \| [\d.]+ \| (?P<processor>[\d.]+) \| [\d,]+ \|$", re.MULTILINE)
CORES, WANTED = 2, 10_000_000


def measured(page: str) -> dict[int, dict[str, float]]:
    """Seconds of processor time by number of articles and question."""
    starts = [*TITLE.finditer(page)]
    ends = [after.start() for _, after in pairwise(starts)] + [len(page)]
    return {
        int(start[1].replace(",", "")): {
            row["name"]: float(row["processor"]) for row in ROW.finditer(page[start.end() : end].partition("\n## ")[0])
        }
        for start, end in zip(starts, ends, strict=True)
    }


def section(found: dict[int, dict[str, float]]) -> str:
    """The curve of every question whose estimate is above a second, dearest first, and how many are below."""
    small, large = sorted(found)[-2:]
    shown = []
    for name, above in found[large].items():
        below = found[small].get(name, above)
        rise = max(0.0, (above - below) / (large - small))
        shown.append((above + rise * (WANTED - large), name, below, above))
    dear = sorted((row for row in shown if row[0] / CORES > 1), reverse=True)
    lines = [
        f"## analysts: estimated at {WANTED:,} articles",
        "",
        (
            f"`python -m tests.benchmarks.analysts.extrapolate`: a line through the processor time at {small:,} and {large:,} "
            f"articles. {len(shown) - len(dear)} of {len(shown)} questions, panels and counts would take less than a second of "
            f"wall time on {CORES} idle cores; the others:"
        ),
        "",
        f"| question | processor, s at {small:,} | at {large:,} | estimated at {WANTED:,} | wall on {CORES} idle cores |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {name} | {b:.2f} | {a:.2f} | {e:.1f} | {e / CORES:.1f} |" for e, name, b, a in dear]
    return "\n".join(lines)


def main() -> None:
    """Read, estimate, write."""
    write(section(measured(RESULTS.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()

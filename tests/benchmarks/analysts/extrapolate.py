"""`python -m tests.benchmarks.analysts.extrapolate`: what ten million articles would cost, by the sizes in RESULTS.md.

A line through the processor time of the two largest sizes, question by question; half of it is the wall time of two
cores that do nothing else. A question whose time does not rise keeps its time. What is estimated is said to be so, and
drawn beside what was measured.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.benchmarks.analysts.section import RESULTS, write
from tests.benchmarks.curve import draw

TITLE = re.compile(r"^## analysts: ([\d,]+) articles$", re.MULTILINE)
GROUP = re.compile(r"^(?P<group>[^|\n]+): \d+ of \d+ within (?P<limit>[\d.]+) s;", re.MULTILINE)
ROW = re.compile(r"^\| (?P<name>[^|]+) \| [\d.]+ \| [\d.]+ \| (?P<processor>[\d.]+) \| [\d,]+ \|$", re.MULTILINE)
CORES, WANTED = 2, 10_000_000
PICTURE = Path(__file__).parents[3] / "deploy" / "pictures" / "analysts-cost.svg"
DRAWN = {0.2: "slowest about one incident, of panels and counts", 2.0: "slowest of the cookbook"}


@dataclass(frozen=True, slots=True)
class Curve:
    """One question: the seconds that it may take, and its seconds of processor time by number of articles."""

    name: str
    limit: float
    seconds: Mapping[int, float]

    @property
    def estimated(self) -> float:
        """Seconds of processor time at the size wanted."""
        (small, below), (large, above) = sorted(self.seconds.items())[-2:]
        return above + max(0.0, (above - below) / (large - small)) * (WANTED - large)

    @property
    def wall(self) -> dict[int, float]:
        """Seconds of wall time on idle cores, measured and estimated, by number of articles."""
        return {size: s / CORES for size, s in sorted({**self.seconds, WANTED: self.estimated}.items())}


def measured(page: str) -> list[Curve]:
    """Every question that was asked at two sizes or more."""
    starts = [*TITLE.finditer(page)]
    ends = [after.start() for _, after in pairwise(starts)] + [len(page)]
    limits: dict[str, float] = {}
    seconds: dict[str, dict[int, float]] = {}
    for start, end in zip(starts, ends, strict=True):
        section = page[start.end() : end].partition("\n## ")[0]
        groups = [*GROUP.finditer(section)]
        for group, after in zip(groups, [*groups[1:], None], strict=True):
            for row in ROW.finditer(section, group.end(), after.start() if after else len(section)):
                limits[row["name"]] = float(group["limit"])
                seconds.setdefault(row["name"], {})[int(start[1].replace(",", ""))] = float(row["processor"])
    return [Curve(name, limits[name], taken) for name, taken in seconds.items() if len(taken) > 1]


def section(curves: list[Curve]) -> str:
    """How many keep within their limits, and the curves of those that come near or go beyond, dearest first."""
    sizes = sorted({size for curve in curves for size in curve.seconds})
    near = [c for c in curves if c.wall[WANTED] > c.limit / 2]
    lines = [
        f"## analysts: estimated at {WANTED:,} articles",
        "",
        (
            f"`python -m tests.benchmarks.analysts.extrapolate`: a line through the processor time at {sizes[-2]:,} and "
            f"{sizes[-1]:,} articles, halved for {CORES} idle cores. "
            + " ".join(
                f"{sum(c.wall[WANTED] <= limit for c in asked)} of {len(asked)} questions that may take {limit:g} s would."
                for limit in sorted(DRAWN)
                if (asked := [c for c in curves if c.limit == limit])
            )
            + " Those above half of what they may take:"
        ),
        "",
        f"![The slowest questions by number of articles](../../deploy/pictures/{PICTURE.name})",
        "",
        (
            f"| question | may take, s | {' | '.join(f'processor, s at {size:,}' for size in sizes)} "
            f"| estimated at {WANTED:,} | wall on {CORES} idle cores |"
        ),
        "|---" * (len(sizes) + 4) + "|",
    ]
    for c in sorted(near, key=lambda c: -c.wall[WANTED] / c.limit):
        taken = " | ".join(f"{c.seconds[size]:.2f}" if size in c.seconds else "" for size in sizes)
        lines.append(f"| {c.name} | {c.limit:g} | {taken} | {c.estimated:.1f} | {c.wall[WANTED]:.2f} |")
    return "\n".join(lines)


def picture(curves: list[Curve]) -> None:
    """Draw the slowest question of each limit at every size."""
    sizes = sorted({size for curve in curves for size in curve.wall})
    series = {
        name: [(size, max(c.wall[size] for c in curves if c.limit == limit and size in c.wall)) for size in sizes]
        for limit, name in DRAWN.items()
    }
    note = f"processor time halved for {CORES} cores; at {WANTED:,} a line through the two sizes before"
    draw(PICTURE, series, title="Asking the tables", across="articles", up="seconds", note=note)


def main() -> None:
    """Read, estimate, draw, write."""
    curves = measured(RESULTS.read_text(encoding="utf-8"))
    picture(curves)
    write(section(curves))


if __name__ == "__main__":
    main()

"""A line chart as SVG: a few series over a logarithmic axis, with the machine and the day it was measured on."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from pathlib import Path

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 60, 60
COLOURS = ("#1f6f8b", "#b4530a", "#5b7f2b")
Points = Sequence[tuple[float, float]]


def draw(path: Path, series: Mapping[str, Points], *, title: str, across: str, up: str, note: str) -> None:
    """Write the chart; x is logarithmic, y starts at 0."""
    points = [p for line in series.values() for p in line]
    least, most = log10(min(x for x, _ in points)), log10(max(x for x, _ in points))
    step = _step(max(y for _, y in points))
    top = step * (max(y for _, y in points) // step + 1)

    def at(x: float, y: float) -> tuple[float, float]:
        along = (log10(x) - least) / ((most - least) or 1)
        return LEFT + along * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - y / top * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 26, title, size=17),
        _text(LEFT, 45, note, colour="#666", size=12),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, across, anchor="middle"),
        f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{escape(up)}</text>',
    ]
    for n in range(round(top / step) + 1):
        _, y = at(10**least, n * step)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(LEFT - 8, y + 4, f"{n * step:g}", anchor="end"))
    for x in sorted({x for x, _ in points}):
        here, _ = at(x, 0)
        parts.append(_text(here, HEIGHT - BOTTOM + 18, f"{x:,.0f}", anchor="middle"))
    for (name, line), colour in zip(series.items(), COLOURS, strict=False):
        placed = [at(x, y) for x, y in line]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{_joined(placed)}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in placed]
        x, y = placed[-1]
        parts.append(_text(x, y - 10, name, colour=colour, anchor="end"))
    path.write_text("\n".join([*parts, "</svg>\n"]), encoding="utf-8")


def _step(most: float) -> float:
    """A round step that gives four to ten lines."""
    power = 10 ** int(log10(most / 4) - (most < 4))
    return next(power * n for n in (1, 2, 5, 10) if most / (power * n) <= 8)


def _joined(points: Points) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _text(x: float, y: float, text: str, *, colour: str = "#222", anchor: str = "start", size: int = 13) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
    )

"""Pictures of the dashboards from the queries of their panels: `python -m deploy.grafana.pictures ADDRESS FOLDER`.

One SVG a dashboard, over all that the ClickHouse at the address holds: `python -m deploy.grafana.pictures
http://127.0.0.1:8723/tocsin deploy/pictures` while `make demo` runs. Panels over Prometheus are left out.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from connectors.sinks.contract import Table
from connectors.sinks.open import open_reader
from deploy.actions.charts import text
from deploy.grafana.panels import DASHBOARDS, Panel

TIME_FILTER = re.compile(r"\$__timeFilter\((\w+)\)")  # as Grafana's plugin puts it in
COLUMN, HEIGHT, TITLE, GAP = 50, 260, 34, 12
ROWS, LETTER, LABEL = 9, 6.4, 120
COLOURS = ("#1f6f8b", "#b4530a", "#5b7f2b", "#7a4988", "#a33b4a", "#5c6670")
Answer = Callable[[str], Table]


def picture(name: str, answer: Answer) -> str:
    """One dashboard as SVG, its panels side by side as Grafana places them."""
    parts, x, y = [], 0, 0
    for panel in DASHBOARDS[name]:
        if panel.prometheus:
            continue
        if x + panel.width > 24:
            x, y = 0, y + HEIGHT + GAP
        table = answer(TIME_FILTER.sub(r"\1 >= toDateTime(0)", panel.ask))
        inside = "".join(_drawn(panel, table, panel.width * COLUMN - 2 * GAP, HEIGHT - TITLE - GAP))
        parts.append(
            f'<g transform="translate({x * COLUMN + GAP / 2} {y + GAP})">'
            f'<rect width="{panel.width * COLUMN - GAP}" height="{HEIGHT}" rx="4" fill="#fff" stroke="#d5d9de"/>'
            f'{_text(GAP, 22, panel.title, size=14)}<g transform="translate({GAP} {TITLE})">{inside}</g></g>'
        )
        x += panel.width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {24 * COLUMN} {y + HEIGHT + 2 * GAP}" font-size="11" '
        f'font-family="sans-serif"><rect width="100%" height="100%" fill="#f2f4f6"/>{"".join(parts)}</svg>\n'
    )


def _drawn(panel: Panel, table: Table, width: int, height: int) -> Iterator[str]:
    if not table.rows:
        yield _text(0, 20, "nothing", colour="#888")
    else:
        yield from DRAWN[panel.kind](table, width, height)


def _bars(table: Table, width: int, height: int) -> Iterator[str]:
    """A bar a row: label first, number second."""
    step = min(24.0, height / len(table.rows))
    most = max(float(row[1]) for row in table.rows) or 1
    for n, row in enumerate(table.rows):
        long = (width - LABEL - 50) * float(row[1]) / most
        yield _text(LABEL - 6, (n + 0.7) * step, _short(row[0], LABEL), anchor="end")
        place = f'x="{LABEL}" y="{n * step + 2:.1f}" width="{long:.1f}" height="{step - 4:.1f}"'
        yield f'<rect {place} fill="{COLOURS[0]}"/>'
        yield _text(LABEL + long + 4, (n + 0.7) * step, text(row[1]))


def _series(table: Table, width: int, height: int) -> Iterator[str]:
    """A stroke a row: time first, number last, and between them what the colour tells."""
    times = [row[0].timestamp() for row in table.rows]
    least, span = min(times), (max(times) - min(times)) or 1
    most = max(float(row[-1]) for row in table.rows) or 1
    names = sorted({text(row[1]) for row in table.rows}) if len(table.columns) > 2 else [table.columns[-1]]
    for n, name in enumerate(names):
        yield _text(n * 90, 10, name, colour=COLOURS[n % len(COLOURS)])
    yield _text(width, 10, f"at most {most:g}", anchor="end", colour="#888")
    foot = height - 18
    for at, row in zip(times, table.rows, strict=True):
        colour = COLOURS[names.index(text(row[1])) % len(COLOURS)] if len(table.columns) > 2 else COLOURS[0]
        x, top = 2 + (width - 4) * (at - least) / span, foot - (foot - 20) * float(row[-1]) / most
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{foot}" y2="{top:.1f}" stroke="{colour}" stroke-width="3"/>'
    for at, anchor, x in ((least, "start", 0), (least + span, "end", width)):
        yield _text(x, height - 4, f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}", anchor=anchor, colour="#888")


def _map(table: Table, width: int, height: int) -> Iterator[str]:
    """A dot a row where it is on a plain map, larger with severity."""
    wide = min(width, height * 2)
    yield f'<rect width="{wide}" height="{wide / 2}" fill="#eef3f6"/>'
    lat, lon, severity = (table.columns.index(column) for column in ("lat", "lon", "severity"))
    for row in table.rows:
        x, y = (float(row[lon]) + 180) / 360 * wide, (90 - float(row[lat])) / 180 * wide / 2
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + row[severity]}" fill="{COLOURS[1]}" fill-opacity="0.5">'
            f"<title>{escape(text(row[0]))}</title></circle>"
        )


def _table(table: Table, width: int, height: int) -> Iterator[str]:
    """The first rows, each column as wide as its words ask for."""
    shown = [list(table.columns), *([text(cell) for cell in row] for row in table.rows[:ROWS])]
    asked = [min(60, max(len(line[n]) for line in shown)) + 2 for n in range(len(table.columns))]
    scale = min(LETTER, width / sum(asked))
    for line, cells in enumerate(shown):
        x = 0.0
        for cell, wide in zip(cells, asked, strict=True):
            yield _text(x, 12 + line * (height / (ROWS + 1)), _short(cell, wide * scale), bold=line == 0)
            x += wide * scale


def _short(value: Any, width: float) -> str:
    words, room = text(value), max(1, int(width / LETTER))
    return words if len(words) <= room else words[: room - 1] + "…"


def _text(
    x: float, y: float, words: str, *, colour: str = "#222", anchor: str = "start", size: int = 11, bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" font-size="{size}"{weight}>'
        f"{escape(words)}</text>"
    )


DRAWN = {"barchart": _bars, "timeseries": _series, "geomap": _map, "table": _table}


def main(arguments: Sequence[str]) -> None:
    """Draw every dashboard."""
    address, folder = arguments
    with closing(open_reader(address)) as reader:
        for name in DASHBOARDS:
            (Path(folder) / f"dashboard-{name}.svg").write_text(picture(name, reader.query), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

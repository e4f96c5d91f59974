"""Grafana's JSON of every dashboard: `python -m deploy.grafana.write`."""

import json
from pathlib import Path
from typing import Any

from deploy.grafana.panels import DASHBOARDS, Panel

FOLDER = Path(__file__).parent / "dashboards"
HEIGHT = 9
TABLE, SERIES = 1, 0  # formats of Grafana's ClickHouse plugin
CLICKHOUSE = {"type": "grafana-clickhouse-datasource", "uid": "tocsin-clickhouse"}
PROMETHEUS = {"type": "prometheus", "uid": "tocsin-prometheus"}


def dashboard(name: str) -> str:
    """One dashboard as JSON."""
    panels, x, y = [], 0, 0
    for number, panel in enumerate(DASHBOARDS[name], start=1):
        if x + panel.width > 24:
            x, y = 0, y + HEIGHT
        panels.append(_panel(panel, number, x, y))
        x += panel.width
    whole = {
        "uid": f"tocsin-{name}",
        "title": f"Tocsin: {name}",
        "tags": ["tocsin"],
        "timezone": "utc",
        "schemaVersion": 39,
        "refresh": "1m",
        "time": {"from": "now-30d", "to": "now"},
        "panels": panels,
    }
    return json.dumps(whole, indent=1) + "\n"


def _panel(panel: Panel, number: int, x: int, y: int) -> dict[str, Any]:
    target: dict[str, Any] = {"refId": "A"}
    if panel.prometheus:
        target |= {"expr": panel.ask}
    else:
        series = panel.kind == "timeseries"
        target |= {
            "rawSql": panel.ask,
            "editorType": "sql",
            "queryType": "timeseries" if series else "table",
            "format": SERIES if series else TABLE,
        }
    return {
        "id": number,
        "title": panel.title,
        "type": panel.kind,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": HEIGHT},
        "datasource": PROMETHEUS if panel.prometheus else CLICKHOUSE,
        "targets": [target],
    }


if __name__ == "__main__":
    for each in DASHBOARDS:
        (FOLDER / f"{each}.json").write_text(dashboard(each), encoding="utf-8")

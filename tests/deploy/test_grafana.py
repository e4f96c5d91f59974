import json
import re
from datetime import UTC, datetime, timedelta
from xml.dom.minidom import parseString

import pytest
import yaml

from connectors.sinks.contract import Table
from deploy.grafana.panels import DASHBOARDS
from deploy.grafana.pictures import picture
from deploy.grafana.write import FOLDER, dashboard
from streams.console.metrics import metrics

PROVISIONING = FOLDER.parent / "provisioning"


def test_dashboards_are_what_the_panels_say():
    assert {p.stem for p in FOLDER.glob("*.json")} == set(DASHBOARDS)
    for name in DASHBOARDS:
        assert (FOLDER / f"{name}.json").read_text() == dashboard(name), "run python -m deploy.grafana.write"


def test_panels_lie_beside_each_other_on_sources_that_are_provisioned():
    sources = yaml.safe_load((PROVISIONING / "datasources" / "tocsin.yaml").read_text())["datasources"]
    known = {(s["type"], s["uid"]) for s in sources}
    for name in DASHBOARDS:
        taken = set()
        for panel in json.loads(dashboard(name))["panels"]:
            assert tuple(panel["datasource"].values()) in known
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            assert max(x for x, _ in cells) < 24
            assert not cells & taken
            taken |= cells


def test_every_metric_of_a_panel_is_told_to_prometheus():
    told = set(re.findall(r"^# TYPE (\w+)", metrics([], {}, 0, connected=True, groups={}), re.MULTILINE))
    for panels in DASHBOARDS.values():
        for panel in panels:
            if panel.prometheus:
                assert set(re.findall(r"tocsin_\w+", panel.ask)) <= told, panel.title


def told(sql):
    """An answer in the shape that a panel asks for."""
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(3)]
    if "AS time, level" in sql:
        return Table(("time", "level", "alerts"), [(day, level, 2) for day in days for level in ("critical", "info")])
    if "AS time" in sql:
        return Table(("time", "n"), [(day, 7) for day in days])
    if "lat, lon" in sql:
        return Table(("title", "lat", "lon", "severity", "killed"), [("Quake & flood", 18.5, -72.3, 5, None)])
    if "quarantined" in sql or "GROUP BY" not in sql:
        return Table(("title", "killed"), [("Two killed, officials <say>", 2), ("None counted", None)])
    return Table(("name", "n"), [("floods", 20), ("fires", 5)])


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_picture_shows_every_panel_of_tables(name):
    drawn = parseString(picture(name, told))
    words = {node.firstChild.data for node in drawn.getElementsByTagName("text") if node.firstChild}
    assert {panel.title for panel in DASHBOARDS[name] if not panel.prometheus} <= words
    assert words & {"floods", "critical"}
    assert "Two killed, officials <say>" in words
    assert ("Quake & flood" in {n.firstChild.data for n in drawn.getElementsByTagName("title")}) == (name == "analysts")


def test_an_empty_panel_says_so():
    assert picture("pipeline", lambda _: Table(("a",), [])).count(">nothing<") == 5

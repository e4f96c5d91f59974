import json
import re

import yaml

from deploy.grafana.panels import DASHBOARDS
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

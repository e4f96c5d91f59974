"""Alert rules, as promtool sees them: each recorded fault raises its own alert and no other."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.observe.prometheus import MISSING, RULES

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.json"))
GROUP = yaml.safe_load(RULES.read_text())["groups"][0]
NAMES = [rule["alert"] for rule in GROUP["rules"]]
ANNOTATIONS = {rule["alert"]: rule["annotations"] for rule in GROUP["rules"]}


@pytest.fixture
def promtool(request):
    """Runs rules over series; what promtool says."""
    if MISSING:
        (pytest.fail if request.config.getoption("--parts") == "both" else pytest.skip)(MISSING)

    def run(folder, cases):
        file = folder / "cases.yaml"
        file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "5s", "tests": cases}))
        return subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)

    return run


def case(series, step, seconds, wanted):
    """At the end of the series exactly the `wanted` alerts, given with their labels, fire."""
    return {
        "interval": f"{step}s",
        "input_series": series,
        "alert_rule_test": [
            {
                "eval_time": f"{seconds // step * step}s",
                "alertname": name,
                "exp_alerts": [
                    {"exp_labels": {k: v for k, v in labels.items() if k != "alertname"}, "exp_annotations": ANNOTATIONS[name]}
                    for labels in wanted.get(name, ())
                ],
            }
            for name in NAMES
        ],
    }  # fmt: skip


def of_record(record, wanted):
    return case(record["series"], record["step_seconds"], record["seconds"], wanted)


def test_each_recorded_fault_has_an_alert_of_its_own():
    alerts = [json.loads(path.read_text())["alert"] for path in RECORDED]
    assert len(alerts) == len(set(alerts)) >= 10
    assert set(alerts) <= set(NAMES)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_fault_raises_its_own_alert_and_no_other(path, promtool, tmp_path):
    record = json.loads(path.read_text())
    assert record["fired"] == [record["alert"]]  # by the Prometheus that saw it happen
    found = promtool(tmp_path, [of_record(record, {record["alert"]: record["labels"]})])
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_recorded_fault_without_its_alert_is_noticed(promtool, tmp_path):
    record = json.loads(RECORDED[0].read_text())
    assert promtool(tmp_path, [of_record(record, {})]).returncode != 0


STEADY = [{"series": 'tocsin_kafka_up{instance="c"}', "values": "1+0x200"}]


def rising(name, labels, values):
    return [*STEADY, {"series": f"{name}{{{labels}}}", "values": values}]


def test_a_stage_that_falls_behind_or_stalls_is_told(promtool, tmp_path):
    lag = rising("tocsin_lag_records", 'stage="link",topic="news.mention.v1",instance="c"', "0+20x200")
    catching_up = rising("tocsin_lag_records", 'stage="link",topic="news.mention.v1",instance="c"', "9000-20x200")
    stalled = rising("tocsin_group_state", 'group="link",instance="c"', "1+0x20 3+0x180")
    behind = {"stage": "link", "topic": "news.mention.v1", "instance": "c", "severity": "ticket"}
    found = promtool(
        tmp_path,
        [
            case(lag, 5, 1000, {"TocsinFallsBehind": [behind]}),
            case(catching_up, 5, 1000, {}),
            case(stalled, 5, 1000, {"TocsinGroupStalled": [{"group": "link", "instance": "c", "severity": "page"}]}),
        ],
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("rule", GROUP["rules"], ids=NAMES)
def test_each_rule_says_what_is_wrong_and_what_to_do(rule):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"].keys() == {"summary", "runbook"}
    assert len(rule["annotations"]["runbook"]) > 30

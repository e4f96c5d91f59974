"""What the table of metrics says is what processes tell."""

import json
import re
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from schemas.telemetry.metrics import QUARANTINED, described, serve

TABLE = Path(__file__).parents[2] / "schemas" / "telemetry" / "README.md"
ROW = re.compile(r"^\| `(tocsin_\w+)` \| (\w+) \| ([\w, -]+) \| (.+) \|$", re.MULTILINE)


def test_the_table_lists_every_metric_as_it_is():
    listed = {(name, kind, labels, words) for name, kind, labels, words in ROW.findall(TABLE.read_text())}
    assert {(name, kind, ", ".join(labels) or "-", words) for name, kind, labels, words in described()} <= listed


def test_names_and_units_follow_the_conventions():
    for name, kind, labels, words in described():
        assert re.fullmatch("tocsin_[a-z_]+", name)
        assert name.endswith("_total") == (kind == "counter")
        assert (kind == "histogram") == name.endswith("_seconds")
        assert "article" not in labels
        assert words.endswith(".")


def test_a_process_answers_and_says_where(tmp_path):
    QUARANTINED.labels("dedupe", "CodecError").inc()
    port = serve("127.0.0.1", 0, tmp_path, "worker link")
    note = json.loads((tmp_path / "run" / "metrics" / "worker-link.json").read_text())
    assert note == [{"targets": [f"127.0.0.1:{port}"], "labels": {"process": "worker link"}}]
    families = {f.name: f for f in text_string_to_metric_families(httpx.get(f"http://127.0.0.1:{port}/metrics").text)}
    values = {(s.labels["stage"], s.labels["reason"]): s.value for s in families["tocsin_quarantined_records"].samples
              if s.name.endswith("_total")}  # fmt: skip
    assert values["dedupe", "CodecError"] >= 1

"""What analysts and subscribers are shown, against a running system that has replayed the sample: `make examples`."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from mcp import Client, StdioServerParameters

from connectors.ingest.publish import Publisher
from connectors.sinks.open import open_reader
from connectors.sinks.reading import read_claims, read_incidents
from deploy.actions.cookbook import recipes
from deploy.actions.setup import create_topics
from deploy.demo.demo import drain
from deploy.demo.replay import sample_records
from deploy.grafana.panels import DASHBOARDS
from deploy.grafana.pictures import picture
from schemas.codec import Codec
from schemas.records import Article
from streams.settings import Settings
from tests.benchmarks.analysts.fifteen import QUESTIONS
from tests.integration.system import eventually, own_kafka, running
from tests.integration.test_pipeline import publish
from tests.observe.prometheus import MISSING, Prometheus

EMPTY_ON_SAMPLE = {"In quarantine", "Feeds that need a look"}  # the sample has no feeds, and all of it can be read

SUBSCRIBE = Path(__file__).parents[2] / "deploy" / "subscribe"
KAFKAJS = ("kafkajs@2.2.4", "@kafkajs/confluent-schema-registry@4.1.0")
pytestmark = pytest.mark.timeout(420)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with running("embedded", tmp_path_factory.mktemp("examples")) as system:
        publish(system, sample_records(datetime(2026, 1, 1, tzinfo=UTC)))
        drain(system.settings.kafka, watch=system.tree.watch)
        yield system


def environment(demo):
    return {
        **os.environ,
        "TOCSIN_KAFKA": demo.settings.kafka,
        "TOCSIN_CLICKHOUSE": demo.settings.clickhouse.get_secret_value(),
        "TOCSIN_CONSOLE_PORT": str(demo.settings.console_port),
        "COLUMNS": "80",
    }


def tocsin(demo, folder, *words):
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        cwd=folder, env=environment(demo), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", recipes())
def test_question(demo, name):
    recipe = recipes()[name]
    assert demo.query(recipe.fill({})) or recipe.empty, f"{name} has no rows on the sample, and does not say why"


@pytest.mark.parametrize("question", QUESTIONS)
def test_analyst(demo, question):
    assert demo.query(QUESTIONS[question])


TIME_FILTER = re.compile(r"\$__timeFilter\((\w+)\)")  # as Grafana's plugin puts it in
PANELS = {f"{name}: {panel.title}": panel for name, panels in DASHBOARDS.items() for panel in panels}


@pytest.fixture(scope="module")
def prometheus(demo, tmp_path_factory):
    if MISSING:
        pytest.skip(MISSING)
    found = Prometheus(
        tmp_path_factory.mktemp("prometheus"), demo.settings.data_dir, demo.settings.console_port, every="1s"
    )
    with found.child:
        yield found


@pytest.mark.parametrize("title", PANELS)
def test_panel(demo, title, request):
    panel = PANELS[title]
    if panel.prometheus:
        prometheus = request.getfixturevalue("prometheus")
        eventually(lambda: bool(prometheus.values(panel.ask)), seconds=60, what="the panel has something to show")
        return
    sql = TIME_FILTER.sub(r"\1 >= toDateTime(0) AND \1 <= toDateTime(4000000000)", panel.ask)
    assert demo.query(sql) or panel.title in EMPTY_ON_SAMPLE


@pytest.mark.parametrize("name", DASHBOARDS)
def test_picture(demo, name):
    empty = [panel for panel in DASHBOARDS[name] if panel.title in EMPTY_ON_SAMPLE]
    with closing(open_reader(demo.settings.clickhouse.get_secret_value())) as reader:
        assert picture(name, reader.query).count(">nothing<") == len(empty)


def test_questions_from_the_command_line(demo, tmp_path):
    assert "deadliest" in tocsin(demo, tmp_path, "sql", "--list")
    lines = tocsin(demo, tmp_path, "sql", "deadliest", "-p", "country=HT", "--format", "csv").splitlines()
    assert lines[0].startswith("title,country,killed_low")
    assert len(lines) > 1
    assert "█" in tocsin(demo, tmp_path, "sql", "by-family", "--plot")
    wide = tocsin(demo, tmp_path, "sql", "SELECT * FROM incidents LIMIT 2")
    assert max(map(len, wide.splitlines())) <= 80


def program(client, folder):
    """The command that runs a client example; `folder` is its own."""
    script = SUBSCRIBE / client
    if client == "java":
        if not shutil.which("mvn"):
            pytest.skip("Maven is not installed")
        return ["sh", shutil.copytree(script, folder / "java") / "run.sh"]
    if script.suffix == ".py":
        return [sys.executable, script]
    if modules := os.environ.get("KAFKAJS_MODULES"):
        (folder / "node_modules").symlink_to(modules)
    elif not (npm := shutil.which("npm")):
        pytest.skip("KAFKAJS_MODULES names no folder with kafkajs, and npm is not installed")
    else:
        subprocess.run([npm, "install", "--no-audit", "--no-fund", *KAFKAJS], cwd=folder, check=True, timeout=120)
    return ["node", shutil.copy(script, folder)]


@pytest.mark.parametrize("client", ["kafka_python.py", "confluent.py", "kafkajs.mjs", "java"])
def test_client(demo, tmp_path, client):
    command = program(client, tmp_path)
    registry = f"http://127.0.0.1:{demo.settings.console_port}"
    for topic, key in (("news.alert.v1", "alert_id"), ("news.incident.v1", "incident_id")):
        done = subprocess.run(
            [*command, demo.settings.kafka, registry, topic, "3"],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        assert [len(json.loads(line)[key]) for line in done.stdout.splitlines()] == [32] * 3


@pytest.mark.skipif(not shutil.which("kcat"), reason="kcat is not installed")
def test_kcat_on_apache_kafka(real_kafka_here, tmp_path):
    with own_kafka("real", tmp_path) as (bootstrap, batch_bytes):
        create_topics(Settings(kafka=bootstrap, partitions=2))
        records = list(sample_records(datetime(2026, 1, 1, tzinfo=UTC)))
        with Publisher(bootstrap, Codec(), batch_bytes=batch_bytes) as publisher:
            for record in records:
                publisher.publish(record)
        done = subprocess.run(
            ["sh", SUBSCRIBE / "kcat.sh", bootstrap, "http://127.0.0.1:1", "news.article.v1"],
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == sum(isinstance(record, Article) for record in records), done.stderr
    assert all(one["key"] and one["bytes"] > 100 for one in told)


def follow_stream(demo, *words, seconds="3"):
    """Events of the HTTP stream within some seconds: kind, body and id of each."""
    console = f"http://127.0.0.1:{demo.settings.console_port}"
    done = subprocess.run(
        ["timeout", seconds, "sh", SUBSCRIBE / "stream.sh", console, *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    events = [dict(line.split(": ", 1) for line in text.splitlines()) for text in done.stdout.strip().split("\n\n")]
    return [(e["event"], json.loads(e["data"]), e.get("id", "")) for e in events if "event" in e]


def test_stream_without_kafka_has_filters_and_resumes(demo):
    told = follow_stream(demo, "country=HT&family=disasters")
    incidents = [body for kind, body, _ in told if kind == "incident"]
    assert incidents
    assert {(b["family"], b["place"]["country"]) for _, b, _ in told if b} == {("disasters", "HT")}
    mark = [mark for _, _, mark in told if mark][-1]
    again = follow_stream(demo, "country=HT&family=disasters", mark)
    assert {kind for kind, _, _ in again} <= {"still"}
    refused = subprocess.run(
        ["sh", SUBSCRIBE / "stream.sh", f"http://127.0.0.1:{demo.settings.console_port}", "colour=red"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 22


def test_duckdb_reads_the_export(demo, tmp_path):
    tocsin(demo, tmp_path, "export", "archive")
    statement = (SUBSCRIBE / "duckdb.sql").read_text().replace("'archive/", f"'{tmp_path}/archive/")
    rows = duckdb.sql(statement).fetchall()
    assert [row[:5] for row in rows[:3]] == demo.query(
        "SELECT title, country, killed_low, killed, killed_high FROM incidents WHERE killed IS NOT NULL "
        "ORDER BY killed DESC, title LIMIT 3"
    )
    assert all(row[5] for row in rows[:3])


def test_notebook(demo, monkeypatch):
    monkeypatch.setenv("TOCSIN_CLICKHOUSE", demo.settings.clickhouse.get_secret_value())
    cells = json.loads((SUBSCRIBE.parent / "notebooks" / "incidents.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    assert names["incidents"].num_rows == demo.query("SELECT count() FROM incidents")[0][0]
    assert names["deadliest"].num_rows == 5
    assert names["said"].num_rows > 0


def test_subscribe_tells_where(demo, tmp_path):
    said = tocsin(demo, tmp_path, "subscribe")
    assert demo.settings.kafka in said
    assert f"http://127.0.0.1:{demo.settings.console_port}/subjects" in said
    assert "news.incident.v1     compacted  incident id" in said


def test_export_by_day_is_incremental_and_resumable(demo, tmp_path):
    folder = tmp_path / "archive"
    assert "had not changed" in tocsin(demo, tmp_path, "export", "archive")
    whole = demo.query("SELECT count() FROM incidents")[0][0]
    assert sum(pq.read_table(path).num_rows for path in (folder / "incidents").iterdir()) == whole
    claims = sum(pq.read_table(path).num_rows for path in (folder / "claims").iterdir())
    assert claims == demo.query("SELECT count() FROM claims")[0][0]
    assert tocsin(demo, tmp_path, "export", "archive").startswith("0 days written")
    known = json.loads((folder / "export.json").read_text())
    lost, moved = sorted(known)[:2]
    (folder / "export.json").write_text(json.dumps({**known, moved: "older", "1999-01-01": "gone"} | {lost: ""}))
    (folder / "incidents" / "1999-01-01.parquet").write_bytes(b"")
    assert tocsin(demo, tmp_path, "export", "archive").startswith("3 days written")
    assert not (folder / "incidents" / "1999-01-01.parquet").exists()
    assert json.loads((folder / "export.json").read_text()) == known


def test_incidents_as_geojson_csv_and_arrow(demo, tmp_path):
    url = demo.settings.clickhouse.get_secret_value()
    table = read_incidents(url, country="HT")
    assert set(table.column("country").to_pylist()) == {"HT"}
    found = json.loads(tocsin(demo, tmp_path, "export", "--format", "geojson", "--country", "HT"))
    located = [row for row in table.to_pylist() if row["lat"] is not None]
    assert [f["geometry"]["coordinates"] for f in found["features"]] == [[row["lon"], row["lat"]] for row in located]
    lines = tocsin(demo, tmp_path, "export", "--format", "csv", "--country", "HT").splitlines()
    assert len(lines) == 1 + table.num_rows
    assert read_incidents(url, since=date(2100, 1, 1)).num_rows == 0
    assert read_claims(url, family="disasters").num_rows > 10


async def test_agents_look_incidents_up_with_the_official_client(demo, tmp_path):
    parameters = StdioServerParameters(
        command=sys.executable, args=["-m", "deploy.cli", "mcp"], env=environment(demo), cwd=tmp_path
    )
    async with Client(parameters) as client:

        async def ask(tool, **given):
            answer = await client.call_tool(tool, given)
            return answer.is_error, answer.structured_content or answer.content[0].text

        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools == {"search_incidents", "get_incident", "changes_since", "query"}
        _, found = await ask("search_incidents", words="earthquake", country="HT", since="2021-08-01")
        assert found["row_count"] >= 1
        _, one = await ask("get_incident", incident_id=found["rows"][0]["incident_id"])
        assert one["incident"]["country"] == "HT"
        assert one["sources"]
        _, first = await ask("changes_since", limit=5)
        _, rest = await ask("changes_since", produced_ms=first["rows"][-1]["produced_ms"], limit=5)
        assert rest["rows"][0]["produced_ms"] > first["rows"][-1]["produced_ms"]
        _, many = await ask("query", sql="SELECT number FROM numbers(500)")
        assert (len(many["rows"]), many["row_count"], many["truncated"]) == (200, 500, True)
        for bad in ("DROP TABLE incident", "SELECT * FROM file('/etc/passwd')", "INSERT INTO incident VALUES (1)"):
            failed, said = await ask("query", sql=bad)
            assert failed
            assert "Code: " in said
        failed, said = await ask("get_incident", incident_id="nothing")
        assert failed
        assert "search_incidents finds them" in said
        resource = await client.read_resource("codebook://tables")
        assert "| incidents | view |" in resource.contents[0].text

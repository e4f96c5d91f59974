"""What analysts and subscribers are shown, against a running system that has replayed the sample: `make examples`."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from deploy.actions.cookbook import recipes
from deploy.demo.demo import drain
from deploy.demo.replay import sample_records
from tests.integration.system import running
from tests.integration.test_pipeline import publish

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


def test_questions_from_the_command_line(demo, tmp_path):
    assert "deadliest" in tocsin(demo, tmp_path, "sql", "--list")
    lines = tocsin(demo, tmp_path, "sql", "deadliest", "-p", "country=HT", "--format", "csv").splitlines()
    assert lines[0].startswith("title,country,killed_low")
    assert len(lines) > 1
    assert "█" in tocsin(demo, tmp_path, "sql", "by-family", "--plot")
    wide = tocsin(demo, tmp_path, "sql", "SELECT * FROM incidents LIMIT 2")
    assert max(map(len, wide.splitlines())) <= 80

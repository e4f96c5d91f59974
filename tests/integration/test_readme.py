"""What the READMEs tell people to type: every query brings rows of the demo, every command exists and runs."""

import itertools
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.kafka.clients import KafkaProducer
from deploy.demo.demo import drain
from deploy.demo.replay import sample_records
from schemas.topics import ARTICLE
from tests.integration.system import eventually, running
from tests.integration.test_pipeline import publish

pytestmark = pytest.mark.timeout(420)
ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in ROOT.rglob("README.md") if not {".venv", "node_modules"} & set(p.relative_to(ROOT).parts))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# Commands that need the network, or run until they are stopped: they are asked for their help, options and all.
BEGUN = ("analyze", "sql", "quarantine", "feeds export", "feeds import", "tail")


def blocks(language):
    return [
        body for page in PAGES for kind, body in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language
    ]


def queries():
    """Every query of the pages: in blocks of their own, and given to `tocsin sql`."""
    given = [words[1] for words in commands() if words[0] == "sql" and " " in words[1]]
    return [*(body.strip() for body in blocks("sql")), *given]


def commands():
    """Every `tocsin` command of the pages as its words."""
    found = []
    for body in (*blocks("sh"), *blocks("")):
        for line in body.splitlines():
            if re.match(r"(\.venv/bin/)?tocsin ", line):
                lexer = shlex.shlex(line, posix=True, punctuation_chars=";&")
                lexer.whitespace_split = True
                for is_end, words in itertools.groupby(lexer, lambda word: word in {";", "&"}):
                    if not is_end:
                        found.append(list(words)[1:])
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A running system that has replayed the sample, and one message that cannot be read."""
    with running("embedded", tmp_path_factory.mktemp("readme")) as system:
        publish(system, sample_records(datetime(2026, 1, 1, tzinfo=UTC)))
        producer = KafkaProducer(bootstrap_servers=system.settings.kafka, batch_size=system.settings.batch_bytes)
        producer.send(ARTICLE.name, b"no record").get(30)
        producer.close()
        drain(system.settings.kafka, watch=system.tree.watch)
        eventually(lambda: system.query("SELECT count() FROM quarantine")[0][0], seconds=30, what="quarantine")
        yield system


def run(demo, folder, words):
    """A command of the pages as its own process, against the demo."""
    environment = {
        **os.environ,
        "TOCSIN_KAFKA": demo.settings.kafka,
        "TOCSIN_CLICKHOUSE": demo.settings.clickhouse.get_secret_value(),
        "TOCSIN_DATA_DIR": str(folder),
        "COLUMNS": "200",
    }
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_pages_are_read():
    assert len(queries()) >= 11
    assert len(commands()) >= 25
    assert ["connect", "quakes"] in commands()


@pytest.mark.parametrize("sql", queries())
def test_every_query_brings_rows_of_the_demo(demo, sql):
    assert demo.query(sql)


@pytest.mark.parametrize("words", [c for c in commands() if " ".join(c).startswith(BEGUN)], ids=" ".join)
def test_commands_that_can_run_here_run_and_say_something(demo, tmp_path, words):
    (tmp_path / "article.txt").write_text("MARSEILLE - Two people died in a flood on Tuesday, the mayor said.")
    (tmp_path / "mine.opml").write_text('<opml><body><outline xmlUrl="https://example.org/rss.xml"/></body></opml>')
    done = run(demo, tmp_path, [*words, "-n", "1"] if words[0] == "tail" else words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or (tmp_path / "all.opml").exists()
    if words[0] == "sql":
        assert "\n0 rows" not in done.stdout


@pytest.mark.parametrize("words", [c for c in commands() if not " ".join(c).startswith(BEGUN)], ids=" ".join)
def test_other_commands_have_what_the_pages_give_them(demo, tmp_path, words):
    names = [word for word in words if not word.startswith("-")]
    depth = 2 if words[0] in {"feeds", "local"} and len(names) > 1 else 1
    done = run(demo, tmp_path, [*names[:depth], "--help"])
    assert done.returncode == 0, done.stdout + done.stderr
    for option in (word for word in words if word.startswith("--")):
        assert option.partition("=")[0] in done.stdout


def test_the_doctor_knows_what_to_do(demo, tmp_path):
    said = run(demo, tmp_path, ["doctor"]).stdout
    assert "clickhouse" in said
    assert "kafka" in said

"""Every module that a README names is there."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`([\w/.-]+\.(?:py|sql|toml|avsc|json|yaml|sh))`")
FILES = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).split()
PAGES = [name for name in FILES if name.endswith(".md")]
MADE = {
    "tocsin.toml",
    "feeds.toml",
    "running.toml",
    "own.toml",
    "tolls.json",
}  # files that users write, or that a run leaves


def missing(text, files):
    """Names in backticks that end no path of the tree."""
    return [
        name
        for name in NAMED.findall(text)
        if name not in MADE and not any(f"/{path}".endswith(f"/{name}") for path in files)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_are_there(page):
    assert missing((ROOT / page).read_text(encoding="utf-8"), FILES) == []


def test_a_name_without_a_file_is_noticed():
    assert missing("see `domain/gone.py` and `run.py`", ["connectors/ingest/run.py"]) == ["domain/gone.py"]

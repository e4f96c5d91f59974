"""The settings that a desk's first hour shows are settings that exist."""

import re
import tomllib
from pathlib import Path

from streams.settings import Settings

PAGE = Path(__file__).parents[2] / "deploy" / "FIRST-HOUR.md"


def test_the_settings_of_the_first_hour_can_be_read(tmp_path, monkeypatch):
    (written,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert set(tomllib.loads(written)["notify"]) == {"chat", "chief", "morning"}
    (tmp_path / "tocsin.toml").write_text(written, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    targets = Settings().notify
    assert (targets["chief"].after_minutes, targets["chief"].repeat_minutes) == (10, 15)
    assert targets["morning"].gather_minutes == 720


def test_its_pictures_are_there():
    shown = re.findall(r"\]\((pictures/[^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [p for p in shown if not (PAGE.parent / p).is_file()] == []

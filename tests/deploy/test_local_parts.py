"""What the real parts say when something is missing, and that Kafka's jars are fetched once."""

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from deploy.local import clickhouse, kafka
from schemas.errors import Stop

MAVEN = """#!/bin/sh
echo called >> "$CALLS"
for argument; do
  case "$argument" in -DoutputDirectory=*) mkdir -p "${argument#*=}" && echo jar > "${argument#*=}/kafka.jar" ;; esac
done
echo "[ERROR] no route to the repository"
exit $STATUS
"""


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for mvn on PATH; the file counts its calls."""
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.write_text(MAVEN)
    program.chmod(0o755)
    calls = tmp_path / "calls"
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CALLS", str(calls))
    monkeypatch.setenv("STATUS", "0")
    return calls


def test_jars_are_fetched_once(maven: Path, tmp_path: Path) -> None:
    folder = kafka.jars()
    assert folder.is_relative_to(tmp_path / "cache" / "tocsin")
    assert [jar.name for jar in folder.iterdir()] == ["kafka.jar"]
    assert kafka.jars() == folder
    assert maven.read_text() == "called\n"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_failed_fetch_shows_why_and_leaves_nothing(maven: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATUS", "1")
    with pytest.raises(Stop, match="no route to the repository"):
        kafka.jars()
    monkeypatch.setenv("STATUS", "0")
    assert kafka.jars().is_dir()
    assert maven.read_text() == "called\n" * 2


def test_nothing_installed_is_said_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    assert kafka.missing() == "java is not on PATH"
    assert clickhouse.missing() == "neither clickhouse-server nor clickhouse is on PATH"
    for part in (lambda: kafka.kafka(tmp_path), kafka.jars, lambda: clickhouse.clickhouse(tmp_path)):
        with pytest.raises(Stop, match=r"install\.sh"):
            part()


def test_clickhouse_keeps_everything_under_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: "/usr/sbin/clickhouse-server")
    folder = tmp_path / "a & b <c>"
    clickhouse.clickhouse(folder, port=1234, http_port=1235)
    config = ET.parse(folder / "config.xml").getroot()
    text = {element.tag: element.text or "" for element in config.iter()}
    assert (text["tcp_port"], text["http_port"], text["listen_host"]) == ("1234", "1235", "127.0.0.1")
    paths = ("path", "tmp_path", "user_files_path", "format_schema_path", "users_config", "log", "errorlog")
    assert all(text[name].startswith(f"{folder}/") for name in paths)
    assert "interserver_http_port" not in text
    ET.parse(folder / "users.xml")

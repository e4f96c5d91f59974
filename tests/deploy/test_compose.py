"""compose.yaml cannot run where tests run; what it says about the rest of the repository can be checked."""

import re
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from typer.main import get_command

from deploy.cli import app
from streams.settings import PREFIX, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


@pytest.mark.parametrize("service", OURS)
def test_our_services_use_known_commands_and_settings(service: str) -> None:
    described = SERVICES[service]
    assert described["command"][0] in get_command(app).commands  # type: ignore[attr-defined]
    environment = {name.removeprefix(PREFIX).lower(): value for name, value in described["environment"].items()}
    assert set(environment) <= set(Settings.model_fields)
    Settings(**environment)


def test_kafka_is_the_version_of_the_pom() -> None:
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    pom = ET.parse(DEPLOY / "local" / "pom.xml")
    found = pom.find(".//m:dependency[m:artifactId='kafka_2.13']/m:version", space)
    assert found is not None
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{found.text}"


def test_clickhouse_is_the_release_of_the_embedded_engine() -> None:
    release = ".".join(version("chdb-core-lite").split(".")[:2])
    assert SERVICES["clickhouse"]["image"] == f"clickhouse/clickhouse-server:{release}"


def test_nothing_listens_beyond_loopback() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_parts_refer_to_each_other() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (DEPLOY / source).exists()


def test_images_are_pinned_and_parts_have_limits_and_health_checks() -> None:
    for name, service in SERVICES.items():
        assert re.search(r":[\w.-]*\d", service["image"]), name
        assert service["deploy"]["resources"]["limits"]["memory"], name
        assert "healthcheck" in service or service["restart"] == "no", name


def test_every_part_answers_on_a_port_of_its_own_that_prometheus_asks() -> None:
    ports = [SERVICES[name]["environment"].get("TOCSIN_METRICS_PORT") for name in OURS]
    given = [port for port in ports if port]
    assert len(given) == len(set(given)) == len(OURS) - 2  # setup ends, the console answers on its own
    scraped = (DEPLOY / "observe" / "compose.yaml").read_text()
    assert all(f"127.0.0.1:{port}" in scraped for port in given)


def test_image_copies_what_exists() -> None:
    root = DEPLOY.parent
    copied = re.findall(r"^COPY ((?!--from).+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert copied
    sources = {source for line in copied for source in line.split()}
    assert all((root / source).exists() for source in sources)
    kept = set(re.findall(r"^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE))
    assert sources == kept

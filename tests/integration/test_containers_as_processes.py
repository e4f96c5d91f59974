"""Every container of ours as a plain process: the Compose file's commands, order, environment and health checks."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from tests.integration.hook import Hook

pytestmark = pytest.mark.timeout(400)
SERVICES = yaml.safe_load((Path(__file__).parents[2] / "deploy" / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def in_order():
    """Names, each after those that it depends on."""
    found = []
    while left := [name for name in OURS if name not in found]:
        ready = [n for n in left if set(OURS[n].get("depends_on", {})) & set(OURS) <= set(found)]
        assert ready, left
        found += ready
    return found


def environment(service, places, folder):
    """What the container is given, with this test's addresses and folder for the container's."""
    given = {name: str(value) for name, value in service["environment"].items() if value is not None}
    for told, here in places.items():
        given = {name: value.replace(told, here) for name, value in given.items()}
    return {
        **given,
        "TOCSIN_DATA_DIR": str(folder),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def well(service, variables, console):
    """Whether the container's health check passes."""
    kind, command = service["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    done = subprocess.run(
        ["sh", "-c", command.replace(":8710/", f":{console}/")],
        env=os.environ | variables,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def test_every_container_runs_as_a_process_and_is_well(real_kafka_here, real_clickhouse_here, tmp_path):
    port, controller, native, http, console, *metrics = free_ports(5 + len(OURS))
    with ExitStack() as stack:
        hook = stack.enter_context(Hook())
        stack.enter_context(kafka(tmp_path / "kafka", port=port, controller_port=controller))
        stack.enter_context(clickhouse(tmp_path / "clickhouse", port=native, http_port=http))
        places = {"127.0.0.1:9092": f"127.0.0.1:{port}", "127.0.0.1:9000": f"127.0.0.1:{native}"}
        parts = []
        for name, own in zip(in_order(), metrics, strict=True):
            service = OURS[name]
            variables = environment(service, places, tmp_path / name) | {"TOCSIN_CONSOLE_PORT": str(console)}
            if "TOCSIN_METRICS_PORT" in variables:
                variables["TOCSIN_METRICS_PORT"] = str(own)
            if name == "notify":
                variables["TOCSIN_NOTIFY"] = f'{{"desk": {{"url": "{hook.url()}"}}}}'
            command = [Path(sys.executable).with_name("tocsin"), *service["command"]]
            (tmp_path / name).mkdir()
            if service["restart"] == "no":
                subprocess.run(command, env=os.environ | variables, cwd=tmp_path / name, check=True, timeout=120)
                continue
            part = Child(
                name, command, log=tmp_path / f"{name}.log", environment=variables, ready_seconds=120,
                ready=lambda service=service, variables=variables: well(service, variables, console),
            )  # fmt: skip
            stack.callback(part.stop)
            parts.append(part.start())
        for part in parts:
            part.wait_ready()
        assert len(parts) == len(OURS) - 1

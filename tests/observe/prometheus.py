"""A real Prometheus as a child process, and what it says."""

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child

RULES = Path(__file__).parents[2] / "deploy" / "observe" / "alerts.yaml"
MISSING = None if shutil.which("prometheus") and shutil.which("promtool") else "prometheus is not on PATH"


class Prometheus:
    """Scrapes what parts have noted in the data folder, and the console."""

    def __init__(self, folder: Path, data_dir: Path, console_port: int, *, every: str = "5s") -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        config = {
            "global": {"scrape_interval": every, "evaluation_interval": every, "scrape_timeout": min(every, "3s")},
            "rule_files": [str(RULES)],
            "scrape_configs": [
                {
                    "job_name": "tocsin",
                    "file_sd_configs": [{"files": [f"{data_dir}/run/metrics/*.json"], "refresh_interval": "5s"}],
                },
                {"job_name": "tocsin-console", "static_configs": [{"targets": [f"127.0.0.1:{console_port}"]}]},
            ],
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
        self.child = Child(
            "Prometheus",
            [
                "prometheus",
                f"--config.file={folder}/prometheus.yaml",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            log=folder / "prometheus.log",
            ready=self._ready,
        )

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=1).is_success
        except httpx.HTTPError:
            return False

    def ask(self, path: str, **params: object) -> Any:
        """The data of an answer of the API."""
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=params, timeout=10)
        answer.raise_for_status()
        return answer.json()["data"]

    def values(self, query: str) -> dict[str, float]:
        """An instant query: values by labels as JSON."""
        found = self.ask("query", query=query)["result"]
        return {
            json.dumps({k: v for k, v in r["metric"].items() if k != "instance"}, sort_keys=True): float(r["value"][1])
            for r in found
        }

    def alerts(self) -> list[dict[str, Any]]:
        """What is pending or firing."""
        return self.ask("alerts")["alerts"]

"""Apache Kafka as a child process: one node in KRaft mode, from the jars on Maven Central."""

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from deploy.supervise.ports import LOOPBACK, listening, require_free
from deploy.supervise.process import Child
from schemas.errors import Stop

POM = Path(__file__).with_name("pom.xml")
NODE = 1
# A single node compiles and collects little; both flags shorten the start on two cores.
JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOGGING = (
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.BrokerServer=info",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.BrokerLifecycleManager=info",
)


def kafka(
    data: Path,
    *,
    port: int = 9092,
    controller_port: int = 9093,
    heap_mb: int = 512,
    advertised_port: int | None = None,
    more: Mapping[str, object] | None = None,
    scram: Mapping[str, str] | None = None,
    cluster: str | None = None,
) -> Child:
    """A broker at 127.0.0.1:`port` that keeps everything under `data`; not started yet.

    The first call on a machine downloads the jars (43 MB), the first call on a folder formats it; a second
    node on the same folder keeps its topics. Clients create topics themselves, a produce to an unknown one fails.
    `advertised_port`, if given, is the port announced to clients, where a proxy listens. `more` are properties of
    the broker beside or instead of ours. `scram` are users with their passwords, known from the first start on to
    listeners that `more` gives SCRAM-SHA-256 or SCRAM-SHA-512. `cluster` is the id that nodes of one cluster share.
    Raises Stop when Java or Maven is missing, or Maven cannot get the jars.
    """
    java = shutil.which("java")
    if java is None:
        raise Stop("Kafka needs Java 17 or later on PATH: run deploy/local/install.sh, or install a JRE")
    classpath = f"{jars()}/*"
    data = data.resolve()
    settings = _write_settings(data, port, controller_port, advertised_port or port, more or {})
    if not (data / "log" / "meta.properties").exists():
        _format(java, classpath, settings, scram or {}, cluster or cluster_id())
    return Child(
        "Kafka",
        [java, f"-Xmx{heap_mb}m", *JVM, *LOGGING, "-cp", classpath, "kafka.Kafka", settings],
        log=data / "kafka.log",
        ready=partial(listening, port),
        before=partial(require_free, "Kafka", port, controller_port),
        ready_seconds=90,
    )


def missing() -> str | None:
    """What is missing on this machine to run Kafka, None when nothing is."""
    if shutil.which("java") is None:
        return "java is not on PATH"
    if not _cache().exists() and shutil.which("mvn") is None:
        return "Kafka's jars are not cached and mvn is not on PATH"
    return None


def jars() -> Path:
    """Folder with Kafka's jars, downloaded once per user and pom. Raises Stop when Maven is missing or fails."""
    folder = _cache()
    if folder.exists():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise Stop("Kafka's jars come with Maven, and mvn is not on PATH: run deploy/local/install.sh")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        result = subprocess.run(
            [
                *(maven, "--batch-mode", "--quiet", "--strict-checksums", "--file", str(POM)),
                *("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={scratch}/jars"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise Stop(f"Maven cannot get Kafka's jars (network, proxy, ~/.m2/settings.xml?):\n{result.stdout[-2000:]}")
        try:
            # The folder appears complete or not at all, also when two processes download at once.
            (Path(scratch) / "jars").rename(folder)
        except OSError:
            if not folder.exists():
                raise
    return folder


def _cache() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "tocsin" / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"


def _write_settings(
    data: Path, port: int, controller_port: int, advertised_port: int, more: Mapping[str, object]
) -> Path:
    settings = {
        "process.roles": "broker,controller",
        "node.id": NODE,
        "controller.quorum.voters": f"{NODE}@{LOOPBACK}:{controller_port}",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{advertised_port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": data / "log",
        "auto.create.topics.enable": "false",
        # One node: no replicas, and few partitions of the internal topics to load at the start.
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # A single node: groups form at once, and after a kill the node's old session ends in 3 s, not 9 s.
        "group.initial.rebalance.delay.ms": 0,
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
    }
    data.mkdir(parents=True, exist_ok=True)
    path = data / "server.properties"
    path.write_text("".join(f"{name}={value}\n" for name, value in {**settings, **more}.items()), encoding="utf-8")
    return path


def cluster_id() -> str:
    """A new id for a cluster."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def _format(java: str, classpath: str, settings: Path, scram: Mapping[str, str], cluster: str) -> None:
    users = [
        f"--add-scram={mechanism}=[name={name},password={password}]"
        for name, password in scram.items()
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
    ]
    command = [java, "-Xmx64m", *JVM, *LOGGING, "-cp", classpath, "kafka.tools.StorageTool", "format"]
    result = subprocess.run(
        [*command, f"--cluster-id={cluster}", "--config", str(settings), *users],  # an id may begin with a dash
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise Stop(f"Kafka cannot format {settings.parent}:\n{(result.stdout + result.stderr)[-2000:]}")

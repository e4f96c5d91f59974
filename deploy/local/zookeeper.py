"""One ZooKeeper as a child process, for a cluster of ClickHouse on this machine: Debian's package `zookeeper`."""

import shutil
import socket
from pathlib import Path

from deploy.supervise.ports import LOOPBACK
from deploy.supervise.process import Child
from schemas.errors import Stop

JAR = Path("/usr/share/java/zookeeper.jar")


def missing() -> str | None:
    """What is missing on this machine to run ZooKeeper, None when nothing is."""
    return None if JAR.exists() and shutil.which("java") else "there is no Java or no package zookeeper"


def zookeeper(data: Path, *, port: int) -> Child:
    """A server at 127.0.0.1:`port` that keeps everything under `data`; not started yet. Raises Stop without one."""
    java = shutil.which("java")
    if missing() or java is None:
        raise Stop("a cluster needs Java and Debian's package zookeeper: apt-get install zookeeper")
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    config = data / "zoo.cfg"
    config.write_text(
        f"dataDir={data / 'data'}\nclientPort={port}\nclientPortAddress={LOOPBACK}\ntickTime=500\n"
        "admin.enableServer=false\n4lw.commands.whitelist=srvr\n",
        encoding="utf-8",
    )
    return Child(
        "ZooKeeper",
        [java, "-Xmx128m", "-XX:+UseSerialGC", "-cp", f"/etc/zookeeper/conf:{JAR}",
         "org.apache.zookeeper.server.ZooKeeperServerMain", str(config)],
        log=data / "console.log",
        ready=lambda: _serves(port),
    )  # fmt: skip


def _serves(port: int) -> bool:
    """Whether it answers requests; it accepts connections before that, and ClickHouse 18.16 ends when one fails."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as asked:
            asked.sendall(b"srvr")
            return b"Mode: standalone" in asked.makefile("rb").read()
    except OSError:
        return False

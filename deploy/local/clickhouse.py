"""ClickHouse server as a child process with a private data folder: Debian's 18.16 or a later release."""

import shutil
import urllib.request
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.supervise.ports import LOOPBACK, require_free
from deploy.supervise.process import Child
from schemas.errors import Stop

CURE = (
    "install Debian's package clickhouse-server (deploy/local/install.sh does), or put a `clickhouse` binary "
    "downloaded from clickhouse.com on PATH"
)

# Releases before 21.10 read only a root element called yandex; later ones read it too.
SERVER = """<?xml version="1.0"?>
<yandex>
  <logger>
    <level>information</level>
    <log>{data}/clickhouse.log</log>
    <errorlog>{data}/clickhouse.error.log</errorlog>
    <size>20M</size>
    <count>2</count>
  </logger>
  <listen_host>{host}</listen_host>
  <tcp_port>{port}</tcp_port>
  <http_port>{http_port}</http_port>
  <path>{data}/store/</path>
  <tmp_path>{data}/tmp/</tmp_path>
  <user_files_path>{data}/user_files/</user_files_path>
  <format_schema_path>{data}/format_schemas/</format_schema_path>
  <users_config>{data}/users.xml</users_config>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
  <timezone>UTC</timezone>
  <max_connections>256</max_connections>
  <keep_alive_timeout>3</keep_alive_timeout>
  <mark_cache_size>67108864</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <dictionaries_config>{data}/*_dictionary.xml</dictionaries_config>
</yandex>
"""
USERS = """<?xml version="1.0"?>
<yandex>
  <profiles>
    <default><max_memory_usage>{memory}</max_memory_usage></default>
    <readonly><readonly>1</readonly><max_memory_usage>{memory}</max_memory_usage></readonly>
  </profiles>
  <users>
    <default>
      <password></password>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </default>
  </users>
  <quotas><default></default></quotas>
</yandex>
"""


def clickhouse(data: Path, *, port: int = 9000, http_port: int = 8123, query_mb: int = 1000) -> Child:
    """A server at 127.0.0.1, native protocol on `port`, HTTP on `http_port`, all files under `data`; not started yet.

    The user is `default` without a password, from this machine only; the time zone is UTC. One query may use
    `query_mb` of memory. Raises Stop when no server is installed.
    """
    command = _command()
    if command is None:
        raise Stop(f"there is no ClickHouse server on PATH: {CURE}")
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    config = data / "config.xml"
    config.write_text(
        SERVER.format(data=escape(str(data)), host=LOOPBACK, port=port, http_port=http_port), encoding="utf-8"
    )
    (data / "users.xml").write_text(USERS.format(memory=query_mb * 1_000_000), encoding="utf-8")
    return Child(
        "ClickHouse",
        [*command, f"--config-file={config}"],
        log=data / "console.log",
        ready=partial(_answers, http_port),
        before=partial(require_free, "ClickHouse", port, http_port),
    )


def missing() -> str | None:
    """What is missing on this machine to run ClickHouse, None when nothing is."""
    return None if _command() else "neither clickhouse-server nor clickhouse is on PATH"


def _command() -> list[str] | None:
    # Debian puts the server into /usr/sbin, which is not on everybody's PATH.
    if server := shutil.which("clickhouse-server") or shutil.which("clickhouse-server", path="/usr/sbin"):
        return [server]
    return [binary, "server"] if (binary := shutil.which("clickhouse")) else None


def _answers(http_port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{http_port}/ping", timeout=1) as answer:
            return bool(answer.read() == b"Ok.\n")
    except OSError:
        return False

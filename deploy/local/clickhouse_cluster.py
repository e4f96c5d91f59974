"""ClickHouse servers on this machine as one cluster: shards, each with replicas, and a ZooKeeper."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.clickhouse import clickhouse
from deploy.supervise.ports import LOOPBACK
from deploy.supervise.process import Child

CONFIG = """<?xml version="1.0"?>
<yandex>
  <interserver_http_host>{host}</interserver_http_host>
  <interserver_http_port>{between}</interserver_http_port>
  <zookeeper><node><host>{host}</host><port>{zookeeper}</port></node></zookeeper>
  <macros><shard>{shard}</shard><replica>{replica}</replica></macros>
  <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>
  <remote_servers><{name}>{shards}</{name}></remote_servers>
</yandex>
"""
SHARD = "<shard><internal_replication>true</internal_replication>{replicas}</shard>"
REPLICA = "<replica><host>{host}</host><port>{port}</port></replica>"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server of a cluster is: its shard and replica from 1, and its ports."""

    shard: int
    replica: int
    port: int
    http_port: int
    between_port: int


def server(data: Path, name: str, place: Place, places: Sequence[Place], *, zookeeper_port: int) -> Child:
    """The server at `place` of the cluster `name`, all files under `data`; not started yet. Raises Stop."""
    child = clickhouse(data, port=place.port, http_port=place.http_port)
    shards = "".join(
        SHARD.format(replicas="".join(REPLICA.format(host=LOOPBACK, port=p.port) for p in places if p.shard == shard))
        for shard in sorted({p.shard for p in places})
    )
    folder = data / "config.d"
    folder.mkdir(exist_ok=True)
    (folder / "cluster.xml").write_text(
        CONFIG.format(
            host=LOOPBACK, between=place.between_port, zookeeper=zookeeper_port, shard=place.shard,
            replica=place.replica, name=name, shards=shards,
        ),
        encoding="utf-8",
    )  # fmt: skip
    return child

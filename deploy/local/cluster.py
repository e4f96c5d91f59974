"""Three Kafka brokers as child processes: a KRaft quorum whose topics outlive the loss of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kafka import cluster_id, kafka
from deploy.supervise.ports import LOOPBACK
from deploy.supervise.process import Child

REPLICAS, IN_SYNC = 3, 2


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of one broker: its own, its controller's, and the one announced to clients and other brokers."""

    own: int
    controller: int
    advertised: int


def cluster(folder: Path, ports: Sequence[Ports], *, heap_mb: int = 384) -> list[Child]:
    """Brokers that keep everything under `folder`, each in a rack of its own; start all, then wait for all.

    Raises Stop as `kafka` does.
    """
    name = cluster_id()
    voters = ",".join(f"{node}@{LOOPBACK}:{each.controller}" for node, each in enumerate(ports, 1))
    shared = {
        "controller.quorum.voters": voters,
        "default.replication.factor": REPLICAS,
        "min.insync.replicas": IN_SYNC,
        "offsets.topic.replication.factor": REPLICAS,
        "transaction.state.log.replication.factor": REPLICAS,
        "transaction.state.log.min.isr": IN_SYNC,
        "share.coordinator.state.topic.replication.factor": REPLICAS,
        "share.coordinator.state.topic.min.isr": IN_SYNC,
        "unclean.leader.election.enable": "false",
        "controller.quorum.election.timeout.ms": 2_000,
        "controller.quorum.fetch.timeout.ms": 3_000,
        "replica.lag.time.max.ms": 6_000,
    }
    return [
        kafka(
            folder / f"kafka-{node}",
            port=each.own,
            controller_port=each.controller,
            advertised_port=each.advertised,
            heap_mb=heap_mb,
            more=shared | {"node.id": node, "broker.rack": f"rack{node}"},
            cluster=name,
        )
        for node, each in enumerate(ports, 1)
    ]


def start(brokers: Sequence[Child]) -> None:
    """Start all and wait until each takes connections. Raises Stop when one does not."""
    for broker in brokers:
        broker.start()
    for broker in brokers:
        broker.wait_ready()

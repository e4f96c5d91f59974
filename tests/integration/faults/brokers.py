"""Faults of a cluster of three brokers: one at a time is struck while articles flow, then another."""

import random
import time
from collections.abc import Callable

from kafka import TopicPartition
from kafka.errors import KafkaError

from connectors.kafka.clients import KafkaAdminClient
from schemas.topics import ALL
from schemas.transport.brokers import client_options
from tests.integration.faults.faults import SESSION_SECONDS, Fault
from tests.integration.faults.rig import Rig

HEALED_SECONDS = 60.0  # until every replica is in step again, before the next broker is struck


def _admin(rig: Rig) -> KafkaAdminClient:
    return KafkaAdminClient(**client_options(rig.settings.kafka), bootstrap_timeout_ms=20_000)


def in_step(rig: Rig) -> None:
    """Wait until every partition of ours has all its replicas: the cluster bears the next loss again."""
    names, end, lacking = [t.name for t in ALL], time.monotonic() + HEALED_SECONDS, "no answer"
    while time.monotonic() < end:
        rig.wait(0.5)
        try:
            admin = _admin(rig)
            try:
                described = admin.describe_topics(names)
            finally:
                admin.close()
        except KafkaError:
            continue
        lacking = [d["name"] for d in described for p in d["partitions"] if len(_in_sync(p)) < 3]
        if not lacking:
            return
    raise AssertionError(f"replicas not in step within {HEALED_SECONDS:g} s: {lacking}")


def _in_sync(partition: dict) -> list[int]:
    return partition["isr_nodes"]


def orders_of(admin: KafkaAdminClient) -> dict[TopicPartition, list[int]]:
    """Every partition's replicas in a new order, so that the next one leads."""
    orders = {}
    for d in admin.describe_topics([t.name for t in ALL]):
        for p in d["partitions"]:
            first, *others = p["replica_nodes"]
            orders[TopicPartition(d["name"], p["partition_index"])] = [*others, first]
    return orders


def _in_turn(strike: Callable[[Rig, int, random.Random], None]) -> Fault:
    """Strike one broker, let the cluster heal, then strike another."""

    def fault(rig: Rig, dice: random.Random) -> int:
        for number in dice.sample(range(len(rig.brokers)), 2):
            strike(rig, number, dice)
            in_step(rig)
        return 2

    return fault


def _kill(rig: Rig, number: int, dice: random.Random) -> None:
    rig.brokers[number].kill()
    rig.wait(dice.uniform(5, 10))
    rig.brokers[number].start().wait_ready()


def _freeze(rig: Rig, number: int, dice: random.Random) -> None:
    rig.brokers[number].suspend()
    rig.wait(SESSION_SECONDS + dice.uniform(3, 6))
    rig.brokers[number].resume()


def _cut(rig: Rig, number: int, dice: random.Random) -> None:
    """Clients and followers reach it no more; it reaches the others and its controller."""
    rig.proxies[number].cut()
    rig.wait(dice.uniform(8, 12))
    rig.proxies[number].mend()


def roll(rig: Rig, dice: random.Random) -> int:
    """All three are stopped well and started again, one after the other, as an upgrade does."""
    for broker in rig.brokers:
        broker.stop()
        rig.wait(dice.uniform(1, 2))
        broker.start().wait_ready()
        in_step(rig)
    return len(rig.brokers)


def move_leaders(rig: Rig, dice: random.Random) -> int:
    """The leaders of all partitions move to another broker, twice, by a new order of their replicas."""
    moved = 0
    for _ in range(2):
        in_step(rig)
        admin = _admin(rig)
        try:
            orders = orders_of(admin)
            refused = {place: e for place, e in admin.alter_partition_reassignments(orders).items() if e is not None}
            assert not refused, refused
            rig.wait(dice.uniform(1, 2))
            admin.elect_leaders(0, raise_errors=False)
            moved += 1
        finally:
            admin.close()
        rig.wait(dice.uniform(2, 4))
    return moved


CLUSTER_FAULTS: dict[str, Fault] = {
    "one broker killed, then another": _in_turn(_kill),
    "one broker frozen, then another": _in_turn(_freeze),
    "one broker cut off, then another": _in_turn(_cut),
    "all brokers rolled": roll,
    "leaders moved": move_leaders,
}

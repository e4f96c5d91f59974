"""Directions for subscribers: brokers, schemas, and commands to copy."""

from deploy.supervise.ports import LOOPBACK
from schemas.topics import ALL
from schemas.transport.brokers import shown
from streams.settings import Settings


def directions(settings: Settings) -> str:
    """Addresses, topics and commands, for a terminal."""
    registry = settings.registry or f"http://{LOOPBACK}:{settings.console_port}"
    brokers = shown(settings.kafka)
    lines = [
        f"brokers   {brokers}",
        f"registry  {registry}  (Confluent's REST paths: {registry}/subjects)",
        "values    Confluent wire format: 0x00, 4-byte schema id, Avro; null on a compacted topic is a tombstone",
        "",
        f"{'topic':20} {'kept':10} key",
    ]
    for topic in ALL:
        kept = "compacted" if topic.retention_days is None else f"{topic.retention_days} days"
        lines.append(f"{topic.name:20} {kept:10} {topic.key}")
    lines += [
        "",
        "tocsin tail alerts --from-start",
        f"kcat -b {brokers} -t news.alert.v1 -s value=avro -r {registry}",
        f"python deploy/subscribe/kafka_python.py {brokers} {registry} news.alert.v1",
        f"python deploy/subscribe/confluent.py {brokers} {registry} news.alert.v1",
        "",
        "Keys, order, at-least-once, tombstones, headers, compatibility: deploy/subscribe/README.md",
    ]
    return "\n".join(lines)

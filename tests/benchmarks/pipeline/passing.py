"""Peers that only pass messages on: `python -m tests.benchmarks.pipeline.passing faust|kafka-python BOOTSTRAP FROM TO`.

What any pipeline of four steps over these topics must do at least: read, send, wait for the broker, commit. `faust` is
an agent as its documentation writes it, one awaited send for each event; `kafka-python` a loop of polls whose outputs
are flushed before the commit.
"""

import sys
import tempfile

import faust

from connectors.kafka.clients import KafkaConsumer, KafkaProducer


def by_faust(bootstrap: str, source: str, target: str) -> None:
    app = faust.App(
        f"pass-{source}", broker=f"kafka://{bootstrap}", value_serializer="raw", key_serializer="raw",
        store="memory://", topic_disable_leader=True, web_enabled=False, consumer_auto_offset_reset="earliest",
        broker_session_timeout=6.0, broker_heartbeat_interval=2.0, broker_commit_interval=1.0, producer_acks=-1,
        datadir=tempfile.mkdtemp(prefix="tocsin-bench-"),
    )  # fmt: skip
    out = app.topic(target, key_serializer="raw", value_serializer="raw")

    @app.agent(app.topic(source, key_serializer="raw", value_serializer="raw"))
    async def passing(stream):
        async for event in stream.events():
            await (await out.send(key=event.key, value=event.value))

    faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()


def by_kafka_python(bootstrap: str, source: str, target: str) -> None:
    consumer = KafkaConsumer(
        source, bootstrap_servers=bootstrap, group_id=f"pass-{source}", enable_auto_commit=False,
        auto_offset_reset="earliest", session_timeout_ms=6_000, heartbeat_interval_ms=2_000,
    )  # fmt: skip
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=False, linger_ms=0)
    while True:
        polled = consumer.poll(timeout_ms=500)
        for messages in polled.values():
            for message in messages:
                producer.send(target, key=message.key, value=message.value)
        if polled:
            producer.flush()
            consumer.commit()


if __name__ == "__main__":
    kind, *places = sys.argv[1:]
    {"faust": by_faust, "kafka-python": by_kafka_python}[kind](*places)

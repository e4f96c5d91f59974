"""Read a topic with confluent-kafka: `python confluent.py BROKERS REGISTRY TOPIC [COUNT]`."""

import json
import sys
import uuid

from confluent_kafka import Consumer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

BROKERS, REGISTRY, TOPIC = sys.argv[1:4]
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else 0

read = AvroDeserializer(SchemaRegistryClient({"url": REGISTRY}))
# A fixed group id of your own continues where it stopped. These two times make joins on the embedded broker quick;
# elsewhere the defaults are good.
consumer = Consumer(
    {"bootstrap.servers": BROKERS, "group.id": f"example-{uuid.uuid4().hex}", "auto.offset.reset": "earliest"}
    | {"enable.auto.commit": False, "session.timeout.ms": 6000, "max.poll.interval.ms": 10000}
)
consumer.subscribe([TOPIC])
seen = 0
while not COUNT or seen < COUNT:
    message = consumer.poll(1.0)
    if message is None:
        continue
    if message.error():
        raise SystemExit(str(message.error()))
    if message.value() is None:
        print(json.dumps({"key": (message.key() or b"").decode(), "deleted": True}))
    else:
        record = read(message.value(), SerializationContext(TOPIC, MessageField.VALUE))
        print(json.dumps(record, default=str), flush=True)
    seen += 1
    # Act on the record here, idempotently, and only then: consumer.commit(message)
consumer.close()

"""Read a topic with kafka-python and avro: `python kafka_python.py BROKERS REGISTRY TOPIC [COUNT]`."""

import io
import json
import sys
import urllib.request
from functools import cache
from typing import Any

import avro.io
import avro.schema
from kafka import KafkaConsumer

BROKERS, REGISTRY, TOPIC = sys.argv[1:4]
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else 0


@cache
def schema(schema_id: int) -> Any:
    """The writer's schema, fetched once."""
    with urllib.request.urlopen(f"{REGISTRY}/schemas/ids/{schema_id}", timeout=10) as answer:  # noqa: S310
        return avro.schema.parse(json.load(answer)["schema"])


consumer = KafkaConsumer(
    TOPIC, bootstrap_servers=BROKERS, group_id=None, auto_offset_reset="earliest", enable_auto_commit=False
)
for seen, message in enumerate(consumer, 1):
    if message.value is None:
        print(json.dumps({"key": message.key.decode(), "deleted": True}))
    else:
        assert message.value[0] == 0
        written = schema(int.from_bytes(message.value[1:5], "big"))
        record = avro.io.DatumReader(written).read(avro.io.BinaryDecoder(io.BytesIO(message.value[5:])))
        print(json.dumps(record, default=str), flush=True)
    if seen == COUNT:
        break
consumer.close()

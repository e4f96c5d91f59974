"""The AsyncAPI 3 document of all topics, made from the contracts."""

import json
from typing import Any

import yaml

from schemas.contracts import latest
from schemas.topics import ALL, EVERY_TOPIC

REGISTRY = {
    "schemaRegistryUrl": "http://127.0.0.1:8710",
    "schemaRegistryVendor": "confluent",
    "bindingVersion": "0.5.0",
}
SERVERS: dict[str, dict[str, Any]] = {
    "embedded": {
        "host": "127.0.0.1:8725",
        "protocol": "kafka",
        "description": "The broker of `tocsin up` and `tocsin demo` (TOCSIN_BROKER_PORT).",
        "bindings": {"kafka": dict(REGISTRY)},
    },
    "own": {
        "host": "{brokers}",
        "protocol": "kafka",
        "description": "Brokers of your own (TOCSIN_KAFKA), the registry of the console or your own (TOCSIN_REGISTRY).",
        "variables": {"brokers": {"default": "broker:9092", "description": "host:port of a broker"}},
        "bindings": {"kafka": dict(REGISTRY)},
    },
}


def document() -> str:
    """YAML text of the AsyncAPI 3.0.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0)."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for topic in ALL:
        contract = latest()[topic.name]
        name = contract.schema["name"]
        examples = [json.loads(p.read_text(encoding="utf-8")) for p in contract.examples()]
        messages[name] = {
            "name": name,
            "summary": contract.schema["doc"],
            "contentType": "avro/binary",
            "description": "Confluent wire format: 0x00, 4-byte schema id, Avro body.",
            "payload": {
                "schemaFormat": "application/vnd.apache.avro+json;version=1.9.0",
                "schema": contract.schema,
            },
            "bindings": {
                "kafka": {
                    "key": {"type": "string", "description": topic.key[0].upper() + topic.key[1:]},
                    "schemaIdLocation": "payload",
                    "schemaIdPayloadEncoding": "confluent",
                    "schemaLookupStrategy": "TopicIdStrategy",
                    "bindingVersion": "0.5.0",
                }
            },
            "examples": [{"name": f"example-{k}", "payload": e} for k, e in enumerate(examples, 1)],
        }
        channels[topic.name] = {
            "address": topic.name,
            "description": f"Key: {topic.key}. Written by: {', '.join(topic.producers)}. "
            f"Read by: {', '.join(topic.readers)}.",
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            "bindings": {
                "kafka": {"topicConfiguration": _topic_configuration(topic.config), "bindingVersion": "0.5.0"}
            },
        }
        for action, verb in (("send", "publish"), ("receive", "read")):
            operations[f"{verb}-{topic.name}"] = {
                "action": action,
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
    return yaml.safe_dump(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Tocsin", "version": "1", "description": "The news stream as incidents, live."},
            "defaultContentType": "avro/binary",
            "servers": SERVERS,
            "channels": channels,
            "operations": operations,
            "components": {"messages": messages},
        },
        sort_keys=False,
        allow_unicode=True,
        width=118,
    )


def _topic_configuration(config: dict[str, str]) -> dict[str, Any]:
    """The topic settings that AsyncAPI's Kafka binding supports: all but the type of timestamp."""
    return {k: [v] if k == "cleanup.policy" else int(v) for k, v in config.items() if k not in EVERY_TOPIC}

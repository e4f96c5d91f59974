"""Kafka's settings of our topics: the facts of `schemas/topics.py`, and how long the settings keep messages."""

from collections.abc import Mapping

from kafka.admin import ConfigResource, ConfigResourceType

from connectors.kafka.clients import KafkaAdminClient
from schemas.errors import Stop
from schemas.topics import (
    ALERT,
    ALL,
    BY_NAME,
    DAY_MS,
    EVERY_TOPIC,
    INCIDENT,
    MEMORIES,
    MEMORY_CONFIG,
    QUARANTINE,
    RELATION,
    TRIAGE,
    changelog,
)
from streams.settings import Settings
from streams.stages import STAGES

CHANGELOGS = tuple(changelog(stage) for stage in STAGES if stage != "classify")  # which has no state
# The setting of how many days each topic keeps a message; all others keep the last message of each key for good.
KEPT_BY = (
    {topic.name: "topic_days" for topic in ALL if topic.retention_days is not None}
    | {QUARANTINE.name: "quarantine_days"}
    | {topic.name: "incident_days" for topic in (INCIDENT, RELATION, ALERT, TRIAGE)}
)
SHARE = 7  # a broker deletes whole segments, so one covers no more than this part of the time that messages are kept
RETENTION = ("cleanup.policy", "retention.ms", "segment.ms", "segment.bytes")


def topic_configs(settings: Settings) -> dict[str, dict[str, str]]:
    """The settings of each of our topics by name, the changelogs and memories too."""
    configs = {t.name: t.config for t in ALL} | {t.name: MEMORY_CONFIG for t in MEMORIES}
    configs |= {name: EVERY_TOPIC | {"cleanup.policy": "compact"} for name in CHANGELOGS}
    return configs | {name: configs[name] | _kept(name, days) for name, days in kept_days(settings).items()}


def kept_days(settings: Settings) -> dict[str, float]:
    """Days that each topic keeps a message, those left out that keep the last of each key for good."""
    days = {name: float(getattr(settings, setting)) for name, setting in KEPT_BY.items()}
    return {name: many for name, many in days.items() if many}


def told_retention(settings: Settings) -> str:
    """What the settings say of it, for people."""
    tables = ((settings.article_days, "articles"), (settings.incident_days, "incidents"))
    told = [f"topics {settings.topic_days:g} days, quarantine {settings.quarantine_days:g}"]
    return "; ".join([*told, *(f"{name} {f'{days:g} days' if days else 'for good'}" for days, name in tables)])


def kept_otherwise(admin: KafkaAdminClient, settings: Settings) -> list[str]:
    """Names of the existing topics that keep messages for another time than somebody has set."""
    return list(_differing(admin, settings))


def keep_as_set(admin: KafkaAdminClient, settings: Settings) -> list[str]:
    """Give existing topics the retention of the settings, where somebody has set it; the names of those changed.

    Raises Stop when the broker refuses.
    """
    differing = _differing(admin, settings)
    if not differing:
        return []
    changes = [ConfigResource(ConfigResourceType.TOPIC, name, configs=dict(c)) for name, c in differing.items()]
    answers = admin.alter_configs(changes).get("topic", {})
    refused = {name: answer for name in differing if (answer := answers.get(name, "no answer")) != "OK"}
    if refused:
        told = "; ".join(f"{name}: {answer}" for name, answer in refused.items())
        raise Stop(f"the broker does not let us change how long topics keep messages: {told}")
    return list(differing)


def _differing(admin: KafkaAdminClient, settings: Settings) -> dict[str, Mapping[str, str]]:
    """By name, what existing topics should have instead."""
    there = set(admin.list_topics())
    wanted = {
        name: {key: config[key] for key in RETENTION if key in config}
        for name, config in sorted(topic_configs(settings).items())
        if name in there and KEPT_BY.get(name) in settings.model_fields_set
    }
    if not wanted:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in wanted]
    found = admin.describe_configs(asked, config_filter="all").get("topic", {})
    return {name: wanted[name] for name, has in found.items() if _differ(has, wanted[name])}


def _differ(has: Mapping[str, Mapping[str, str]], wanted: Mapping[str, str]) -> bool:
    return any(key in has and has[key]["value"] != value for key, value in wanted.items())


def _kept(name: str, days: float) -> dict[str, str]:
    """What makes a topic keep messages for so many days."""
    kept = int(days * DAY_MS)
    timed = {"retention.ms": str(kept), "segment.ms": str(max(1, kept // SHARE))}
    if BY_NAME[name].retention_days is not None:
        return timed | {"cleanup.policy": "delete"}
    # Compaction joins segments, and one with anything young in it stays: they must be small.
    return timed | {"cleanup.policy": "compact,delete", "segment.bytes": MEMORY_CONFIG["segment.bytes"]}

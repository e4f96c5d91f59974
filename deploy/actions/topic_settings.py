"""Kafka's settings of our topics: the facts of `schemas/topics.py`, and how long the settings keep messages."""

from kafka.admin import ConfigResource, ConfigResourceType

from connectors.kafka.clients import KafkaAdminClient
from schemas.topics import (
    ALERT,
    ALL,
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
OF_INCIDENTS = (INCIDENT, RELATION, ALERT, TRIAGE)
SHARE = 7  # a broker deletes whole segments, so one covers no more than this part of the time that messages are kept
RETENTION = ("cleanup.policy", "retention.ms", "segment.ms", "segment.bytes")


def topic_configs(settings: Settings) -> dict[str, dict[str, str]]:
    """The settings of each of our topics by name, the changelogs and memories too."""
    configs = {t.name: t.config for t in ALL} | {t.name: MEMORY_CONFIG for t in MEMORIES}
    configs |= {name: EVERY_TOPIC | {"cleanup.policy": "compact"} for name in CHANGELOGS}
    return {name: config | _kept(settings, name) for name, config in configs.items()}


def kept_days(settings: Settings) -> dict[str, float]:
    """Days that each topic keeps a message, those left out that keep the last of each key for good."""
    days = {t.name: settings.topic_days for t in ALL if t.retention_days is not None}
    days |= {QUARANTINE.name: settings.quarantine_days}
    return days | {t.name: settings.incident_days for t in OF_INCIDENTS if settings.incident_days}


def told_retention(settings: Settings) -> str:
    """What the settings say of it, for people."""
    tables = ((settings.article_days, "articles"), (settings.incident_days, "incidents"))
    told = [f"topics {settings.topic_days:g} days, quarantine {settings.quarantine_days:g}"]
    return "; ".join([*told, *(f"{name} {f'{days:g} days' if days else 'for good'}" for days, name in tables)])


def keep_as_set(admin: KafkaAdminClient, settings: Settings, *, change: bool = True) -> list[str]:
    """Give existing topics the retention of the settings, where somebody has set it; the names of those that differ."""
    chosen = {name for name in ("topic_days", "quarantine_days", "incident_days") if name in settings.model_fields_set}
    there = set(admin.list_topics())
    wanted = {
        name: {key: config[key] for key in RETENTION if key in config}
        for name, config in topic_configs(settings).items()
        if name in there and _setting_of(name) in chosen
    }
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in sorted(wanted)]
    found = admin.describe_configs(asked, config_filter="all").get("topic", {}) if asked else {}
    differing = [
        name for name, has in found.items() if any(k in has and has[k]["value"] != v for k, v in wanted[name].items())
    ]
    if differing and change:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, n, configs=wanted[n]) for n in differing])
    return differing


def _setting_of(name: str) -> str:
    """The setting that says how long a topic keeps messages; empty where none does."""
    if name in {t.name for t in OF_INCIDENTS}:
        return "incident_days"
    if name == QUARANTINE.name:
        return "quarantine_days"
    return "topic_days" if name in {t.name for t in ALL if t.retention_days is not None} else ""


def _kept(settings: Settings, name: str) -> dict[str, str]:
    days = kept_days(settings).get(name)
    if days is None:
        return {}
    kept = int(days * DAY_MS)
    timed = {"retention.ms": str(kept), "segment.ms": str(max(1, kept // SHARE))}
    if _setting_of(name) != "incident_days":
        return timed | {"cleanup.policy": "delete"}
    # Compaction joins segments, and one with anything young in it stays: they must be small.
    return timed | {"cleanup.policy": "compact,delete", "segment.bytes": MEMORY_CONFIG["segment.bytes"]}

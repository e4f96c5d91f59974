"""Sends a person's decision: looks up its ids in the topics, checks it, and sends it to the incident's partition."""

import json
from datetime import datetime

from connectors.ingest.publish import Publisher
from deploy.actions.tail import follow
from schemas.codec import Codec
from schemas.errors import Stop
from schemas.records import Correction
from schemas.topics import CORRECTION, INCIDENT, MENTION
from streams.decisions import Decision, Known, correction_of, opposite
from streams.settings import Settings


def read_known(bootstrap: str) -> Known:
    """The incidents and corrections in the topics."""
    incidents, corrections = (
        [read.record for read in follow(bootstrap, topic.name, from_start=True, until_end=True) if read.record]
        for topic in (INCIDENT, CORRECTION)
    )
    return Known(incidents, corrections)


def field_value(text: str) -> tuple[str, str]:
    """`title=Quake in Talca` as a field's name and JSON; what is no JSON is text. Raises Stop where no `=` stands."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Stop(f"{text!r} is no FIELD=VALUE, such as severity=4 or 'title=Quake in Talca'")
    try:
        json.loads(value or '""')
    except ValueError:
        return name, json.dumps(value, ensure_ascii=False)
    return name, value


def send(settings: Settings, wanted: Decision, *, author: str, reason: str, at: datetime) -> Correction:
    """Look up, check and send; the correction sent. Raises Stop for what a person must change."""
    known = read_known(settings.kafka)
    with Publisher(settings.kafka, Codec(), batch_bytes=settings.batch_bytes, client_id="tocsin-correct") as publisher:
        partitions = publisher.partitions(MENTION.name)  # the topic's own count, whatever the setting says
        correction, where = correction_of(known, wanted, author=author, reason=reason, at=at, partitions=partitions)
        publisher.publish(correction, partition=where)
    return correction


def undo(settings: Settings, correction_id: str, *, author: str, reason: str, at: datetime) -> Correction:
    """Send the opposite of a correction; returns the correction sent."""
    wanted = opposite(read_known(settings.kafka), correction_id)
    return send(settings, wanted, author=author, reason=reason or f"undoes {correction_id[:8]}", at=at)


def describe_correction(c: Correction) -> str:
    """One line for people."""
    what = {
        "merge": f"into {c.other_incident}",
        "split": " ".join(c.mention_ids) or f"what came from {c.other_incident}",
        "edit": ", ".join(f"{name}={value or 'as read'}" for name, value in c.fields.items()),
    }.get(c.action, "")
    why = f"({c.author}: {c.reason or '-'})"
    return f"{c.at:%Y-%m-%d %H:%M}  {c.correction_id}  {c.action} {c.incident_id} {what} {why}"

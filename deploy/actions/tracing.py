"""Traces an article through the tables: its steps, their duration, the results, and why it did not alert.

Times are those at which the broker received each record, so all steps are measured by one clock.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka.errors import KafkaError

from connectors.notify.announced import read_memory
from connectors.sinks.contract import StoreError
from connectors.sinks.open import open_reader
from deploy.actions.cookbook import fill
from deploy.actions.rules import rules_in_force
from schemas.codec import from_json
from schemas.errors import Stop
from schemas.identity import canonical_url
from schemas.records import AlertRule, Incident
from schemas.topics import INCIDENT
from streams.domain.alerting.why_not import why_not
from streams.settings import Settings

Rows = list[dict[str, Any]]
Ask = Callable[[str], Rows]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: when Kafka took it (milliseconds since 1970, None where it is not known), which stage, what it made."""

    at_ms: int | None
    stage: str
    words: str


def trace(settings: Settings, article: str) -> list[Step]:
    """The steps of an article, by its id or address. Raises Stop when the tables know no such article."""
    try:
        reader = open_reader(settings.clickhouse.get_secret_value())
        try:

            def ask(statement: str) -> Rows:
                columns, rows = reader.query(statement)
                return [dict(zip(columns, row, strict=True)) for row in rows]

            return _in_order(_steps(ask, article, rules_in_force(settings), _recipients(settings)))
        finally:
            reader.close()
    except StoreError as error:
        raise Stop(str(error)) from error


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """By time; a step without one stays after the step that it followed."""
    keyed, last = [], 0
    for step in steps:
        last = step.at_ms or last
        keyed.append((last, step))
    return [step for _, step in sorted(keyed, key=lambda pair: pair[0])]


def lines(steps: Sequence[Step]) -> Iterator[str]:
    """For people: each step with the seconds since the one before and since the first."""
    first = before = None
    for step in steps:
        if step.at_ms is None:
            yield f"{'':31}{'':22}{step.stage:9} {step.words}"
            continue
        first, since = first or step.at_ms, step.at_ms - (before or step.at_ms)
        at = datetime.fromtimestamp(step.at_ms / 1000, UTC)
        yield (
            f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
            + f"  +{since / 1000:8.3f} s  {(step.at_ms - first) / 1000:9.3f} s  {step.stage:9} {step.words}"
        )
        before = step.at_ms


ARTICLES = """SELECT article_id, domain, title, produced_ms FROM article FINAL
WHERE article_id = {given:String} OR url = {given:String} OR canonical_url = {canonical:String}"""
ORIGINALS = "SELECT story_id, reason, produced_ms FROM original FINAL WHERE article_id = {id:String}"
COPIES = "SELECT copy_of, kind, similarity, produced_ms FROM copy FINAL WHERE article_id = {id:String}"
MENTIONS = """SELECT mention_id, role, family, subtype, passage, produced_ms FROM mention FINAL
WHERE document_id = {id:String} ORDER BY produced_ms, mention_id"""
VERSIONS = """SELECT incident_id, version, change_kind, change_score, title, produced_ms FROM incident_version FINAL
WHERE has(splitByChar(',', {ids:String}), change_mention_id) ORDER BY produced_ms, incident_id, version"""
ALERTS = """SELECT alert_id, revision, rule, level, reason, incident_version, headline, produced_ms FROM alert FINAL
WHERE incident_id = {id:String} ORDER BY produced_ms, revision"""
RECORD = "SELECT record FROM incident FINAL WHERE incident_id = {id:String}"
Recipients = Callable[[str, int], list[str]]  # returns which targets received an alert's revision


def _steps(ask: Ask, article: str, rules: Sequence[AlertRule], recipients: Recipients) -> list[Step]:
    found = ask(fill(ARTICLES, {"given": article, "canonical": canonical_url(article)}))
    if not found:
        raise Stop(
            f"ClickHouse holds no article {article}: give its id or address; was it quarantined, or is it behind?"
        )
    steps = []
    for row in found:
        words = f"{row['domain']}: {row['title']} ({row['article_id']})"
        steps += [Step(row["produced_ms"], "connect", words), *_after(ask, row["article_id"], rules, recipients)]
    return steps


def _after(ask: Ask, article_id: str, rules: Sequence[AlertRule], recipients: Recipients) -> list[Step]:
    mine = {"id": article_id}
    steps = [
        Step(row["produced_ms"], "dedupe", f"an original of story {row['story_id']}: {row['reason'] or 'new'}")
        for row in ask(fill(ORIGINALS, mine))
    ]
    for row in ask(fill(COPIES, mine)):
        likeness = f"{row['kind']}, {row['similarity']:.2f} alike"
        steps.append(Step(row["produced_ms"], "dedupe", f"a copy of {row['copy_of']} ({likeness}): it goes no further"))
    mentions = ask(fill(MENTIONS, mine))
    for row in mentions:
        words = f"{row['role']} {row['family']}/{row['subtype']}: {row['passage'][:70]}"
        steps.append(Step(row["produced_ms"], "classify", words))
    if not mentions:
        return (
            [*steps, Step(None, "classify", "it mentions no incident, so there is none to alert on")] if steps else []
        )
    versions = ask(fill(VERSIONS, {"ids": ",".join(m["mention_id"] for m in mentions)}))
    for row in versions:
        words = f"{row['change_kind']}, version {row['version']} of {row['incident_id']} ({row['change_score']:.2f})"
        steps.append(Step(row["produced_ms"], "link", f"{words}: {row['title'][:60]}"))
    for incident_id in dict.fromkeys(row["incident_id"] for row in versions):
        numbers = {row["version"] for row in versions if row["incident_id"] == incident_id}
        steps += _alerts(ask, incident_id, numbers, rules, recipients)
    return steps


def _alerts(
    ask: Ask, incident_id: str, versions: set[int], rules: Sequence[AlertRule], recipients: Recipients
) -> list[Step]:
    steps, mine = [], {"id": incident_id}
    raised = ask(fill(ALERTS, mine))
    for row in raised:
        if row["incident_version"] not in versions:
            continue
        words = f"{row['level']}, revision {row['revision']} of {row['alert_id']} ({row['reason']}, rule {row['rule']})"
        steps.append(Step(row["produced_ms"], "alert", f"{words}: {row['headline'][:70]}"))
        steps += [Step(None, "notify", words) for words in recipients(row["alert_id"], row["revision"])]
    if steps:
        return steps
    if raised:
        return [Step(None, "alert", f"{incident_id} had alerted before; nothing worth telling had changed")]
    records = ask(fill(RECORD, mine))
    incident: Incident = from_json(json.loads(records[0]["record"]), INCIDENT.name)
    return [
        Step(None, "alert", f"rule {rule.name} raised nothing for {incident_id}: {reason}")
        for rule in rules
        for reason in (why_not(rule, incident) or ("by now it would: the rule was changed, or the stage is behind",))
    ]


def _recipients(settings: Settings) -> Recipients:
    """Which targets received an alert's revisions."""
    memories = {}
    for name in settings.notify:
        try:
            memories[name] = read_memory(settings.kafka, name)
        except (KafkaError, Stop):
            continue

    def told(alert_id: str, revision: int) -> list[str]:
        found = []
        for name, memory in memories.items():
            newest = memory.revision(alert_id)
            state = f"received revision {newest}" if newest >= revision else "did not get it: its rules, or waiting"
            found.append(f"{name} {state}")
        return found or ["no target is set up: alerts stand on the console and in the topic"]

    return told

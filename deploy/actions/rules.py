"""Rules of alerts on the command line: listed, written, deleted, and tried on the incidents of the topic."""

import json
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.ingest.publish import Publisher
from deploy.actions.codec import open_codec
from deploy.actions.tail import follow
from schemas.errors import Stop
from schemas.records import AlertRule, Incident
from schemas.topics import FEED, INCIDENT, RULE
from streams.domain.alerting.preview import Preview, preview, preview_of_feeds
from streams.domain.alerting.rules import RuleBook, RuleError, switched_off
from streams.rule_settings import read_rule
from streams.settings import Settings


def rules_in_force(settings: Settings) -> tuple[AlertRule, ...]:
    """The rules of the configuration, overridden by those of the topic."""
    book = RuleBook(settings.base_rules())
    for rule in _records(settings, RULE.name):
        book.take(rule)
    return book.shown()


def rule_named(settings: Settings, name: str) -> AlertRule:
    """The rule of that name. Raises Stop naming those there are."""
    rules = {rule.name: rule for rule in rules_in_force(settings)}
    if name not in rules:
        raise Stop(f"no rule {name}; there are {', '.join(rules) or 'none'}")
    return rules[name]


def read_written(source: str, *, author: str, at: datetime) -> AlertRule:
    """The rule that a JSON or TOML file holds, or standard input as JSON for `-`. Raises Stop saying what is wrong."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        plain: Any = tomllib.loads(text) if source.endswith(".toml") else json.loads(text)
        return read_rule(plain, author=author, at=at)
    except OSError as error:
        raise Stop(f"{source} cannot be read: {error.strerror}") from error
    except (RuleError, ValueError) as error:
        raise Stop(f"{source}: {error}") from error


def send(settings: Settings, rule: AlertRule) -> None:
    """Write a rule; every alert stage has it within a second."""
    with Publisher(
        settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes, client_id="tocsin-rules"
    ) as publisher:
        publisher.publish(rule)


def delete(settings: Settings, name: str, *, author: str, at: datetime) -> AlertRule:
    """Delete a rule, one of the configuration too. Raises Stop when there is none."""
    gone = switched_off(rule_named(settings, name), author, at)
    send(settings, gone)
    return gone


def try_out(settings: Settings, rule: AlertRule, days: int) -> Preview:
    """What a rule would have raised over the incidents that the topic keeps, one about feeds as they stand now."""
    if rule.silence:
        return preview_of_feeds(rule, {feed.feed_id: feed for feed in _records(settings, FEED.name)}.values())
    newest: dict[str, Incident] = {}
    for incident in _records(settings, INCIDENT.name):
        if incident.incident_id not in newest or incident.version >= newest[incident.incident_id].version:
            newest[incident.incident_id] = incident
    return preview(replace(rule, enabled=True, deleted=False), newest.values(), days)


def _records(settings: Settings, topic: str) -> Iterable[Any]:
    return (r.record for r in follow(settings.kafka, topic, from_start=True, until_end=True) if r.record is not None)


def conditions(rule: AlertRule) -> str:
    """The conditions of a rule in words, one line."""
    figures = [f"{f.what} {f.bound} {f.comparison.replace('-', ' ')} {f.value}" for f in rule.figures]
    if rule.silence:
        feeds = ", ".join(rule.silence.feeds) or "any feed"
        hours = f"for {rule.silence.hours:g} h" if rule.silence.hours else "for longer than its own history explains"
        return "; ".join(filter(None, [f"nothing new from {feeds} {hours}", ", ".join(rule.countries)]))
    g = rule.growth
    area = "area" if g and g.of == "admin1" else "country"
    parts = [
        ", ".join(rule.types), ", ".join(rule.countries), ", ".join(rule.admin1),
        f"within {rule.circle.km:g} km of {rule.circle.lat:g} {rule.circle.lon:g}" if rule.circle else "",
        "within a polygon" if rule.polygon else "", ", ".join(rule.actors), ", ".join(rule.words),
        f"severity {rule.least_severity} or more" if rule.least_severity else "", *figures,
        f"{rule.least_origins} origins or more" if rule.least_origins else "",
        f"{g.times:g} times the {area}'s usual number in {g.hours} h, {g.least} or more" if g else "",
    ]  # fmt: skip
    return "; ".join(filter(None, parts)) or "every incident"

"""The verdict: every input exactly once, and the same outcome as an undisturbed run over the same ledger."""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import TopicPartition

from connectors.kafka.clients import KafkaConsumer
from connectors.sinks.contract import Reader
from deploy.actions.tail import follow
from schemas.codec import to_json
from schemas.topics import ALERT, ARTICLE, EVENT
from tests.integration.faults.ledger import Entry, Slice

STAGES = {ARTICLE.name: ("dedupe", "load"), EVENT.name: ("classify", "load")}
OUTCOME = "outcome"  # the slice name of differences that belong to no single input
# View and the columns that name a row of it. Figures, claims and actors are columns of these rows.
VIEWS = {
    "article_current": ("article_id",),
    "feed_event_current": ("event_id",),
    "original_current": ("article_id",),
    "copy_current": ("article_id",),
    "mention_current": ("mention_id",),
    "incident_current": ("incident_id",),
    "incident_version_current": ("incident_id", "version"),
    "incident_claim": ("incident_id", "n"),
    "relation_current": ("relation_id",),
    "alert_current": ("alert_id",),
    "quarantine_current": ("quarantine_id",),
}
INPUTS = {ARTICLE.name: "article_current", EVENT.name: "feed_event_current"}
# When, not what; the latest mention of a document is one of equals unless it decides `superseded`.
CLOCK = ("produced_ms", "loaded_at", "latest_mention")

Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What a run has left behind: rows of every view, keys of the input topics' messages, alerts as announced."""

    rows: dict[str, list[Row]]
    keys: dict[str, Counter[str]] = field(default_factory=dict)
    announced: list[tuple[str, int, str]] = field(default_factory=list)  # alert id, revision, text
    told: list[tuple[str, int, str, str]] = field(
        default_factory=list
    )  # alert id, revision, key, text: what a target took


@dataclass
class Verdict:
    """What is missing and what is there twice, in words, by slice number (or `OUTCOME`)."""

    lost: dict[int | str, list[str]] = field(default_factory=dict)
    doubled: dict[int | str, list[str]] = field(default_factory=dict)
    repeats: int = 0  # alerts that stand in the topic more than once, word for word
    told_again: int = 0  # what a target was told more than once, under one key, so that it can know

    @property
    def good(self) -> bool:
        return not self.lost and not self.doubled

    def lines(self) -> list[str]:
        """Every finding in a line."""
        return [
            f"{kind} ({where}): {what}"
            for kind, by_slice in (("lost", self.lost), ("doubled", self.doubled))
            for where, whats in by_slice.items()
            for what in whats
        ]


def gather(bootstrap: str, reader: Reader, told: list[tuple[str, int, str, str]]) -> Found:
    """Read tables and topics. Raises KafkaError or StoreError."""
    rows = {}
    for view in VIEWS:
        columns, found = reader.query(f"SELECT * FROM {view}")
        rows[view] = [dict(zip(columns, row, strict=True)) for row in found]
    keys = {topic: _keys(bootstrap, topic) for topic in INPUTS}
    announced = [
        (read.record.alert_id, read.record.revision, json.dumps(to_json(read.record), sort_keys=True))
        for read in follow(bootstrap, ALERT.name, from_start=True, until_end=True)
    ]
    return Found(rows, keys, announced, told)


def _keys(bootstrap: str, topic: str) -> Counter[str]:
    """How many messages stand in the topic under each key."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap.split(","), group_id=None, enable_auto_commit=False)
    found: Counter[str] = Counter()
    try:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        while any(consumer.position(place) < end for place, end in ends.items()):
            for messages in consumer.poll(timeout_ms=500).values():
                found.update((m.key or b"").decode() for m in messages)
    finally:
        consumer.close()
    return found


def check(ledger: Sequence[Slice], found: Found, undisturbed: Found | None = None) -> Verdict:
    """Compare what was written with what was found, and with what an undisturbed run has left."""
    verdict = Verdict()
    _inputs_once(ledger, found, verdict)
    _nothing_invented(ledger, found, verdict)
    _alerts_once(found, verdict)
    _target_told(found, verdict)
    if undisturbed is not None:
        _same_outcome(found, undisturbed, verdict)
    return verdict


def _inputs_once(ledger: Sequence[Slice], found: Found, verdict: Verdict) -> None:
    """Every good input is one row, every poison one row per stage that met it, with a reason."""
    counts = {view: Counter(_name(view, row) for row in found.rows[view]) for view in VIEWS}
    quarantined = Counter(
        (base64.b64decode(r["key_base64"]).decode(), r["stage"]) for r in found.rows["quarantine_current"]
    )
    unexplained = [r["quarantine_id"] for r in found.rows["quarantine_current"] if not r["reason"]]
    for name in unexplained:
        verdict.lost.setdefault(OUTCOME, []).append(f"the reason of {name}")
    for number, entry in _first_of_each(ledger):
        if entry.poison:
            for stage in STAGES[entry.topic]:
                written = found.keys[entry.topic][entry.identity]
                _count(
                    verdict,
                    number,
                    quarantined[entry.identity, stage],
                    f"{entry.identity} quarantined by {stage}",
                    max(written, 1),
                )
            continue
        _count(verdict, number, counts[INPUTS[entry.topic]][entry.identity], f"{INPUTS[entry.topic]} {entry.identity}")
        if entry.topic == ARTICLE.name:
            verdicts = [counts[view][entry.identity] for view in ("original_current", "copy_current")]
            if sum(verdicts) == 0:
                verdict.lost.setdefault(number, []).append(f"the verdict on {entry.identity}")
            if max(verdicts) > 1:
                verdict.doubled.setdefault(number, []).append(f"the verdict on {entry.identity}")
    for view in VIEWS:
        for name, count in counts[view].items():
            if count > 1 and view not in INPUTS.values():
                verdict.doubled.setdefault(OUTCOME, []).append(f"{view} {name} stands {count} times")


def _count(verdict: Verdict, number: int, count: int, what: str, wanted: int = 1) -> None:
    if count < wanted:
        verdict.lost.setdefault(number, []).append(what)
    elif count > wanted:
        verdict.doubled.setdefault(number, []).append(f"{what} {count} times")


def _nothing_invented(ledger: Sequence[Slice], found: Found, verdict: Verdict) -> None:
    known = {entry.identity for _, entry in _first_of_each(ledger)}
    for view in INPUTS.values():
        for row in found.rows[view]:
            if _name(view, row) not in known:
                verdict.doubled.setdefault(OUTCOME, []).append(f"{view} {_name(view, row)} was never written")
    for row in found.rows["quarantine_current"]:
        key = base64.b64decode(row["key_base64"]).decode()
        if key not in known or row["topic"] not in INPUTS:
            reason = f"{row['quarantine_id']} of {key}: {row['reason']}"
            verdict.doubled.setdefault(OUTCOME, []).append(f"quarantined without being poison: {reason}")


def _alerts_once(found: Found, verdict: Verdict) -> None:
    """One text per alert and revision, none new below the newest, and the newest last: who remembers it tells it once.

    A stage that lost its state says everything again, word for word, from the first revision to the newest.
    """
    texts: dict[tuple[str, int], str] = {}
    newest: dict[str, int] = {}
    last: dict[str, int] = {}
    for alert_id, revision, text in found.announced:
        known = (alert_id, revision) in texts
        before = texts.setdefault((alert_id, revision), text)
        if before != text:
            verdict.doubled.setdefault(OUTCOME, []).append(f"alert {alert_id} has two texts at revision {revision}")
        if revision < newest.get(alert_id, 0) and not known:
            verdict.doubled.setdefault(OUTCOME, []).append(f"alert {alert_id} went back to revision {revision}")
        newest[alert_id] = max(revision, newest.get(alert_id, 0))
        last[alert_id] = revision
    for alert_id, revision in last.items():
        if revision < newest[alert_id]:
            verdict.lost.setdefault(OUTCOME, []).append(f"alert {alert_id} ends at revision {revision}")
    verdict.repeats = len(found.announced) - len(texts)


def _target_told(found: Found, verdict: Verdict) -> None:
    """The target knows every alert's newest revision; what it was told twice came under one key, in the same words."""
    announced = {(alert_id, revision) for alert_id, revision, _ in found.announced}
    told = Counter((alert_id, revision) for alert_id, revision, _, _ in found.told)
    for alert_id, revision in sorted(dict(sorted(announced)).items()):
        if (alert_id, revision) not in told:
            verdict.lost.setdefault(OUTCOME, []).append(f"the target was not told alert {alert_id} at {revision}")
    for alert_id, revision in sorted(told.keys() - announced):
        verdict.doubled.setdefault(OUTCOME, []).append(
            f"the target was told alert {alert_id} at {revision}, of no topic"
        )
    keys: dict[tuple[str, int], tuple[str, str]] = {}
    for alert_id, revision, key, text in found.told:
        if keys.setdefault((alert_id, revision), (key, text)) != (key, text):
            verdict.doubled.setdefault(OUTCOME, []).append(f"the target was told alert {alert_id} at {revision} as two")
    if len({key for key, _ in keys.values()}) < len(keys):
        verdict.lost.setdefault(OUTCOME, []).append("two alerts came to the target under one key")
    verdict.told_again = sum(told.values()) - len(told)


def _same_outcome(found: Found, undisturbed: Found, verdict: Verdict) -> None:
    """Every row of every view but quarantine (whose offsets and clocks differ) says the same in both runs."""
    for view in VIEWS:
        if view == "quarantine_current":
            continue
        ours = {_name(view, row): _plain(row) for row in found.rows[view]}
        theirs = {_name(view, row): _plain(row) for row in undisturbed.rows[view]}
        for name in sorted(theirs.keys() - ours.keys()):
            verdict.lost.setdefault(OUTCOME, []).append(f"{view} {name} of the undisturbed run")
        for name in sorted(ours.keys() - theirs.keys()):
            verdict.doubled.setdefault(OUTCOME, []).append(f"{view} {name} is not in the undisturbed run")
        for name in sorted(ours.keys() & theirs.keys()):
            if differing := [c for c in theirs[name] if ours[name].get(c) != theirs[name][c]]:
                column = differing[0]
                verdict.lost.setdefault(OUTCOME, []).append(
                    f"{view} {name}: {', '.join(differing)} differ, {column} is {str(ours[name].get(column))[:80]}, "
                    f"was {str(theirs[name][column])[:80]}"
                )
    said, wanted = ({(a, r): t for a, r, t in f.announced} for f in (found, undisturbed))
    for (alert_id, revision), _ in sorted(wanted.items() - said.items()):
        verdict.lost.setdefault(OUTCOME, []).append(f"alert {alert_id} revision {revision} of the undisturbed run")
    for alert_id, revision in sorted(said.keys() - wanted.keys()):
        verdict.doubled.setdefault(OUTCOME, []).append(
            f"alert {alert_id} revision {revision} is not in the undisturbed run"
        )


def _first_of_each(ledger: Sequence[Slice]) -> Iterable[tuple[int, Entry]]:
    seen: set[str] = set()
    for number, part in enumerate(ledger):
        for entry in part.entries:
            if entry.identity not in seen:
                seen.add(entry.identity)
                yield number, entry


def _name(view: str, row: Row) -> str:
    return "/".join(str(row[column]) for column in VIEWS[view])


def _plain(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in CLOCK}

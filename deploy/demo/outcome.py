"""The results of a replay: read from the topics, or computed by the same domain code in this process."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from deploy.actions.tail import follow
from schemas.records import Alert, Article, CopyVerdict, FeedEvent, Incident, Mention, Original
from schemas.topics import ALERT, COPY, EVENT, INCIDENT, MENTION, ORIGINAL
from streams.domain.alerting.alert import AlertState, alert
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article
from streams.domain.mentions.read_feed_event import read_feed_event


@dataclass(frozen=True, slots=True)
class Records:
    """The records in the topics; versions of one incident in order."""

    copies: list[CopyVerdict] = field(default_factory=list)
    originals: list[Original] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    events: list[FeedEvent] = field(default_factory=list)


def read_records(bootstrap: str) -> Records:
    """The records in the topics now. It needs every version of an incident: read before Kafka compacts them."""
    topics = (COPY, ORIGINAL, MENTION, INCIDENT, ALERT, EVENT)
    return Records(
        *(
            [read.record for read in follow(bootstrap, t.name, from_start=True, until_end=True) if read.record]
            for t in topics
        )
    )


def run_stages(records: Iterable[Article | FeedEvent]) -> Records:
    """The results of the stages for these records, one after the other on one partition."""
    out, seen, linked, alerts = Records(), DedupeState(), LinkState(), AlertState()
    for record in records:
        mentions: list[Mention] = []
        if isinstance(record, FeedEvent):
            out.events.append(record)
            mentions += read_feed_event(record)
        else:
            seen, verdict = dedupe(seen, record)
            for told in verdict.records:
                if isinstance(told, CopyVerdict):
                    out.copies.append(told)
                else:
                    out.originals.append(told)
                    mentions += read_article(told.article, story_id=told.story_id)
        out.mentions.extend(mentions)
        for mention in mentions:
            linked, answer = link(linked, mention)
            for incident in answer.outputs:
                if isinstance(incident, Incident):
                    out.incidents.append(incident)
                    alerts, raised = alert(alerts, incident)
                    out.alerts.extend(raised)
    return out

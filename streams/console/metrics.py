"""The console's metrics in Prometheus' text format 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/ describes it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from schemas.records import FeedHealth

CONTENT_TYPE = "text/plain; version=0.0.4"
STATUSES = ("ok", "failing", "silent", "ended")
GROUP_STATES = ("idle", "moving", "waiting", "stalled", "failing")
Sample = tuple[Mapping[str, str], float]


def _seconds(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


FEED_GAUGES: tuple[tuple[str, str, Callable[[FeedHealth], float | None]], ...] = (
    ("tocsin_feed_well", "1 while the feed is ok, 0 while it is failing, silent or ended.", lambda f: f.status == "ok"),
    ("tocsin_feed_silent", "1 while the feed brings nothing for longer than usual.", lambda f: f.status == "silent"),
    ("tocsin_feed_checked_timestamp_seconds", "The latest read.", lambda f: _seconds(f.checked_at)),
    ("tocsin_feed_due_timestamp_seconds", "When it is read next.", lambda f: _seconds(f.next_at)),
    ("tocsin_feed_success_timestamp_seconds", "The latest read that succeeded.", lambda f: _seconds(f.last_success_at)),
    ("tocsin_feed_item_timestamp_seconds", "Date of its newest record.", lambda f: _seconds(f.last_item_at)),
    ("tocsin_feed_items_day", "New records in the last 24 hours.", lambda f: f.items_day),
    ("tocsin_feed_items_usual", "New records a day over its history.", lambda f: f.items_usual),
    ("tocsin_feed_unreadable_week", "Inputs that could not be read in 7 days.", lambda f: f.unreadable_week),
    ("tocsin_feed_repeated_share", "Share of records that had come before.", lambda f: f.repeated_share),
    ("tocsin_feed_latency_seconds", "Mean time from publication to our reading.", lambda f: f.latency_seconds),
    ("tocsin_feed_failures", "Reads that failed since the last success.", lambda f: f.failures),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The state of a consumer group: one of GROUP_STATES, with a reason for the last three.

    failing: its target accepts no alerts.
    """

    state: str
    behind: int
    reason: str = ""
    topics: Mapping[str, int] = field(default_factory=dict)  # messages behind by topic


def troubles(groups: Mapping[str, Group]) -> dict[str, str]:
    """The reason for each group that needs a person: it has stalled, or its target accepts no alerts."""
    return {name: group.reason for name, group in groups.items() if group.state in ("stalled", "failing")}


LAGGING = 100  # lag in messages from which a group is reported


def lags(groups: Mapping[str, Group]) -> dict[str, int]:
    """Lag of each group that is behind by at least LAGGING messages."""
    return {name: group.behind for name, group in groups.items() if group.behind >= LAGGING}


def metrics(
    feeds: Iterable[FeedHealth],
    counts: Mapping[str, int],
    behind: int,
    *,
    connected: bool,
    groups: Mapping[str, Group] | None = None,
) -> str:
    """All metrics as one text. counts: messages by topic; behind: records that the console has yet to read."""
    groups = groups or {}
    feeds = sorted(feeds, key=lambda f: f.name)
    statuses = Counter[str](f.status for f in feeds)
    topics = [({"topic": name}, count) for name, count in counts.items()]
    lines = [
        *_gauge("tocsin_kafka_up", "1 while Kafka answers the console.", [({}, connected)]),
        *_gauge("tocsin_console_behind", "Records that the console has yet to read.", [({}, behind)]),
        *_gauge("tocsin_topic_messages", "End offsets of each topic, summed.", topics),
        *_gauge("tocsin_group_behind", "Messages a group has yet to commit.", _of_groups(groups, lambda g: g.behind)),
        *_gauge("tocsin_lag_records", "Messages of a topic that a stage has yet to commit.", _by_topic(groups)),
        *_gauge(
            "tocsin_group_state",
            "0 idle, 1 moving, 2 waiting, 3 stalled, 4 failing.",
            _of_groups(groups, lambda g: GROUP_STATES.index(g.state)),
        ),
        *_gauge("tocsin_feeds", "Feeds by status.", [({"status": s}, statuses[s]) for s in STATUSES]),
    ]
    for name, words, value in FEED_GAUGES:
        known = ((feed, value(feed)) for feed in feeds)
        lines += _gauge(name, words, [({"feed": f.name, "title": f.title}, v) for f, v in known if v is not None])
    return "\n".join(lines) + "\n"


def _of_groups(groups: Mapping[str, Group], value: Callable[[Group], float]) -> list[Sample]:
    return [({"group": name}, value(group)) for name, group in groups.items()]


def _by_topic(groups: Mapping[str, Group]) -> list[Sample]:
    return [
        ({"stage": name, "topic": topic}, behind) for name, g in groups.items() for topic, behind in g.topics.items()
    ]


def _gauge(name: str, words: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{inside}}} {float(value)!r}" if inside else f"{name} {float(value)!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')

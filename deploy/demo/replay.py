"""Replays the bundled sample into Kafka: articles in order, each feed event at its time among them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from connectors.ingest.contract import Skippable
from connectors.ingest.publish import Publisher
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.files import read_path
from connectors.sources.quakes import parse_quakes
from schemas.errors import Stop
from schemas.records import Article, FeedEvent

SAMPLE = Path(__file__).parents[1] / "sample"


def sample_records(now: datetime) -> Iterator[Article | FeedEvent]:
    """Every record of the sample in order of replay."""
    events = sorted(sample_events(now), key=lambda e: e.updated_at)
    for article in read_path(SAMPLE / "articles.jsonl", feed="sample", fetched_at=now):
        if isinstance(article, Skippable):
            raise Stop(f"the bundled sample is damaged at {article.where}: {article.reason}")
        while events and article.published_at and events[0].updated_at <= article.published_at:
            yield events.pop(0)
        yield article
    yield from events


def sample_events(now: datetime) -> Iterator[FeedEvent]:
    """The sample's feed events, read by the same parsers as the live feeds."""
    for path in sorted((SAMPLE / "events").iterdir()):
        raw = path.read_bytes()
        parse = parse_quakes if path.suffix == ".geojson" else parse_alert if ".cap." in path.name else parse_disasters
        for found in parse(raw, feed="sample", fetched_at=now):
            if isinstance(found, FeedEvent):
                yield found


def replay(
    publisher: Publisher, *, seconds_between: float, stop: Event, tell: Callable[[int], None] = lambda _: None
) -> int:
    """Publish the sample, waiting between records; how many were published. Ends early when `stop` is set."""
    sent = 0
    for record in sample_records(datetime.now(UTC)):
        if stop.is_set():
            break
        publisher.publish(record)
        publisher.flush()
        sent += 1
        tell(sent)
        if seconds_between:
            stop.wait(seconds_between)
    return sent

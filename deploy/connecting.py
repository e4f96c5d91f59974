"""Runs a source connector: from its records to Kafka, from what it cannot read to quarantine."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import Fatal, Item, Retriable, Skippable, Source, quarantined
from connectors.publish import Publisher
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.feeds import parse_feed
from connectors.sources.fetch import new_client
from connectors.sources.files import Files
from connectors.sources.polled import Parse, Polled, body_only
from connectors.sources.quakes import parse_quakes
from deploy.codec import open_codec
from schemas.codec import CodecError
from schemas.topics import ARTICLE, EVENT
from streams.errors import Stop
from streams.settings import Settings

POLLED: dict[str, tuple[str, Parse]] = {
    "feed": (ARTICLE.name, parse_feed),
    "quakes": (EVENT.name, body_only(parse_quakes)),
    "disasters": (EVENT.name, body_only(parse_disasters)),
    "cap": (EVENT.name, body_only(parse_alert)),
}
RETRY_SECONDS = 30.0
FLUSH_EVERY = 200  # records


def run_connector(
    settings: Settings,
    name: str,
    where: Sequence[str],
    *,
    every: float,
    stop: threading.Event,
    tell: Callable[[str], None],
) -> int:
    """Read every source, again every `every` seconds where it is polled; how many records were published.

    Raises Stop for what a person must change.
    """
    sources, sent = make_sources(name, where), 0
    positions: dict[str, str | None] = {source.name: None for source in sources}
    with Publisher(settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes) as publisher:
        while True:
            pause = every
            for source in sources:
                try:
                    sent += _read(source, positions, publisher, stop)
                    tell(f"{source.name}: {sent} published so far")
                except Retriable as error:
                    pause = max(error.after or 0, RETRY_SECONDS)
                    tell(f"{source.name}: {error}; again in {pause:g} s")
                except Fatal as error:
                    raise Stop(str(error)) from error
            if name == "files" or not every or stop.wait(pause):
                return sent


def _read(source: Source, positions: dict[str, str | None], publisher: Publisher, stop: threading.Event) -> int:
    sent = 0
    for item in source.read(positions[source.name]):
        sent += _publish(item, source, publisher)
        if item.position is not None:
            if sent % FLUSH_EVERY == 0:
                publisher.flush()
            positions[source.name] = item.position
        if stop.is_set():
            break
    publisher.flush()
    return sent


def _publish(item: Item, source: Source, publisher: Publisher) -> int:
    if item.content is None:
        return 0
    now = datetime.now(UTC)
    if isinstance(item.content, Skippable):
        publisher.publish(quarantined(item.content, source, now))
        return 0
    try:
        publisher.publish(item.content)
    except CodecError as error:
        publisher.publish(quarantined(Skippable(str(error), where=source.name), source, now))
        return 0
    return 1


def make_sources(name: str, where: Sequence[str]) -> list[Source]:
    """The sources of one connector. Raises Stop when there is no such connector."""

    def clock() -> datetime:
        return datetime.now(UTC)

    if name == "files":
        return [Files([Path(w) for w in where], clock=clock)]
    if name not in POLLED:
        raise Stop(f"no connector {name}; there are files, {', '.join(POLLED)}")
    topic, parse = POLLED[name]
    client = new_client()
    return [Polled(f"{name}:{url}", topic, url, parse, client=client, clock=clock) for url in where]

"""Source connectors by name: makes the sources, runs them into Kafka with their stored positions."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.contract import Source
from connectors.positions import read_positions
from connectors.publish import Publisher
from connectors.run import Outcome, Runner
from connectors.schedule import Limits
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.feeds import parse_feed
from connectors.sources.files import Files
from connectors.sources.polled import Parse, Polled, body_only
from connectors.sources.quakes import parse_quakes
from connectors.web.client import Web
from deploy.codec import open_codec
from schemas.identity import digest
from schemas.topics import ARTICLE, EVENT
from streams.errors import Stop
from streams.settings import Settings

POLLED: dict[str, tuple[str, Parse]] = {
    "feed": (ARTICLE.name, parse_feed),
    "quakes": (EVENT.name, body_only(parse_quakes)),
    "disasters": (EVENT.name, body_only(parse_disasters)),
    "cap": (EVENT.name, body_only(parse_alert)),
}
ONCE = ("files",)  # connectors that come to an end
STOP_SECONDS = 0.2  # how often a stop is looked for


def run_connector(
    settings: Settings,
    name: str,
    where: Sequence[str],
    *,
    every: float | None,
    afresh: bool,
    stop: threading.Event,
    tell: Callable[[str], None],
) -> int:
    """Read every source until stopped, in its own rhythm; how many records were published.

    every: seconds between polls instead of the rhythm; 0 polls once, as files are read once. afresh: from the start,
    whatever positions are stored. Raises Stop for what a person must change, when no source goes on.
    """
    limits = Limits(shortest=every, longest=every) if every else Limits()
    once = name in ONCE or every == 0
    stored = {} if afresh else read_positions(settings.kafka)
    with Publisher(settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes) as publisher:
        runner = Runner(publisher, stored, limits=limits, tell=tell)

        async def run() -> Outcome:
            async with open_web(settings) as web:
                sources = make_sources(name, where, web)
                outcome = await _until(stop, runner, sources, once=once)
                if len(outcome.ended) == len(sources):
                    raise Stop("; ".join(outcome.ended.values()))
                return outcome

        outcome = asyncio.run(run())
    return outcome.sent


def open_web(settings: Settings) -> Web:
    """The web with the manners that the settings ask for."""
    return Web(contact=settings.contact, allow=tuple(filter(None, settings.allow_hosts.split(","))))


async def _until(stop: threading.Event, runner: Runner, sources: Sequence[Source], *, once: bool) -> Outcome:
    """Run until the event of another thread is set."""
    stopped = asyncio.Event()

    async def watch() -> None:
        while not await asyncio.to_thread(stop.wait, STOP_SECONDS):
            pass
        stopped.set()

    watching = asyncio.create_task(watch())
    try:
        return await runner.run(sources, once=once, stop=stopped)
    finally:
        watching.cancel()


def make_sources(name: str, where: Sequence[str], web: Web) -> list[Source]:
    """The sources of one connector. Raises Stop when there is no such connector."""

    def clock() -> datetime:
        return datetime.now(UTC)

    if name == "files":
        paths = [Path(w).resolve() for w in where]
        return [Files(paths, clock=clock, name=f"files:{digest(*map(str, paths))[:12]}")]
    if name not in POLLED:
        raise Stop(f"no connector {name}; there are files, {', '.join(POLLED)}")
    topic, parse = POLLED[name]
    return [Polled(f"{name}:{url}", topic, url, parse, web=web, clock=clock) for url in where]

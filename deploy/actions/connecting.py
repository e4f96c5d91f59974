"""Source connectors by name: creates the sources and runs them into Kafka with their stored positions."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.ingest.contract import Source
from connectors.ingest.feedlist import Feed
from connectors.ingest.health import FeedInfo
from connectors.ingest.positions import read_positions
from connectors.ingest.publish import Publisher
from connectors.ingest.run import Outcome, Runner
from connectors.ingest.schedule import ReadIntervals
from connectors.sources import disasters, gdelt_updates, quakes
from connectors.sources.feeds import parse_feed
from connectors.sources.fulltext import FullText
from connectors.sources.gdelt_updates import Updates
from connectors.sources.polled import Parse, Polled, body_only
from connectors.sources.reliefweb import parse_reliefweb
from connectors.sources.warnings import Warnings, share_chains
from connectors.web.archive import Archive
from connectors.web.client import Web
from deploy.actions import bulk
from deploy.actions.codec import open_codec
from deploy.actions.feeds import listed
from schemas.errors import Stop
from schemas.topics import ARTICLE, EVENT
from streams.settings import Settings

Make = Callable[[Feed, Web, FullText], Source]


def _polled(topic: str, parse: Parse) -> Make:
    def make(feed: Feed, web: Web, full_text: FullText) -> Source:
        pages = full_text if feed.pages else None
        return Polled(feed.name, topic, feed.url, parse, web=web, clock=now, robots=feed.robots, full_text=pages)

    return make


KINDS: dict[str, Make] = {
    "feed": _polled(ARTICLE.name, parse_feed),
    "quakes": _polled(EVENT.name, body_only(quakes.parse_quakes)),
    "disasters": _polled(EVENT.name, body_only(disasters.parse_disasters)),
    "reliefweb": _polled(EVENT.name, body_only(parse_reliefweb)),
    "cap": lambda feed, web, _: Warnings(feed.name, feed.url, web=web, clock=now, robots=feed.robots),
    "gdelt": lambda feed, web, _: Updates(feed.name, feed.url, web=web, clock=now),
}
ADDRESSES = {"quakes": quakes.URL, "disasters": disasters.URL, "gdelt": gdelt_updates.URL}  # default addresses
STOP_SECONDS = 0.2  # how often a stop is looked for


def run_connector(
    settings: Settings,
    name: str,
    where: Sequence[str],
    *,
    every: float | None,
    afresh: bool,
    pages: bool = False,
    mapping: Path | None = None,
    stop: threading.Event,
    tell: Callable[[str], None],
) -> int:
    """Read every source until stopped, in its own rhythm; returns how many records were published.

    every: seconds between polls instead of the rhythm; 0 polls once, as files are read once. afresh: ignore stored
    positions. pages: with the full text behind the links of feeds given by address.
    mapping: what is where in the files of `mapped`.

    Raises Stop for what a person must change, when no source goes on, and when none could be read that once.
    """
    limits = ReadIntervals(shortest=every, longest=every) if every else ReadIntervals()
    once = name in bulk.NAMES or every == 0
    stored = {} if afresh else read_positions(settings.kafka)

    async def run(publisher: Publisher, bar: bulk.Bar) -> Outcome:
        async with open_web(settings) as web:
            about: dict[str, FeedInfo] = {}
            if name in bulk.NAMES:
                sources = bulk.file_sources(name, where, mapping, bar, clock=now)
            else:
                sources, about = make_sources(name, where, settings, web, pages=pages)
                of_cap = {source: kept.position for source, kept in stored.items() if source.startswith("cap:")}
                share_chains([source for source in sources if isinstance(source, Warnings)], of_cap)
            runner = Runner(publisher, stored, about=about, limits=limits, tell=tell)
            outcome = await _until(stop, runner, sources, once=once)
        stop_if_all_failed(outcome, len(sources), of_files=name in bulk.NAMES)
        return outcome

    publisher = Publisher(settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes)
    with publisher, bulk.Bar() as bar:
        return asyncio.run(run(publisher, bar)).sent


def stop_if_all_failed(outcome: Outcome, sources: int, *, of_files: bool = False) -> None:
    """Raises Stop when every source has ended, or when none of those to be read once could be read.

    Unreadable files are no failure: their contents are in quarantine.
    """
    wrong = [*outcome.ended.values(), *(() if of_files else outcome.failed.values())]
    if sources and len(wrong) == sources:
        raise Stop("; ".join(wrong))


def open_web(settings: Settings) -> Web:
    """A web client with the rate limits of the settings."""
    allow = (entry.strip() for entry in settings.allow_hosts.split(","))
    return Web(contact=settings.contact, allow=tuple(filter(None, allow)))


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


def make_sources(
    name: str, where: Sequence[str], settings: Settings, web: Web, *, pages: bool = False
) -> tuple[list[Source], dict[str, FeedInfo]]:
    """The sources of one connector, with the facts about feeds whose health is watched.

    pages: fetch the full text behind the links of the feeds in `where`; a feed list states it for each of its feeds.

    Raises Stop when there is no such connector, or nothing to read.
    """
    if name == "feeds":
        feeds = listed(settings)
        if unknown := sorted({feed.kind for feed in feeds} - set(KINDS)):
            raise Stop(f"the list of feeds names unknown kinds: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    elif name in KINDS:
        addresses = where or filter(None, [ADDRESSES.get(name)])
        feeds = tuple(Feed(url, kind=name, pages=pages) for url in addresses)
    else:
        raise Stop(f"no connector {name}; there are {', '.join((*bulk.NAMES, 'feeds', *KINDS))}")
    if not feeds:
        raise Stop(f"`tocsin connect {name}` needs addresses")
    archive = Archive(settings.archive) if settings.archive else None
    return sources_of(feeds, web, archive), {feed.name: FeedInfo(feed.title, feed.lang, feed.country) for feed in feeds}


def sources_of(feeds: Sequence[Feed], web: Web, archive: Archive | None = None) -> list[Source]:
    """The source of each feed; `archive`: where pages are kept."""
    full_text = FullText(web, archive)
    return [KINDS[feed.kind](feed, web, full_text) for feed in feeds]


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)

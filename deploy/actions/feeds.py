"""The list of feeds on the command line: entries, health, and a check that they answer."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.ingest.contract import ConnectorError, Item, Skippable, Source
from connectors.ingest.feedlist import BUNDLED, Feed, from_opml, merged, read_list, write_list
from connectors.ingest.health import Memory, usual_per_day
from connectors.ingest.positions import Stored
from connectors.sources.polled import Seen
from schemas.errors import Stop
from schemas.records import Article
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """The result of checking a feed. `error`: why it cannot be read, empty when it can."""

    feed: Feed
    records: int = 0
    unreadable: int = 0
    newest: datetime | None = None
    error: str = ""


def listed(settings: Settings) -> tuple[Feed, ...]:
    """The feeds of the user's own list if there is one, else of the bundled one. Raises Stop when it is wrong."""
    return read_list(settings.feeds if settings.feeds.exists() else BUNDLED)


def import_opml(settings: Settings, path: Path) -> tuple[int, int]:
    """Add the feeds of an OPML file to one's own list: how many are new, how many there are. Raises Stop."""
    try:
        known = read_list(settings.feeds) if settings.feeds.exists() else ()
        found = merged(known, from_opml(path.read_bytes()))
        write_list(settings.feeds, found)
    except OSError as error:
        raise Stop(str(error)) from error
    return len(found) - len(known), len(found)


async def check(
    sources: Sequence[tuple[Feed, Source]], *, at_once: int = 20, tell: Callable[[Check], None] = lambda _: None
) -> list[Check]:
    """Read each feed once, publishing nothing."""
    slots = asyncio.Semaphore(at_once)

    async def one(feed: Feed, source: Source) -> Check:
        async with slots:
            found = await _look(feed, source)
        tell(found)
        return found

    return list(await asyncio.gather(*(one(feed, source) for feed, source in sources)))


async def _look(feed: Feed, source: Source) -> Check:
    records, unreadable, newest, why = 0, 0, None, ""
    try:
        async with aclosing(source.read(None)) as items:
            async for item in items:
                content = item.content if isinstance(item, Item) else None
                if isinstance(content, Skippable):
                    unreadable, why = unreadable + 1, why or content.reason
                elif content is not None:
                    records += 1
                    date = content.published_at if isinstance(content, Article) else content.updated_at
                    newest = max(filter(None, (newest, date)), default=None)
    except ConnectorError as error:
        why = str(error)
        return Check(feed, records, unreadable, newest, why)
    return Check(feed, records, unreadable, newest, why if not records else "")


def states(feeds: Sequence[Feed], stored: Mapping[str, Stored], now: datetime) -> list[dict[str, object]]:
    """The health of each feed, as flat JSON values; `status` is `new` where nothing is stored."""
    rows: list[dict[str, object]] = []
    for feed in feeds:
        kept = stored.get(feed.name)
        memory = Memory.from_plain(kept.health) if kept else Memory()
        plan = kept.plan if kept else None
        moved = Seen.from_position(kept.position).moved_to if kept else ""
        overdue = bool(plan and memory.status != "ended" and plan.due + 3_600 < now.timestamp())
        rows.append(
            {
                "title": feed.title,
                "url": feed.url,
                "kind": feed.kind,
                "region": feed.region,
                "country": feed.country,
                "lang": feed.lang,
                "status": "new" if not kept else "overdue" if overdue else memory.status,
                "reason": memory.reason or ("no connector reads it: `tocsin connect feeds`" if overdue else ""),
                "moved_to": moved,
                "items_usual": round(usual_per_day(memory), 1),
                "last_success_at": _iso(memory.succeeded_at),
                "last_item_at": _iso(memory.newest),
                "next_at": _iso(plan.due if plan else 0),
                "interval_seconds": round(plan.interval) if plan else 0,
                "failures": plan.failures if plan else 0,
            }
        )
    return rows


def _iso(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None

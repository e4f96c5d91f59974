"""GDELT 2.0 as a source: the list of the newest update, its three zipped tables, and the updates missed meanwhile.

GDELT publishes every 15 minutes. The list names the newest files with their MD5 sums; earlier files have names that
follow from their time, and are checked by the sums inside their zips. Position: the time of the last update read.
"""

import asyncio
import hashlib
import io
import logging
import re
import zipfile
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.ingest.contract import Item, Parsed, Remark, Retriable, Skippable
from connectors.sources.gdelt import choose, read_articles, read_export, read_mentions, to_event
from connectors.web.answers import Refused
from connectors.web.client import Web
from schemas.topics import EVENT

URL = "http://data.gdeltproject.org/gdeltv2/lastupdate.txt"
STEP = timedelta(minutes=15)
FURTHEST_BACK = timedelta(days=7)  # of catching up; as long as the topics keep what they hold
ASK_AGAIN = 300.0  # seconds; the list changes every 900
LARGEST_ZIP = 100_000_000  # bytes; the knowledge graph's are about 10 MB
LARGEST_TABLE = 600_000_000  # bytes unpacked
LONGEST_ROW = 2_000_000  # characters
_LISTED = re.compile(
    r"^\d+ ([0-9a-f]{32}) (https?://\S+?)(\d{14})((?:\.translation)?\.(export|mentions|gkg)\.csv\.zip)$", re.IGNORECASE
)
log = logging.getLogger("tocsin.connect")


@dataclass(frozen=True, slots=True)
class Table:
    """Where one of the three tables lies, for any update: `before`, time, `after`. md5: of the newest one."""

    md5: str
    before: str
    after: str

    def url(self, stamp: str) -> str:
        """Its address in the update of that time."""
        return f"{self.before}{stamp}{self.after}"


@dataclass(frozen=True, slots=True)
class Listing:
    """The list of the newest update. `tables` by name: export, mentions, gkg."""

    stamp: str
    tables: dict[str, Table]


def read_listing(body: bytes, *, where: str) -> Listing:
    """The parsed list. Raises Skippable when it is none."""
    text = body.decode("utf-8", "replace")
    found = [m for line in text.splitlines() if (m := _LISTED.match(line.strip()))]
    tables = {m[5].lower(): Table(m[1].lower(), m[2], m[4]) for m in found}
    stamps = {m[3] for m in found}
    if "export" not in tables or len(stamps) != 1 or _moment(stamp := stamps.pop()) is None:
        why = "not GDELT's list of its newest update: lines of size, MD5 and address are needed"
        raise Skippable(why, raw=body, where=where)
    return Listing(stamp, tables)


class Updates:
    """GDELT's updates in order, from the one after the stored position to the newest.

    back: how far a first read goes back; the newest update alone when it is zero.
    """

    topic = EVENT.name

    def __init__(
        self, name: str, url: str = URL, *, web: Web, clock: Callable[[], datetime], back: timedelta = timedelta()
    ) -> None:
        self.name = name
        self.url = url
        self._web = web
        self._clock = clock
        self._back = back

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """Events of every update after `position`. Raises Fatal or Retriable as fetching does."""
        yield Remark(again_after=ASK_AGAIN)
        try:
            listing = read_listing((await self._web.get(self.url)).body, where=self.url)
        except Skippable as error:
            yield Item(error, None)
            return
        for stamp in self._due(position, listing.stamp):
            newest = stamp == listing.stamp
            tables = {}
            for name, table in listing.tables.items():
                try:
                    tables[name] = await self._fetch(table, stamp, newest=newest)
                except Skippable as error:
                    yield Item(error, None)
            for content in await self._contents(tables):
                yield Item(content, None)
            yield Item(None, stamp)

    def _due(self, position: str | None, newest: str) -> Iterator[str]:
        """Times of the updates to read, oldest first."""
        last = _moment(newest)
        assert last, "a listing has a time"
        done = _moment(position or "")
        first = last - self._back if done is None else done + STEP
        if first < last - FURTHEST_BACK:
            log.warning("%s: updates before %s are left out, they are too old", self.name, last - FURTHEST_BACK)
            first = last - FURTHEST_BACK
        while first < last:
            yield f"{first:%Y%m%d%H%M%S}"
            first += STEP
        if done is None or done < last:
            yield newest

    async def _fetch(self, table: Table, stamp: str, *, newest: bool) -> bytes:
        """A zipped table; empty when GDELT left it out. Raises Retriable when it is not (yet) what the list says."""
        url = table.url(stamp)
        try:
            body = (await self._web.get(url, largest=LARGEST_ZIP)).body
        except Refused as error:
            if error.status == 404 and not newest:
                return b""
            raise
        if newest and hashlib.md5(body, usedforsecurity=False).hexdigest() != table.md5:
            raise Retriable(f"{url} does not have the MD5 sum of the list; it is fetched again")
        return body

    async def _contents(self, tables: dict[str, bytes]) -> list[Parsed]:
        """The contents of an update, read in a thread: the knowledge graph takes a second. Cancelled only after it."""
        reading = asyncio.create_task(asyncio.to_thread(read_update, tables, feed=self.name, fetched_at=self._clock()))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            await asyncio.wait([reading])
            raise


def read_update(tables: dict[str, bytes], *, feed: str, fetched_at: datetime) -> list[Parsed]:
    """Events of one update and the errors in it. `tables`: zips by name, export, mentions and gkg; the last two help.

    Never raises.
    """
    errors: list[Parsed] = []

    def lines(name: str) -> Iterator[str]:
        try:
            yield from unzipped(tables.get(name, b""))
        except Skippable as error:
            errors.append(Skippable(error.reason, raw=tables[name], where=f"{feed}, {name}"))

    coded = []
    for row in read_export(lines("export"), where=f"{feed}, export"):
        if isinstance(row, Skippable):
            errors.append(row)
        else:
            coded.append(row)
    heard = read_mentions(lines("mentions"), frozenset(c.number for c in coded)) if tables.get("mentions") else None
    chosen = choose(coded, heard)
    told = read_articles(lines("gkg"), frozenset(c.url for c in chosen))
    events = [
        to_event(c, (heard or {}).get(c.number), told.get(c.url), feed=feed, fetched_at=fetched_at) for c in chosen
    ]
    return [*events, *errors]


def unzipped(body: bytes) -> Iterator[str]:
    """Lines of the one table in a zip; none for no bytes. Raises Skippable when it is broken or too large."""
    if not body:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (name,) = archive.namelist()
            left = LARGEST_TABLE
            with archive.open(name) as table:
                while line := table.readline(LONGEST_ROW):
                    left -= len(line)
                    if left < 0:
                        raise Skippable(f"unpacks to more than {LARGEST_TABLE} bytes")
                    yield line.decode("utf-8", "replace")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise Skippable(f"not a zip of one table: {error!r}") from error


def _moment(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if len(stamp) == 14 else None
    except ValueError:
        return None

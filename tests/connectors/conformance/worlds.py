"""Every connector with a small world that it reads. To add one: its documents into `written.py`, and it into WORLDS.

A world holds numbered records (0, 1, 2...), some broken ones among them where the format allows that, or bytes that are
no such document at all. It can fall silent. `open` makes the source anew, as a restart does.
"""

import asyncio
import gzip
import io
import json
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass

import fsspec
import gdelt_site
from aiohttp import web
from badsite import Site, conditional, local_web, serve
from written import (
    BROKEN,
    NOW,
    OVERSIZED,
    acled,
    alert,
    atom,
    disasters,
    gdelt,
    json_feed,
    json_lines,
    mailbox,
    quakes,
    rdf,
    reliefweb,
    rss,
    sitemap,
    table,
    warc,
    words,
    zipped,
)

from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.exports import ACLED, mapped
from connectors.sources.feeds import parse_feed
from connectors.sources.file_stores import Bucket, Disk
from connectors.sources.files import ARTICLE_FILES, Files, Lines
from connectors.sources.gdelt_updates import STEP, Updates
from connectors.sources.mapped import read_mapping
from connectors.sources.polled import Polled, body_only
from connectors.sources.quakes import parse_quakes
from connectors.sources.reliefweb import parse_reliefweb
from connectors.sources.warnings import Warnings
from schemas.topics import ARTICLE, EVENT


@dataclass
class SitePolled:
    """A polled address on a server of this machine."""

    write: object
    topic: str
    parse: object
    most: int = 1_000  # records in one document
    empty_is_error: bool = False
    replaced: bool = True  # whether what it reads may be replaced by something shorter

    @asynccontextmanager
    async def run(self, folder):
        del folder
        self.silent = False
        self.body = b""
        async with serve(Site({"/x": self._answer})) as self.site, local_web() as self.client:
            yield self

    async def _answer(self, request):
        if self.silent:
            await asyncio.sleep(60)
        if self.body is None:
            return await self._flood(request)
        return conditional(request, self.body)

    async def _flood(self, request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 100_000)

    def hold(self, numbers):
        self.body = self.write(list(numbers)[-self.most :] if self.most else [])

    def spoil(self, raw):
        self.body = raw

    def flood(self):
        """More than anyone should read."""
        self.body = None

    def open(self):
        return Polled("polled:x", self.topic, self.site["/x"], self.parse, web=self.client, clock=lambda: NOW)


class Index(SitePolled):
    """An index with an alert behind each of its entries."""

    def __init__(self):
        super().__init__(self._index, EVENT.name, None, most=150)

    @asynccontextmanager
    async def run(self, folder):
        async with super().run(folder):
            self.hold([])
            yield self

    def _index(self, numbers):
        self.site.pages = {"/x": self._answer} | {f"/{n}": alert([n]) for n in numbers}
        entries = (f"<entry><id>{n}</id><link href='{self.site[f'/{n}']}'/></entry>" for n in numbers)
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'.encode()

    def open(self):
        return Warnings("cap:x", self.site["/x"], web=self.client, clock=lambda: NOW)


class Gdelt(SitePolled):
    """Updates of GDELT, in which nothing comes twice: what is new is in an update of its own."""

    def __init__(self):
        super().__init__(None, EVENT.name, None, most=5_000)

    @asynccontextmanager
    async def run(self, folder):
        self.held, self.first, self.last = None, NOW, NOW - STEP
        async with super().run(folder):
            self.hold([])
            yield self

    def hold(self, numbers):
        numbers = list(numbers)[-self.most :]
        self.last += STEP
        if self.held is None or not set(self.held) <= set(numbers):
            self.held, self.first = [], self.last
        new = [n for n in dict.fromkeys(numbers) if n not in self.held]
        self.held += new
        gdelt_site.publish(self.site, f"{self.last:%Y%m%d%H%M%S}", export=gdelt(new), mentions=b"", gkg=b"")
        self.body = self.site.pages["/gdeltv2/lastupdate.txt"]
        self.site.pages["/x"] = self._answer

    def open(self):
        return Updates("gdelt", self.site["/x"], web=self.client, clock=lambda: NOW, back=self.last - self.first)


@dataclass
class Folder:
    """One file of records."""

    name: str
    write: object
    kind: object = ARTICLE_FILES
    empty_is_error: bool = False
    most: int = 1_000
    replaced = False

    @asynccontextmanager
    async def run(self, folder):
        self.path = folder / self.name
        self.hold([])
        self.silent = False
        yield self

    def hold(self, numbers):
        self.path.write_bytes(self.write(list(numbers)[: self.most]))

    def spoil(self, raw):
        self.path.write_bytes(raw)

    def flood(self):
        """One line that does not end; the disk is not asked to hold a document without end."""
        self.path.write_bytes(self.endless(b"x" * 12_000_000))

    def endless(self, body):
        return gzip.compress(body) if self.name.endswith(".gz") else body

    def open(self):
        return Files(Disk([self.path]), self.kind, clock=lambda: NOW, name="files:x")


class Mixed(Folder):
    """A folder with a file for each record, in turns of every format that holds one."""

    def __init__(self):
        super().__init__("news", None, most=200)

    def hold(self, numbers):
        self.clear()
        for place, n in enumerate(list(numbers)[: self.most]):
            title, html = f"Title {n}", "".join(f"<p>{words(n)} Page {i}.</p>" for i in range(3))
            forms = {
                "txt": f"{title}\n\n{words(n)}",
                "md": f"# {title}\n\n{words(n)}",
                "html": f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{html}</article></body></html>",
                "json": json.dumps({"title": title, "text": words(n)}),
                "eml": f"From: a@x.example\nSubject: {title}\n\n{words(n)}",
            }
            form = "json" if n in {BROKEN, OVERSIZED} else list(forms)[place % len(forms)]
            (self.path / f"{place:05}.{form}").write_text("no json" if n == BROKEN else forms[form])

    def clear(self):
        self.path.mkdir(exist_ok=True)
        for file in self.path.iterdir():
            file.unlink()
        (self.path / "empty.jsonl").write_bytes(b"")

    def spoil(self, raw):
        self.clear()
        (self.path / "x.json").write_bytes(raw)

    def flood(self):
        self.clear()
        (self.path / "x.txt").write_bytes(b"x" * 12_000_000)


class InBucket(Folder):
    """A bucket, in memory."""

    @asynccontextmanager
    async def run(self, folder):
        self.path = InMemory(f"/{folder.name}/news.jsonl")
        self.hold([])
        self.silent = False
        yield self

    def open(self):
        return Files(Bucket(f"memory://{self.path.name}"), clock=lambda: NOW, name="files:memory")


class InMemory:
    """One file of fsspec's filesystem in memory."""

    def __init__(self, name):
        self.name = name

    def write_bytes(self, raw):
        fsspec.filesystem("memory").pipe_file(self.name, raw)


class Piped(Folder):
    """A stream such as the standard input, which another process writes and may stop writing."""

    def open(self):
        body = self.path.read_bytes()
        silent = self.silent

        class Stream(io.BytesIO):
            def readline(self, most=-1):
                if silent:
                    threading.Event().wait(1)
                return super().readline(most)

        return Lines(Stream(body), clock=lambda: NOW)


MAPPING = 'format = "jsonl"\nsource = "x.example"\n[fields]\nid = "url"\nkind = "title"\nplace = "text"\n'


WORLDS = {
    "files jsonl": lambda: Folder("news.jsonl", json_lines),
    "files mixed": Mixed,
    "files csv": lambda: Folder("news.csv", table),
    "files gz": lambda: Folder("news.jsonl.gz", lambda numbers: gzip.compress(json_lines(numbers))),
    "files zip": lambda: Folder("news.zip", zipped),
    "files warc": lambda: Folder("news.warc.gz", warc, most=60),
    "files mbox": lambda: Folder("news.mbox", mailbox),
    "files bucket": lambda: InBucket("news.jsonl", json_lines),
    "files stdin": lambda: Piped("news.jsonl", json_lines),
    "acled": lambda: Folder("acled.csv", acled, ACLED),
    "mapped": lambda: Folder("own.jsonl", json_lines, mapped(read_mapping(MAPPING, where="own.toml"))),
    "feed rss": lambda: SitePolled(rss, ARTICLE.name, parse_feed),
    "feed atom": lambda: SitePolled(atom, ARTICLE.name, parse_feed),
    "feed rdf": lambda: SitePolled(rdf, ARTICLE.name, parse_feed),
    "feed sitemap": lambda: SitePolled(sitemap, ARTICLE.name, parse_feed),
    "feed json": lambda: SitePolled(json_feed, ARTICLE.name, parse_feed),
    "quakes": lambda: SitePolled(quakes, EVENT.name, body_only(parse_quakes)),
    "disasters": lambda: SitePolled(disasters, EVENT.name, body_only(parse_disasters)),
    "reliefweb": lambda: SitePolled(reliefweb, EVENT.name, body_only(parse_reliefweb)),
    "cap alert": lambda: SitePolled(alert, EVENT.name, body_only(parse_alert), most=1, empty_is_error=True),
    "cap index": Index,
    "gdelt": Gdelt,
}

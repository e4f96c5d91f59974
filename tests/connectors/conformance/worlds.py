"""Every connector with a small world that it reads. To add one: write its documents, and put it into WORLDS.

A world holds numbered records (0, 1, 2...), some broken ones among them where the format allows that, or bytes that are
no such document at all. It can fall silent. `open` makes the source anew, as a restart does.
"""

import asyncio
import csv
import gzip
import io
import json
import threading
import zipfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import fsspec
import gdelt_site
from aiohttp import web
from badsite import Site, conditional, local_web, serve
from warcio.warcwriter import WARCWriter

from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.exports import ACLED, mapped
from connectors.sources.feeds import parse_feed
from connectors.sources.files import NEWS, Files, Lines
from connectors.sources.gdelt_updates import STEP, Updates
from connectors.sources.mapped import read_mapping
from connectors.sources.polled import Polled, body_only
from connectors.sources.quakes import parse_quakes
from connectors.sources.reliefweb import parse_reliefweb
from connectors.sources.shelves import Bucket, Disk
from connectors.sources.warnings import Warnings
from schemas.topics import ARTICLE, EVENT

NOW = datetime(2024, 1, 1, tzinfo=UTC)
BROKEN = -1  # a record that cannot be read
OVERSIZED = -2  # a record that is too large for a message
SAMPLES = Path(__file__).parents[1] / "samples"
EVENTS = Path(__file__).parents[3] / "deploy" / "sample" / "events"


def words(n):
    return ("far too long " * 80_000) if n == OVERSIZED else f"Report {n} of a flood in town {n}, with two dead."


# --- documents: records by number as bytes


def rss(numbers):
    items = "".join(
        "<item><title></title></item>"
        if n == BROKEN
        else f"<item><title>Title {n}</title><link>https://x.example/{n}</link><description>{words(n)}</description></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>X</title>{items}</channel></rss>'.encode()


def atom(numbers):
    entries = "".join(
        "<entry><title/></entry>"
        if n == BROKEN
        else f"<entry><id>tag:{n}</id><title>Title {n}</title><link href='https://x.example/{n}'/><content>{words(n)}</content></entry>"
        for n in numbers
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>X</title>{entries}</feed>'.encode()


def rdf(numbers):
    items = "".join(
        "<item rdf:about='x'><title/></item>"
        if n == BROKEN
        else f"<item rdf:about='{n}'><title>Title {n}</title><link>https://x.example/{n}</link><description>{words(n)}</description></item>"
        for n in numbers
    )
    spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return f"<rdf:RDF {spaces}><channel><title>X</title></channel>{items}</rdf:RDF>".encode()


def sitemap(numbers):
    urls = "".join(
        f"<url><loc>https://x.example/{n}</loc><news:news><news:title>{'' if n == BROKEN else words(n)}</news:title></news:news></url>"
        for n in numbers
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"<urlset {spaces}>{urls}</urlset>".encode()


def json_feed(numbers):
    items = [
        {"id": n} if n == BROKEN else {"url": f"https://x.example/{n}", "title": f"Title {n}", "content_text": words(n)}
        for n in numbers
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "X", "items": items}).encode()


def quakes(numbers):
    document = json.loads((EVENTS / "usgs-significant-day-1.geojson").read_bytes())
    (feature,) = document["features"]
    document["features"] = [7 if n == BROKEN else _quake(feature, n) for n in numbers]
    return json.dumps(document).encode()


def _quake(feature, n):
    changed = {"title": words(n), "place": words(n)} if n == OVERSIZED else {"title": f"M {n}"}
    return {**feature, "id": f"us{n}", "properties": {**feature["properties"], **changed}}


def disasters(numbers):
    items = "".join(
        "<item/>"
        if n == BROKEN
        else f"<item><title>Flood {n}</title><description>{words(n)}</description><gdacs:eventtype>FL</gdacs:eventtype>"
        f"<gdacs:eventid>{n + 10}</gdacs:eventid></item>"
        for n in numbers
    )
    return f'<rss version="2.0" xmlns:gdacs="http://www.gdacs.org"><channel>{items}</channel></rss>'.encode()


def reliefweb(numbers):
    data = [
        {"id": str(n + 10), "fields": {} if n == BROKEN else {"name": words(n), "primary_type": {"code": "FL"}, "description": words(n)}}
        for n in numbers
    ]
    return json.dumps({"data": data}).encode()


def gdelt(numbers):
    """Rows of the sample's first event, each with a number, an article and a headline-long place of its own."""
    row = gdelt_site.sample("export").decode().splitlines()[0].split("\t")
    rows = []
    for n in numbers:
        row[0], row[60] = str(n + 1_000), f"https://x.example/{n}"
        row[52] = words(n) if n == OVERSIZED else "Kharkiv, Kharkivs'ka Oblast', Ukraine"
        rows.append("\t".join(row[: 3 if n == BROKEN else 61]))
    return "\n".join(rows).encode()


def alert(numbers):
    """CAP has one alert a document: the newest. A broken one has no identifier."""
    if not numbers:
        return b""
    text = (EVENTS / "nws-red-flag-warning.cap.xml").read_text()
    start, end = text.index("<identifier>"), text.index("</identifier>")
    text = text[:start] + f"<identifier>{'' if numbers[-1] == BROKEN else f'urn:{numbers[-1]}'}" + text[end:]
    return text.replace("<event>", f"<event>{words(OVERSIZED)}").encode() if numbers[-1] == OVERSIZED else text.encode()


def json_lines(numbers):
    lines = (
        "no json"
        if n == BROKEN
        else json.dumps({"url": f"https://x.example/{n}", "title": f"Title {n}", "text": words(n)})
        for n in numbers
    )
    return "\n".join(lines).encode()


# --- worlds


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
    kind: object = NEWS
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


def table(numbers):
    rows = [["url", "title", "text"]]
    rows += [["too", "short"] if n == BROKEN else [f"https://x.example/{n}", f"Title {n}", words(n)] for n in numbers]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def zipped(numbers):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, n in enumerate(numbers):
            archive.writestr(f"{place}.jsonl", json_lines([n]))
    return packed.getvalue()


def mailbox(numbers):
    return b"".join(
        b"From a@x.example Mon Jan  1 00:00:00 2024\n"
        + (b"Subject:\n\n" if n == BROKEN else f"From: a@x.example\nSubject: Title {n}\n\n{words(n)}\n".encode())
        + b"\n"
        for n in numbers
    )


def warc(numbers):
    packed = io.BytesIO()
    writer = WARCWriter(packed, gzip=True)
    for n in numbers:
        page = "" if n == BROKEN else "".join(f"<p>{words(n)} Page {i}.</p>" for i in range(3))
        body = f"<html><title>Title {n}</title><body><article>{page}</article></body></html>".encode()
        headers = {"warc_content_type": "text/html", "payload": io.BytesIO(body)}
        record = writer.create_warc_record(f"https://x.example/{n}", "resource", **headers)
        writer.write_record(record)
        record.raw_stream.close()
    return packed.getvalue()


def acled(numbers):
    head, row, *_ = csv.reader((SAMPLES / "acled.csv").read_text().splitlines())
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for n in numbers:
        writer.writerow(row[:3] if n == BROKEN else [f"XYZ{n}", *row[1:27], words(n), *row[28:]])
    return text.getvalue().encode()


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

"""Records by number as the documents that hold them. BROKEN cannot be read, OVERSIZED is too large for a message."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import gdelt_site
from warcio.warcwriter import WARCWriter

NOW = datetime(2024, 1, 1, tzinfo=UTC)
BROKEN = -1  # a record that cannot be read
OVERSIZED = -2  # a record that is too large for a message
SAMPLES = Path(__file__).parents[1] / "samples"
EVENTS = Path(__file__).parents[3] / "deploy" / "sample" / "events"


def words(n):
    return ("far too long " * 80_000) if n == OVERSIZED else f"Report {n} of a flood in town {n}, with two dead."


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
        {
            "id": str(n + 10),
            "fields": {}
            if n == BROKEN
            else {"name": words(n), "primary_type": {"code": "FL"}, "description": words(n)},
        }
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

import gzip
import itertools
import json
from datetime import UTC, datetime

import pytest
from garbage import JSON, damaged, hold
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Remark, Skippable
from connectors.sources.feeds import parse_feed
from connectors.web.answers import Answer, Validators

NOW = datetime(2024, 1, 1, tzinfo=UTC)
RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Example &amp; Sons</title><link>https://www.example.org/</link><language>en-gb</language>
<item><title>Two dead in &lt;b&gt;flood&lt;/b&gt;</title><link>https://www.example.org/flood?utm_source=rss</link>
<guid isPermaLink="false">1</guid><pubDate>Mon, 28 Jun 2021 12:00:00 +0200</pubDate><dc:creator>Jane Doe</dc:creator>
<description>Short.</description>
<content:encoded><![CDATA[<p>PARIS (AFP) - Two people died.</p><p>More rain.</p><script>x()</script>]]>
</content:encoded></item>
<item><title>No link, no date</title><description>Text</description></item>
<item><guid>https://example.org/by-guid</guid><title>Guid</title></item>
<item><description></description></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Exemple</title>
<entry><id>tag:x,1</id><title type="html">Un &amp;eacute;t&amp;eacute;</title><link href="/a"/>
<updated>2021-06-28T10:00:00Z</updated>
<author><name>J. Dupont</name></author>
<content type="html">&lt;p&gt;Un&lt;/p&gt;&lt;p&gt;Deux&lt;/p&gt;</content></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.org/"><title>Old</title></channel>
<item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link><dc:date>2021-06-28T10:00:00Z</dc:date>
</item></rdf:RDF>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Example",
    "language": "en",
    "items": [
        {
            "id": "1",
            "url": "/flood",
            "title": "Flood",
            "content_html": "<p>Two died.</p><p>Rain.</p>",
            "date_published": "2021-06-28T12:00:00+02:00",
            "authors": [{"name": "Jane Doe"}, {"name": "Jo Roe"}],
        },
        {"id": 2, "content_text": "Only text"},
        {"id": "3"},
        "nonsense",
    ],
}
MOMENT = datetime(2021, 6, 28, 10, tzinfo=UTC)


def feed(raw, url="https://www.example.org/rss.xml", content_type=""):
    answer = Answer(url, raw, content_type, Validators())
    return hold(r for r in parse_feed(answer, feed="feeds", fetched_at=NOW) if not isinstance(r, Remark))


def test_rss():
    flood, bare, by_guid, empty = feed(RSS)
    assert flood.title == "Two dead in flood"
    assert flood.body == "PARIS (AFP) - Two people died.\n\nMore rain."
    assert flood.url == "https://www.example.org/flood?utm_source=rss"
    assert flood.canonical_url == "https://example.org/flood"
    assert (flood.source.domain, flood.source.name) == ("example.org", "Example & Sons")
    assert (flood.published_at, flood.lang, flood.byline, flood.origin) == (MOMENT, "en", "Jane Doe", "afp")
    assert (bare.url, bare.published_at, bare.source.domain) == ("", None, "example.org")
    assert by_guid.url == "https://example.org/by-guid"
    assert isinstance(empty, Skippable)
    assert empty.where == "feeds, entry 4"


def test_atom_with_relative_link_and_no_published():
    (entry,) = feed(ATOM)
    assert entry.url == "https://www.example.org/a"
    assert (entry.title, entry.body) == ("Un été", "Un\n\nDeux")
    assert (entry.published_at, entry.lang, entry.byline) == (MOMENT, "fr", "J. Dupont")


def test_a_date_that_cannot_be_read_is_none_or_the_next_one():
    item = b"<item><title>A</title><pubDate>yesterday</pubDate></item>"
    assert feed(b'<rss version="2.0"><channel>' + item + b"</channel></rss>")[0].published_at is None
    (entry,) = feed(ATOM.replace(b"<updated>", b"<published>soon</published><updated>"))
    assert entry.published_at == MOMENT


def test_rdf():
    (entry,) = feed(RDF)
    assert (entry.title, entry.published_at) == ("One", MOMENT)


def test_json_feed():
    flood, text, empty, nonsense = feed(json.dumps(JSON_FEED).encode())
    assert (flood.url, flood.body) == ("https://www.example.org/flood", "Two died.\n\nRain.")
    assert (flood.published_at, flood.lang, flood.byline) == (MOMENT, "en", "Jane Doe, Jo Roe")
    assert text.body == "Only text"
    assert isinstance(empty, Skippable)
    assert "must be an object" in nonsense.reason


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("iso-8859-1", "iso-8859-1", ""),
        ("windows-1252", "utf-8", "application/xml; charset=windows-1252"),
        ("utf-16", "utf-16", ""),
    ],
)
def test_charsets(encoding, declared, content_type):
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    text = head + '<rss version="2.0"><channel><item><title>Été à Nîmes</title></item></channel></rss>'
    assert feed(text.encode(encoding), content_type=content_type)[0].title == "Été à Nîmes"


def test_an_aggregator_s_entry_keeps_its_publisher():
    raw = b"""<rss version="2.0"><channel><title>All news</title><item><title>A</title><link>https://paper.example/a</link>
    <source url="https://paper.example/rss">The Paper</source></item></channel></rss>"""
    (entry,) = feed(raw, url="https://aggregator.example/rss")
    assert (entry.source.domain, entry.source.name) == ("paper.example", "The Paper")


def test_a_feed_that_breaks_off_gives_what_came_before():
    articles = [r for r in feed(RSS[: RSS.index(b"<guid>https")]) if not isinstance(r, Skippable)]
    assert [a.title for a in articles[:2]] == ["Two dead in flood", "No link, no date"]


def test_an_empty_feed_is_no_error():
    assert feed(b'<rss version="2.0"><channel><title>Quiet</title></channel></rss>') == []
    assert feed(json.dumps({**JSON_FEED, "items": []}).encode()) == []


@pytest.mark.parametrize("raw", [b"", b"<html><body>Sign in</body></html>", b"{}", b"{", b"\x00\x01", b"[" * 100_000])
def test_what_is_no_feed_is_one_error(raw):
    (error,) = feed(raw)
    assert isinstance(error, Skippable)
    assert error.raw == raw


def test_bytes_that_look_like_a_path_or_address_are_not_opened(tmp_path):
    path = tmp_path / "secret.xml"
    path.write_bytes(RSS)
    for raw in (str(path).encode(), f"file://{path}".encode()):
        assert [type(r) for r in feed(raw)] == [Skippable]


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE r [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">]>'
    results = feed(bomb + RSS.split(b"?>", 1)[1].replace(b"Guid", b"&b;"))
    assert all("hahahaha" not in getattr(r, "title", "") for r in results)


def test_a_bomb_is_defused_and_its_feed_read():
    nested = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise("abcdefghij"))
    bomb = f'<!DOCTYPE r [<!ENTITY a "haha">{nested}]>'.encode()
    flood, *_ = feed(bomb + RSS.split(b"?>", 1)[1].replace(b"flood", b"flood &j;"))
    assert flood.title == "Two dead in flood &j;"


def test_how_long_a_feed_calls_itself_fresh():
    raw = RSS.replace(b"<channel>", b"<channel><ttl>60</ttl>")
    assert next(parse_feed(Answer("", raw), feed="x", fetched_at=NOW)) == Remark(again_after=3600.0)


SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://www.example.org/flood</loc><news:news><news:publication><news:name>Example Times</news:name>
<news:language>fr</news:language></news:publication><news:publication_date>2021-06-28T12:00:00Z</news:publication_date>
<news:title>Crue : deux morts</news:title></news:news></url>
<url><loc>https://www.example.org/about</loc><lastmod>2016-11-21</lastmod></url>
<url><loc>https://www.example.org/bare</loc><news:news/></url>
</urlset>"""


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_news_sitemap(pack):
    flood, bare = feed(pack(SITEMAP), url="https://www.example.org/news.xml")
    assert (flood.title, flood.url, flood.lang) == ("Crue : deux morts", "https://www.example.org/flood", "fr")
    assert flood.published_at == datetime(2021, 6, 28, 12, tzinfo=UTC)
    assert flood.source.name == "Example Times"
    assert isinstance(bare, Skippable)


def test_a_damaged_sitemap_gives_what_came_before():
    flood, error = feed(SITEMAP[: SITEMAP.index(b"<url><loc>https://www.example.org/about")])
    assert flood.title == "Crue : deux morts"
    assert isinstance(error, Skippable)


def test_an_index_of_sitemaps_says_what_to_follow():
    raw = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>
    <loc>https://www.example.org/news.xml</loc></sitemap></sitemapindex>"""
    (error,) = feed(raw)
    assert "https://www.example.org/news.xml" in error.reason


@pytest.mark.parametrize("version", ["0.90", "0.91", "0.92", "0.93", "1.0", "2.0"])
def test_every_version_of_rss(version):
    if version in {"0.90", "1.0"}:
        space = "http://my.netscape.com/rdf/simple/0.9/" if version == "0.90" else "http://purl.org/rss/1.0/"
        item = '<item rdf:about="https://x.example/a"><title>A</title><link>https://x.example/a</link></item>'
        raw = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{space}"><channel/>{item}</rdf:RDF>'
    else:
        kind = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/dtd/rss-0.91.dtd">'
        item = "<item><title>A</title><link>https://x.example/a</link></item>"
        raw = f'{kind if version == "0.91" else ""}<rss version="{version}"><channel>{item}</channel></rss>'
    (article,) = feed(raw.encode())
    assert (article.title, article.url) == ("A", "https://x.example/a")


@given(st.binary(max_size=200) | damaged(RSS) | damaged(ATOM) | damaged(json.dumps(JSON_FEED).encode()))
def test_no_bytes_raise(raw):
    feed(raw)


FIELDS = ["url", "title", "content_html", "content_text", "date_published", "authors", "author"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_values_raise(item):
    feed(json.dumps({**JSON_FEED, "items": [item]}).encode())


def aggregated(link, source="", channel="https://news.aggregator.example/"):
    item = f"<item><title>Quake kills 14</title><link>{link}</link>{source}</item>"
    rss = f"<rss version='2.0'><channel><title>All news</title><link>{channel}</link>{item}</channel></rss>"
    (article,) = parse_feed(Answer("https://news.aggregator.example/rss", rss.encode()), feed="f", fetched_at=NOW)
    return article


@pytest.mark.parametrize(
    ("link", "source", "domain", "origin"),
    [
        ("https://news.aggregator.example/1", "<source url='https://www.reuters.com'>Reuters</source>", "reuters.com", "reuters"),
        ("https://news.aggregator.example/1", "<source url='https://gazette.example'>Gazette</source>", "gazette.example", None),
        ("https://www.aggregator.example/1", "<source url='https://paper.co.uk/feed'>Paper</source>", "paper.co.uk", None),
        # Where the link leads to the publisher itself, the link tells.
        ("https://gazette.example/1", "<source url='https://feeds.proxy.example/g'>Gazette</source>", "gazette.example", None),
        # A source of the same site is only another name of it.
        ("https://news.aggregator.example/1", "<source url='https://rss.aggregator.example'>X</source>", "news.aggregator.example", None),
        ("https://news.aggregator.example/1", "<source>Nobody</source>", "news.aggregator.example", None),
        ("https://news.aggregator.example/1", "", "news.aggregator.example", None),
    ],
)  # fmt: skip
def test_an_entry_of_an_aggregator_is_its_publishers(link, source, domain, origin):
    article = aggregated(link, source)
    assert (article.source.domain, article.origin) == (domain, origin)
    assert article.url == link


def test_an_atom_entry_names_its_source_too():
    entry = (
        "<entry><id>1</id><title>Quake</title><link href='https://planet.example/1'/>"
        "<source><title>Gazette</title><link href='https://gazette.example/'/></source></entry>"
    )
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>P</title><link href='https://planet.example/'/>{entry}</feed>"
    (article,) = parse_feed(Answer("https://planet.example/atom", atom.encode()), feed="f", fetched_at=NOW)
    assert (article.source.domain, article.source.name) == ("gazette.example", "Gazette")

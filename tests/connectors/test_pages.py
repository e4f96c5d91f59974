from datetime import UTC, datetime

import pytest
from aiohttp import web
from badsite import Site, local_web, serve
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from connectors.sources.article import build_article
from connectors.sources.fulltext import NOTE, FullText
from connectors.web.answers import Answer
from connectors.web.archive import Archive
from connectors.web.pages import read_page

NOW = datetime(2021, 6, 29, tzinfo=UTC)
URL = "https://paper.example/flood"
SENTENCES = [
    "PORT EXAMPLE (AFP) - Two people died when the river rose above its banks on Monday, officials said.",
    "Rescuers searched for three others in the old town, where cars had been carried into the harbour.",
    "The mayor asked everyone to stay at home until the water had gone down, which may take two days.",
    "Schools will stay closed, and the bridge to the island was shut after a barge had struck it.",
]
PROSE = "".join(f"<p>{s}</p>" for s in SENTENCES)


def page(prose=PROSE, head="", tail=""):
    return f"""<!DOCTYPE html><html lang="en-GB"><head><title>Flood | The Paper</title>{head}</head><body>
    <nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>
    <article><h1>Two die in flood</h1>{prose}{tail}</article>
    <footer><p>Copyright The Paper. <a href="/terms">Terms</a></p></footer></body></html>""".encode()


HEAD = """<link rel="canonical" href="/2021/flood"><meta property="og:site_name" content="The Paper">
<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "Two die in flood",
"datePublished": "2021-06-28T14:05:00+02:00", "author": [{"@type": "Person", "name": "Jane Doe"}, {"name": "Jo Roe"}]%s}]}
</script>"""


def test_a_page():
    found = read_page(page(head=HEAD % ""), url=URL)
    assert found.text == "\n\n".join(SENTENCES)
    assert found.title == "Two die in flood"
    assert found.byline == "Jane Doe, Jo Roe"
    assert found.published == datetime(2021, 6, 28, 12, 5, tzinfo=UTC)
    assert (found.canonical, found.lang, found.site) == ("https://paper.example/2021/flood", "en", "The Paper")
    assert not found.stub


def test_what_meta_elements_say():
    head = (
        '<meta property="article:published_time" content="2021-06-28T12:00:00Z"><meta name="author" content="Jane Doe">'
    )
    found = read_page(page(head=head), url=URL)
    assert (found.published, found.byline) == (datetime(2021, 6, 28, 12, tzinfo=UTC), "Jane Doe")


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (HEAD % ', "isAccessibleForFree": false', ""),
        (HEAD % ', "isAccessibleForFree": "False"', ""),
        ('<meta property="article:content_tier" content="locked">', ""),
        ("", "<div>Subscribe to continue reading this article.</div>"),
        ("", "<div>Il vous reste 72.1% de cet article à lire. La suite est réservée aux abonnés.</div>"),
        ("", "<p>Jetzt weiterlesen mit dem Probeabo</p>"),
    ],
)
def test_paywall_stubs(head, tail):
    assert read_page(page(head=head, tail=tail), url=URL).stub
    assert not read_page(page(prose=PROSE * 8, head=head, tail=tail), url=URL).stub


def test_charsets_of_pages():
    prose = PROSE.replace("river", "Fluß")
    raw = page(prose).decode().encode("latin-1")
    assert "Fluß" in read_page(raw, url=URL, content_type="text/html; charset=iso-8859-1").text
    assert "Fluß" in read_page(page(prose), url=URL, content_type='text/html; charset="utf-8"').text
    assert "Fluß" in read_page(raw.replace(b"<head>", b'<head><meta charset="iso-8859-1">'), url=URL).text


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, b"{}", b"%PDF-1.4", b"<html></html>", b"<" * 10_000])
def test_what_is_no_page(raw):
    found = read_page(raw, url=URL)
    assert found is None or found.text == ""


@given(st.binary(max_size=200))
def test_no_bytes_raise(noise):
    whole = page(head=HEAD % "")
    read_page(noise + whole, url=URL)
    read_page(whole[: len(noise) * 5] + noise, url=URL)


def feed_article(url):
    return build_article(
        url=url, title="Two die in flood", body="Two people died...", source_name="Paper", fetched_at=NOW
    )


async def complete(answer, archive=None, **options):
    async with serve(Site({"/flood": answer})) as site, local_web(**options) as client:
        return await FullText(client, archive).complete(feed_article(site["/flood"]))


async def test_an_article_is_completed():
    head = HEAD.replace('href="/2021/flood"', 'href="https://paper.example/2021/flood?utm_source=x"') % ""
    found = await complete(page(head=head))
    assert found.body == "\n\n".join(SENTENCES)
    assert (found.title, found.byline, found.lang) == ("Two die in flood", "Jane Doe, Jo Roe", "en")
    assert found.canonical_url == "https://paper.example/2021/flood"
    assert found.url.endswith("/flood")
    assert found.origin == "afp"
    assert found.published_at == datetime(2021, 6, 28, 12, 5, tzinfo=UTC)
    assert found.headers[NOTE] == "full"


async def test_a_stub_is_marked_and_the_longer_text_stays():
    found = await complete(page("<p>Two people died.</p>", tail="<p>Subscribe to continue reading.</p>"))
    assert found.headers[NOTE] == "stub"
    assert found.body


@pytest.mark.parametrize("answer", [lambda _: web.Response(status=503), b"<html></html>", b"\x00\x01"])
async def test_a_page_that_fails_leaves_the_feed_s_article(answer):
    found = await complete(answer)
    assert found.body == "Two people died..."
    assert found.headers[NOTE] not in {"full", "stub"}


async def test_an_article_whose_link_is_private_is_left_as_it_is():
    found = await complete(page(), allow=())
    assert found.body == "Two people died..."
    assert "private" in found.headers[NOTE]


async def test_pages_are_archived(tmp_path):
    await complete(page(), Archive(tmp_path))
    await complete(page(), Archive(tmp_path))
    (path,) = tmp_path.iterdir()
    assert path.name == "pages-2021-06-29.warc.gz"
    with path.open("rb") as file:
        records = [(r.rec_type, r.content_stream().read()) for r in ArchiveIterator(file)]
    assert records == [("resource", page())] * 2


def test_an_archive_that_was_cut_short_loses_one_record(tmp_path):
    archive = Archive(tmp_path)
    for n in range(3):
        path = archive.keep(Answer(f"{URL}/{n}", page(), "text/html"), NOW)
    path.write_bytes(path.read_bytes()[:-20])
    with path.open("rb") as file:
        assert len([1 for r in ArchiveIterator(file) if len(r.content_stream().read()) == len(page())]) >= 2

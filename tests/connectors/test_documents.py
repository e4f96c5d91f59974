"""Files of every format, real shapes of them, and what is wrong with some."""

import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from garbage import damaged, hold
from gathered import gather
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from connectors.ingest.contract import Fatal, Skippable
from connectors.sources import mail, unpack
from connectors.sources.documents import ending, read_document
from connectors.sources.file_stores import Bucket, Disk, Entry
from connectors.sources.files import ARTICLE_FILES, Files, read_file
from schemas.errors import Stop
from schemas.records import Article

NOW = datetime(2024, 2, 1, tzinfo=UTC)
PAGE = """<html lang="en"><head><title>Ferry sinks off Luzon | The Example</title>
<link rel="canonical" href="https://www.example.org/ferry"><meta property="article:published_time" content="2024-01-30T08:00:00Z">
<meta property="og:site_name" content="The Example"></head><body><nav>Home Sport Weather</nav><article><h1>Ferry sinks off Luzon</h1>
<p>At least four people died when a ferry capsized off Luzon on Tuesday, the coast guard said.</p>
<p>Rescuers pulled 45 passengers out of the water before dark, and the search goes on for seven more.</p></article></body></html>"""
LETTER = b"""From: "The Morning Brief" <brief@example.org>
Date: Tue, 30 Jan 2024 06:00:00 +0100
Subject: =?utf-8?q?F=C3=A4hre_gesunken?=
Archived-At: <https://example.org/brief/7>
Content-Language: de
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

View this in your browser
--b
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>Vier Menschen starben, als eine F=E4hre vor Luzon kenterte.</p><p>Mehr morgen.</p>
--b--
"""
LINE = b'{"title": "A", "text": "Two dead in a flood."}\n'


def read(name, raw):
    entry = Entry(f"/in/{name}", len(raw))
    return hold(read_file(io.BytesIO(raw), entry, feed="files", fetched_at=NOW))


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("__", "."), body)
    return packed.getvalue()


def archived(*pages, packed=True):
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for url, status, kind, body in pages:
        headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=headers)
        writer.write_record(record)
        record.raw_stream.close()
    return out.getvalue()


def test_a_saved_page():
    (article,) = read("ferry.html", PAGE.encode())
    assert article.title.startswith("Ferry sinks off Luzon")
    assert article.url == "https://www.example.org/ferry"
    assert article.published_at == datetime(2024, 1, 30, 8, tzinfo=UTC)
    assert "seven more" in article.body
    assert "Weather" not in article.body


def test_markdown():
    (article,) = read(
        "a.md",
        b'---\ntitle: "Flood in town"\ndate: 2024-01-30\nauthor: Jane Doe\n---\n# Not this\n\n**Two** people [died](http://x.example).\n',
    )
    assert (article.title, article.byline) == ("Flood in town", "Jane Doe")
    assert article.body == "Not this\n\nTwo people died."
    assert article.published_at == datetime(2024, 1, 30, tzinfo=UTC)
    (article,) = read("a.md", b"Intro\n\n## Flood ##\n\n> Two `dead`.\n")
    assert (article.title, article.body) == ("Flood", "Intro\n\nFlood\n\nTwo dead.")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["`a ", "[a", "![a](", "# " + " " * 50, "**a", "a\t# ", "---\n", ">> "])
def test_hostile_markdown_takes_linear_time(piece):
    read("a.md", (piece * 60_000)[:300_000].encode())


def test_a_newsletter():
    (article,) = read("brief.eml", LETTER)
    assert (article.title, article.lang) == ("Fähre gesunken", "de")
    assert article.body == "Vier Menschen starben, als eine Fähre vor Luzon kenterte.\n\nMehr morgen."
    assert article.url == "https://example.org/brief/7"
    assert (article.source.domain, article.source.name) == ("example.org", "The Morning Brief")
    assert article.published_at == datetime(2024, 1, 30, 5, tzinfo=UTC)


def test_a_mailbox_with_a_message_in_an_unknown_charset():
    odd = b"From: a@x.example\nSubject: Odd\nContent-Type: text/plain; charset=klingon\n\nTwo dead.\n"
    box = b"".join(b"From a@x.example Tue Jan 30 06:00:00 2024\n" + m + b"\n" for m in (LETTER, odd, b"Subject:\n\n"))
    first, second, third = read("brief.mbox", box)
    assert (first.title, second.title, second.body) == ("Fähre gesunken", "Odd", "Two dead.")
    assert isinstance(third, Skippable)
    assert third.where == "brief.mbox, message 3"


@pytest.mark.parametrize("packed", [True, False])
def test_a_web_archive(packed):
    pages = archived(
        ("https://www.example.org/ferry", "200 OK", "text/html; charset=utf-8", PAGE.encode()),
        ("https://www.example.org/logo.png", "200 OK", "image/png", b"\x89PNG"),
        ("https://www.example.org/gone", "404 Not Found", "text/html", b"<p>not here</p>"),
        ("https://www.example.org/empty", "200 OK", "text/html", b"<html></html>"),
        packed=packed,
    )
    article, error = read("crawl.warc.gz" if packed else "crawl.warc", pages)
    assert article.url == "https://www.example.org/ferry"
    assert isinstance(error, Skippable)


@pytest.mark.parametrize("packed", [True, False])
def test_a_web_archive_that_was_cut_short(packed):
    pages = archived(*[("https://a.example/", "200 OK", "text/html", PAGE.encode())] * 2, packed=packed)
    article, error = read("crawl.warc", pages[: -len(pages) // 5])
    assert isinstance(article, Article)
    assert "ends in the middle" in error.reason


BARE = PAGE.replace('rel="canonical"', 'rel="author"').encode()


def test_a_web_archive_that_was_packed_as_a_whole():
    """As `gzip crawl.warc` packs it, and not record by record as the standard has it."""
    addresses = [f"https://a.example/{n}" for n in range(3)]
    pages = archived(*[(a, "200 OK", "text/html", BARE) for a in addresses], packed=False)
    whole = gzip.compress(pages)
    assert [a.url for a in read("crawl.warc.gz", whole)] == addresses
    *_, last, error = read("crawl.warc.gz", whole[:-4])
    assert last.url == addresses[-1]
    assert "ends in the middle" in error.reason
    *_, error = read("crawl.warc.gz", whole[: len(whole) // 2])
    assert isinstance(error, Skippable)


def test_an_address_in_angle_brackets():
    pages = archived(("<https://a.example/dam>", "200 OK", "text/html", BARE), packed=False)
    (article,) = read("crawl.warc", pages)
    assert article.url == "https://a.example/dam"


def letters(*texts, first="From a@x.example Tue Jan 30 06:00:00 2024"):
    head = "From: A <a@x.example>\nSubject: Letter {}\n\n"
    return b"".join(f"{first}\n{head.format(n)}{text}\n\n".encode() for n, text in enumerate(texts))


@pytest.mark.parametrize(
    "line",
    [
        "From there the story moved on.",
        "From Monday on, at 10:30, all was quiet.",
        "From 2024 to 2026\nthree mines were shut.",
        "From all sides: smoke.",
        "Smoke rose.\nFrom noon, at 12:30 on 4 May 2024",
    ],
)
def test_a_line_of_a_text_that_begins_with_from_is_no_new_letter(line):
    first, second = read("box.mbox", letters(f"Two dead.\n\n{line}\n\nNine missing.", "Second."))
    assert first.body == f"Two dead.\n\n{line}\n\nNine missing."
    assert (second.title, second.body) == ("Letter 1", "Second.")


@pytest.mark.parametrize(
    "first",
    [
        "From - Tue Jan 30 06:00:00 2024",
        "From a@x.example Tue Jan 30 06:00:00 +0000 2024",
        "From a@x.example Tue Jan 30 06:00 EST 2024",
        "From 1790000000@xxx",
        "From MAILER-DAEMON",
    ],
)
def test_lines_before_letters_as_programs_write_them(first):
    assert [a.body for a in read("box.mbox", letters("One.", "Two.", "Three.", first=first))] == [
        "One.",
        "Two.",
        "Three.",
    ]


def test_quoted_from_lines_are_what_they_were():
    (article,) = read("box.mbox", letters("Two dead.\n>From the scene.\n>>From afar."))
    assert article.body == "Two dead.\nFrom the scene.\n>From afar."


def test_a_letter_that_is_too_large_is_told_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr(mail, "LARGEST_MESSAGE", 500)
    large, small = read("box.mbox", letters("x" * 1000, "Two."))
    assert "larger than" in large.reason
    assert small.body == "Two."


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool),
        min_size=1,
        max_size=4,
    )
)
def test_every_letter_of_a_box_comes_out_however_its_text_reads(texts):
    quoted = [text.replace("From ", ">From ") if text.startswith("From ") else text for text in texts]
    assert len(read("box.mbox", letters(*quoted))) == len(texts)


def test_tables():
    ok, short = read("a.csv", 'title,text,published\n"A, B","Two\ndead",2024-01-30\nshort\n'.encode("utf-8-sig"))
    assert (ok.title, ok.body, ok.published_at) == ("A, B", "Two\ndead", datetime(2024, 1, 30, tzinfo=UTC))
    assert isinstance(short, Skippable)
    assert [type(r) for r in read("a.tsv", b"title\ttext\nA\tB\n\xff\tC\nD\tE\n")] == [Article, Skippable, Article]


def test_packed_files_are_opened():
    body = gzip.compress(LINE)
    assert [a.title for a in read("a.jsonl.gz", body)] == ["A"]
    nested = zipped(news__zip=zipped(a__jsonl=LINE), b__jsonl__gz=body, notes__pdf=b"x", c__txt=b"C\n\nText")
    assert [a.title for a in read("all.zip", nested)] == ["A", "A", "C"]
    deep = zipped(a__zip=zipped(b__zip=zipped(c__zip=zipped(d__txt=b"x"))))
    (error,) = read("deep.zip", deep)
    assert "inside each other" in error.reason


def test_bombs_and_broken_archives_stop_nothing_else(monkeypatch):
    monkeypatch.setattr(unpack, "LEAST", 1_000_000)
    bomb = gzip.compress(b" " * 50_000_000)
    (error,) = read("bomb.jsonl.gz", bomb)
    assert "unpacks to far more" in error.reason
    results = read("all.zip", zipped(a__jsonl=LINE, bomb__txt=b" " * 50_000_000, z__jsonl=LINE))
    assert isinstance(results[0], Article)
    assert all("far more" in r.reason for r in results[1:])  # one budget for all that is inside
    torn = bytearray(zipped(a__jsonl=LINE, b__jsonl=LINE))
    torn[40] ^= 0xFF
    results = read("torn.zip", bytes(torn))
    assert {type(r) for r in results} == {Article, Skippable}
    (error,) = read("torn.jsonl.gz", gzip.compress(LINE * 1000)[:-20])[-1:]
    assert isinstance(error, Skippable)
    assert "broken" in error.reason


def test_locked_zips_are_told():
    raw = bytearray(zipped(a__jsonl=LINE))
    for at in (raw.find(b"PK\x03\x04") + 6, raw.find(b"PK\x01\x02") + 8):
        raw[at] |= 1  # encrypted, says its flag
    (error,) = read("locked.zip", bytes(raw))
    assert "password" in error.reason


WHOLE = {
    "a.eml": LETTER,
    "a.mbox": b"From a\n" + LETTER,
    "a.md": b"---\ntitle: x\n---\n# A\n[b](c)",
    "a.csv": b'title,text\na,"b"\n',
    "a.jsonl.gz": gzip.compress(LINE, mtime=0),
    "a.zip": zipped(a__jsonl=LINE),
    "a.warc": archived(("https://a.example/", "200 OK", "text/html", PAGE.encode()), packed=False),
    "a.warc.gz": archived(("https://a.example/", "200 OK", "text/html", PAGE.encode())),
}


@settings(max_examples=100)
@given(st.sampled_from(sorted(WHOLE)).flatmap(lambda name: st.tuples(st.just(name), damaged(WHOLE[name]))))
def test_damage_is_told(file):
    read(*file)


def test_endings():
    assert [ending(n) for n in ("A.TXT", "a.warc.gz", "a.b.jsonl", "a")] == [".txt", ".warc", ".jsonl", ""]
    with pytest.raises(KeyError):
        list(read_document(io.BytesIO(b""), name="a.pdf", where="a", feed="f", fetched_at=NOW))


def test_progress_is_told_to_the_last_byte(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(LINE * 1000)
    (tmp_path / "b.jsonl").write_bytes(LINE + b"no\n")
    told = []
    gather(Files(Disk([tmp_path]), clock=lambda: NOW, progress=told.append))
    last = told[-1]
    assert (last.done, last.total) == (last.total, len(LINE) * 1001 + 3)
    assert (last.records, last.unreadable) == (1001, 1)
    assert [p.done for p in told] == sorted(p.done for p in told)


class TestBuckets:
    def test_files_of_a_bucket_and_resumed(self):
        fsspec = pytest.importorskip("fsspec")
        memory = fsspec.filesystem("memory")
        memory.pipe_file("/news/2024/b.jsonl", LINE * 2)
        memory.pipe_file("/news/2024/a.zip", zipped(x__txt=b"X\n\nText"))
        memory.pipe_file("/news/2024/c.pdf", b"x")
        source = Files(Bucket("memory://news/2024"), clock=lambda: NOW)
        items = gather(source)
        assert [i.content.title for i in items] == ["X", "A", "A"]
        assert gather(Files(Bucket("memory://news/2024"), clock=lambda: NOW), items[1].position) == items[2:]

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("memory://nothing", "nothing to read|cannot be listed"),
            ("https://x.example/a.jsonl", "not a bucket"),
            ("nosuch://x/", "cannot be listed|needs a package"),
        ],
    )
    def test_what_is_no_bucket(self, url, said):
        pytest.importorskip("fsspec")
        with pytest.raises(Fatal, match=said):
            Bucket(url).entries(ARTICLE_FILES.wanted)


class TestWords:
    """What `tocsin connect files ...` makes of its words."""

    def test_paths_buckets_and_the_standard_input(self, tmp_path):
        from deploy.actions.bulk import Bar, file_sources  # noqa: PLC0415

        with Bar() as bar:
            made = file_sources("files", [str(tmp_path), "memory://a", "-"], None, bar, clock=lambda: NOW)
            assert [s.name.partition(":")[2][:6] for s in made][1:] == ["memory", "-"]
            with pytest.raises(Stop, match="--mapping"):
                file_sources("mapped", ["a.csv"], None, bar, clock=lambda: NOW)
            with pytest.raises(Stop, match="cannot be read"):
                file_sources("mapped", ["a.csv"], Path("/no/such.toml"), bar, clock=lambda: NOW)
            with pytest.raises(Stop, match="needs files"):
                file_sources("acled", [], None, bar, clock=lambda: NOW)

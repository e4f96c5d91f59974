from collections import Counter
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Fatal
from connectors.ingest.feedlist import Feed, from_opml, merged, read_list, to_opml, write_list

TEXT = (
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20).map(str.strip).filter(bool)
)
FEEDS = st.builds(
    Feed,
    url=TEXT,
    title=TEXT,
    kind=st.sampled_from(["feed", "quakes"]),
    lang=st.sampled_from(["", "en", "ar"]),
    country=st.sampled_from(["", "GB"]),
    region=st.just("") | TEXT,
    terms=st.just("") | TEXT,
)


def test_the_bundled_list():
    feeds = read_list()
    assert len(feeds) >= 80
    for feed in feeds:
        assert urlsplit(feed.url).hostname, feed
        assert urlsplit(feed.terms).hostname, feed
        assert feed.title
        assert feed.region
        assert len(feed.lang) == 2
        assert len(feed.country) in (0, 2)
    regions = Counter(feed.region for feed in feeds)
    assert (
        min(
            regions[r] for r in ("africa", "asia", "europe", "latin america", "middle east", "north america", "oceania")
        )
        >= 4
    )
    assert len({feed.lang for feed in feeds}) >= 10


@given(feeds=st.lists(FEEDS, max_size=5, unique_by=lambda f: f.name))
def test_opml_and_toml_come_back(feeds, tmp_path_factory):
    assert set(from_opml(to_opml(feeds))) == set(feeds)
    path = tmp_path_factory.mktemp("list") / "feeds.toml"
    write_list(path, feeds)
    assert read_list(path) == tuple(feeds)


def test_the_opml_of_other_readers():
    raw = b"""<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head><title>Subscriptions</title></head><body>
    <outline text="World" title="World"><outline type="rss" text="One" xmlUrl="https://one.example/rss" htmlUrl="x"/>
    <outline text="Deep"><outline text="Two" xmlurl="https://two.example/rss" language="pt-BR"/></outline></outline>
    <outline type="rss" title="One again" xmlUrl="https://one.example/rss"/><outline text="a link" url="https://x.example"/>
    </body></opml>"""
    assert from_opml(raw) == (
        Feed("https://one.example/rss", "One", region="World"),
        Feed("https://two.example/rss", "Two", lang="pt", region="Deep"),
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<rss/>",
        b"<opml/>",
        b'<!DOCTYPE o [<!ENTITY a "b">]><opml version="2.0"><body><outline text="&a;"/></body></opml>',
    ],
)
def test_what_is_no_opml(raw):
    with pytest.raises(Fatal):
        from_opml(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "feeds = 7",
        'feeds = ["x"]',
        'feeds = [{title = "x"}]',
        "feeds = [{url = 7}]",
        'feeds = [{url = "x", colour = "y"}]',
        'feeds = [{url = "x"}, {url = "x"}]',
    ],
)
def test_a_list_that_is_wrong_is_named(text, tmp_path):
    (tmp_path / "feeds.toml").write_text(text)
    with pytest.raises(Fatal, match=r"feeds\.toml"):
        read_list(tmp_path / "feeds.toml")


def test_merging_keeps_what_is_known():
    known = Feed("u", "Mine", region="r")
    assert merged([known], [Feed("u", "Theirs"), Feed("v")]) == (known, Feed("v"))


def test_one_bare_ampersand_loses_no_feed():
    """Three kinds of what programs write: an address with a bare &, an entity of HTML, white space before it all."""
    raw = b"""
<?xml version="1.0" encoding="iso-8859-1"?>
<opml version="1.0"><body>
<outline text="A" xmlUrl="https://a.example/rss?x=1&y=2"/>
<outline text="Left &amp; Right &ndash; caf\xe9 &unknown;" xmlUrl="https://b.example/rss" htmlUrl="https://b.example/?a&b"/>
<outline text="C" xmlUrl="feed://c.example/rss"/>
<outline text="D" xmlUrl="feed:https://d.example/rss"/>
</body></opml>"""
    feeds = from_opml(raw)
    assert [feed.url for feed in feeds] == [
        "https://a.example/rss?x=1&y=2",
        "https://b.example/rss",
        "http://c.example/rss",
        "https://d.example/rss",
    ]
    assert feeds[1].title == "Left & Right – café &unknown;"


def test_entities_of_its_own_are_refused_however_it_is_mended():
    raw = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x; & b'/></body></opml>"
    with pytest.raises(Fatal, match="Entit"):
        from_opml(raw)

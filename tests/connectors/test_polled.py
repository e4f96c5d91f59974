import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from garbage import JSON, hold
from gathered import gather
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Fatal, Gone, Retriable, Skippable
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.feeds import parse_feed
from connectors.sources.polled import Polled, Seen, body_only
from connectors.sources.quakes import parse_quakes
from connectors.web.answers import Answer, Validators
from schemas.records import Article

NOW = datetime(2024, 1, 1, tzinfo=UTC)
EVENTS = Path(__file__).parents[2] / "deploy" / "sample" / "events"
PARSERS = {
    "feeds": parse_feed,
    "quakes": body_only(parse_quakes),
    "disasters": body_only(parse_disasters),
    "cap": body_only(parse_alert),
}


class Site:
    """One address whose body can be changed, with an etag that follows."""

    def __init__(self, body):
        self.body = body
        self.answers = []
        self.validating = True
        self.moved_to = ""

    async def get(self, url, known, **options):
        if isinstance(self.body, Exception):
            raise self.body
        validators = Validators(f'"{hash(self.body)}"' if self.validating else "")
        unchanged = self.validating and known == validators
        self.answers.append((url, unchanged))
        return Answer(url, b"" if unchanged else self.body, "", validators, unchanged, self.moved_to)


def rss(*titles):
    items = "".join(f"<item><title>{t}</title><link>https://x.example/{t[0]}</link></item>" for t in titles)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


URL = "https://feeds.example/x"


def open_one(name, site):
    return Polled(name, "news.event.v1", URL, PARSERS[name], web=site, clock=lambda: NOW)


def poll(source, position):
    """(contents, position afterwards) of one poll."""
    items = gather(source, position)
    positions = [i.position for i in items if i.position]
    return hold(i.content for i in items if i.content), positions[-1] if positions else position


def test_only_what_is_new_comes_twice():
    site = Site(rss("a1", "b1"))
    source = open_one("feeds", site)
    first, position = poll(source, None)
    assert [a.title for a in first] == ["a1", "b1"]
    assert poll(source, position) == ([], position)
    assert site.answers == [(URL, False), (URL, True)]
    site.body = rss("c1", "a2", "b1")
    second, position = poll(source, position)
    assert [a.title for a in second] == ["c1", "a2"]
    assert poll(source, position)[0] == []


def test_stopped_in_the_middle_the_poll_is_repeated():
    source = open_one("feeds", Site(rss("a1", "b1", "c1")))
    assert [item.position for item in gather(source, None)[:3]] == [None] * 3
    assert len(poll(source, None)[0]) == 3


def test_a_revised_event_comes_again_under_its_id():
    site = Site((EVENTS / "usgs-significant-day-1.geojson").read_bytes())
    source = open_one("quakes", site)
    (before,), position = poll(source, None)
    site.body = (EVENTS / "usgs-significant-day-2.geojson").read_bytes()
    changed, position = poll(source, position)
    assert before.event_id in {e.event_id for e in changed}
    assert len(changed) == 2
    assert poll(source, position)[0] == []


def test_an_error_is_told_once():
    source = open_one("disasters", Site(b"<html/>"))
    (error,), position = poll(source, None)
    assert isinstance(error, Skippable)
    assert poll(source, position)[0] == []


def test_a_body_that_is_too_large_is_an_error_and_not_the_end():
    source = open_one("feeds", Site(Skippable("more than we take")))
    (error,), position = poll(source, None)
    assert "more than" in error.reason
    assert position is None


def test_trouble_is_raised():
    with pytest.raises(Retriable):
        poll(open_one("cap", Site(Retriable("later"))), None)
    with pytest.raises(Fatal):
        poll(open_one("cap", Site(Gone("over"))), None)


def test_a_server_without_validators_is_told_by_its_body():
    site = Site(rss("a1"))
    site.validating = False
    source = open_one("feeds", site)
    _, position = poll(source, None)
    assert poll(source, position) == ([], position)


def test_a_feed_that_moved_is_asked_at_its_new_address():
    site = Site(rss("a1"))
    source = open_one("feeds", site)
    site.moved_to = "https://new.example/x"
    _, position = poll(source, None)
    site.moved_to = ""
    _, position = poll(source, position)
    poll(source, position)
    assert [url for url, _ in site.answers] == [URL, "https://new.example/x", "https://new.example/x"]


def test_of_an_answer_without_end_the_beginning_is_read(monkeypatch):
    monkeypatch.setattr("connectors.sources.polled.MOST_RECORDS", 2)
    contents, position = poll(open_one("feeds", Site(rss("a1", "b1", "c1"))), None)
    assert [type(c) for c in contents] == [Article, Article, Skippable]
    assert len(Seen.from_position(position).marks) == 2


class Pages:
    def __init__(self):
        self.completed = []

    async def complete(self, article):
        self.completed.append(article.title)
        return article


def test_stopped_between_pages_no_page_is_fetched_twice():
    pages = Pages()
    source = Polled("x", "t", URL, parse_feed, web=Site(rss("a1", "b1", "c1")), clock=lambda: NOW, full_text=pages)
    items = gather(source, None)
    assert pages.completed == ["a1", "b1", "c1"]
    contents, position = poll(source, items[1].position)
    assert [a.title for a in contents] == ["c1"]
    assert pages.completed == ["a1", "b1", "c1", "c1"]
    assert poll(source, position)[0] == []


POSITIONS = st.dictionaries(st.sampled_from(["etag", "marks", "last_modified"]), JSON)


@given(POSITIONS.map(json.dumps) | JSON.map(json.dumps) | st.text())
def test_a_position_that_is_not_readable_is_the_start(position):
    assert isinstance(Seen.from_position(position), Seen)


def test_a_position_comes_back():
    seen = Seen(Validators('"e"', "d"), frozenset({"a", "b"}), "c", "https://new.example/")
    assert Seen.from_position(seen.to_position()) == seen


def listing(*items):
    """Items of a feed without ids: title, token in the link, hour (none: undated), text."""
    made = "".join(
        f"<item><title>{title}</title><link>https://x.example/detail?v={token}</link>"
        + (f"<pubDate>Mon, 01 Jan 2024 0{hour}:00:00 GMT</pubDate>" if hour is not None else "")
        + f"<description>{text}</description></item>"
        for title, token, hour, text in items
    )
    return f'<rss version="2.0"><channel>{made}</channel></rss>'.encode()


def titles(found):
    return [item.title for item in found]


def test_an_item_whose_link_changes_with_every_answer_is_one_item():
    site, position, seen = Site(b""), None, []
    source = open_one("feeds", site)
    for token in range(4):
        site.body = listing(("Landslide", f"a{token}", 1, "Nine dead"), ("Ferry", f"b{token}", 2, "Twelve dead"))
        found, position = poll(source, position)
        seen += titles(found)
    assert seen == ["Landslide", "Ferry"]
    site.body = listing(("Landslide", "a9", 1, "Ten dead"), ("Ferry", "b9", 3, "Twelve dead"))
    assert titles(poll(source, position)[0]) == ["Landslide", "Ferry"]  # another text, another date


def test_items_that_only_read_alike_are_all_kept():
    site = Site(listing(("Flood", "1", 1, "Dead"), ("Flood", "2", 1, "Dead")))
    source = open_one("feeds", site)
    found, position = poll(source, None)
    assert len(found) == 2
    site.body = listing(("Flood", "3", 1, "Dead"), ("Flood", "1", 1, "Dead"), ("Flood", "2", 1, "Dead"))
    assert len(poll(source, position)[0]) == 1  # nothing has gone that it could be


def test_a_heading_that_comes_every_day_is_new_every_day():
    site = Site(listing(("News in brief", "mon", None, "Listen.")))
    source = open_one("feeds", site)
    _, position = poll(source, None)
    site.body = listing(("News in brief", "tue", None, "Listen."))
    assert titles(poll(source, position)[0]) == ["News in brief"]

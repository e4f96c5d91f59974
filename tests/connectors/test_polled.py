import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from garbage import JSON, hold
from gathered import gather
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Fatal, Retriable, Skippable
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.feeds import parse_feed
from connectors.sources.fetch import Validators, new_client
from connectors.sources.polled import Polled, Seen, body_only
from connectors.sources.quakes import parse_quakes

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

    def __call__(self, request):
        etag = f'"{hash(self.body)}"'
        status = 304 if request.headers.get("if-none-match") == etag else 200
        self.answers.append(status)
        return httpx.Response(status, content=b"" if status == 304 else self.body, headers={"etag": etag})


def rss(*titles):
    items = "".join(f"<item><title>{t}</title><link>https://x.example/{t[0]}</link></item>" for t in titles)
    return f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()


def open_one(name, handler):
    client = new_client(httpx.MockTransport(handler))
    return Polled(name, "news.event.v1", "https://feeds.example/x", PARSERS[name], client=client, clock=lambda: NOW)


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
    assert site.answers == [200, 304]
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
    source = open_one("feeds", Site(b"x" * 11_000_000))
    (error,), position = poll(source, None)
    assert "more than" in error.reason
    assert position is None


def test_trouble_is_raised():
    with pytest.raises(Retriable):
        poll(open_one("cap", lambda _: httpx.Response(503)), None)
    with pytest.raises(Fatal):
        poll(open_one("cap", lambda _: httpx.Response(410)), None)


POSITIONS = st.dictionaries(st.sampled_from(["etag", "marks", "last_modified"]), JSON)


@given(POSITIONS.map(json.dumps) | JSON.map(json.dumps) | st.text())
def test_a_position_that_is_not_readable_is_the_start(position):
    assert isinstance(Seen.from_position(position), Seen)


def test_a_position_comes_back():
    seen = Seen(Validators('"e"', "d"), frozenset({"a", "b"}))
    assert Seen.from_position(seen.to_position()) == seen

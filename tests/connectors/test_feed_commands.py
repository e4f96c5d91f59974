"""`tocsin feeds` and what `tocsin connect feeds` makes of the list."""

import json
from datetime import UTC, datetime

import pytest
from aiohttp import web
from badsite import Site, local_web, serve
from kafka.errors import KafkaError
from typer.testing import CliRunner

from connectors.ingest.feedlist import Feed, read_list, to_opml
from connectors.ingest.health import Memory, ReadResult, observe
from connectors.ingest.positions import Stored
from connectors.ingest.schedule import Plan
from connectors.sources.polled import Seen
from deploy.actions.connecting import make_sources, sources_of
from deploy.actions.feeds import check, states
from deploy.cli import app
from schemas.errors import Stop
from streams.settings import Settings

RSS = b"""<rss version="2.0"><channel><item><title>A</title><pubDate>Mon, 28 Jun 2021 12:00:00 GMT</pubDate></item>
<item><title>B</title></item></channel></rss>"""


async def test_checking_tells_which_feeds_answer():
    pages = {"/good": RSS, "/page": b"<html/>", "/busy": lambda _: web.Response(status=503)}
    async with serve(Site(pages)) as site, local_web() as client:
        feeds = [Feed(site[path]) for path in ("/good", "/page", "/busy", "/missing")]
        good, page, busy, missing = await check(list(zip(feeds, sources_of(feeds, client), strict=True)))
    assert (good.records, good.newest, good.error) == (2, datetime(2021, 6, 28, 12, tzinfo=UTC), "")
    assert "not a feed" in page.error
    assert "503" in busy.error
    assert "404" in missing.error


def test_states_of_feeds():
    now = datetime(2024, 1, 2, tzinfo=UTC)
    at = now.timestamp()
    memory = observe(Memory(), ReadResult(at - 60, [at - 60], error="503", failures=3))
    stored = {
        "feed:a": Stored(None, Plan(due=at + 60, failures=3), memory.to_plain()),
        "feed:b": Stored(Seen(moved_to="https://new.example/").to_position(), Plan(due=at - 7200)),
    }
    rows = states([Feed("a"), Feed("b"), Feed("c")], stored, now)
    assert [row["status"] for row in rows] == ["failing", "overdue", "new"]
    assert rows[0]["reason"] == "503"
    assert [row["moved_to"] for row in rows] == ["", "https://new.example/", ""]


def test_import_and_export(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.opml").write_bytes(
        to_opml([Feed("https://one.example/rss", "One"), Feed("https://two.example/rss", "Two")])
    )
    run = CliRunner().invoke
    assert "2 new feeds, 2 in feeds.toml" in run(app, ["feeds", "import", "in.opml"]).output
    assert "0 new feeds, 2 in feeds.toml" in run(app, ["feeds", "import", "in.opml"]).output
    assert len(read_list(tmp_path / "feeds.toml")) == 2
    assert run(app, ["feeds", "export", "out.opml"]).exit_code == 0
    assert b"https://two.example/rss" in (tmp_path / "out.opml").read_bytes()


def test_the_list_without_kafka(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def away(bootstrap):
        raise KafkaError(f"no answer at {bootstrap}")

    monkeypatch.setattr("connectors.ingest.positions.read_positions", away)
    result = CliRunner().invoke(app, ["feeds", "list", "--json"])
    rows = json.loads(result.stdout)
    assert len(rows) == len(read_list())
    assert {row["status"] for row in rows} == {"new"}


async def test_sources_of_the_list(tmp_path):
    settings = Settings(feeds=tmp_path / "none.toml")
    async with local_web() as client:
        sources, about = make_sources("feeds", (), settings, client)
        assert len(sources) == len(about) == len(read_list())
        assert {s.topic for s in sources} == {"news.article.v1", "news.event.v1"}
        with pytest.raises(Stop, match="needs addresses"):
            make_sources("feed", (), settings, client)
        (tmp_path / "none.toml").write_text('feeds = [{url = "https://x.example", kind = "morse"}]')
        with pytest.raises(Stop, match="morse"):
            make_sources("feeds", (), settings, client)

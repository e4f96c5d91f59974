"""A connector killed in the middle of its polls: nothing lost, nothing fetched again but what was in flight."""

import asyncio
import random
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from connectors.ingest.feedlist import Feed, write_list
from connectors.ingest.positions import read_positions
from deploy.actions.feeds import listed, states
from deploy.actions.setup import create_topics
from deploy.actions.tail import follow
from deploy.supervise.tree import tocsin_child
from schemas.topics import ARTICLE, FEED
from streams.settings import Settings
from tests.integration.system import eventually, own_kafka

pytestmark = pytest.mark.timeout(300)
FEEDS, ITEMS, KILLS = 40, 5, 2


class Newsstand:
    """Feeds on loopback addresses of their own, each slow in its own way; `asked` counts the answers begun."""

    def __init__(self):
        self.asked = Counter()
        self.urls = []

    async def feed(self, request):
        n = int(request.path[2:])
        self.asked[n] += 1
        await asyncio.sleep(random.Random(n).uniform(0, 3))
        items = "".join(f"<item><title>Feed {n} item {k}</title></item>" for k in range(ITEMS))
        return web.Response(body=f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())

    async def _serve(self, ready, stop):
        app = web.Application()
        app.router.add_get("/f{n}", self.feed)
        runner = web.AppRunner(app)
        await runner.setup()
        for n in range(FEEDS):
            site = web.TCPSite(runner, f"127.0.1.{n + 1}", 0)
            await site.start()
            self.urls.append(f"http://127.0.1.{n + 1}:{site._server.sockets[0].getsockname()[1]}/f{n}")
        ready.set()
        await asyncio.to_thread(stop.wait)
        await runner.cleanup()

    @contextmanager
    def open(self):
        ready, stop = threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready, stop)))
        thread.start()
        try:
            assert ready.wait(10)
            yield self
        finally:
            stop.set()
            thread.join()


def records(bootstrap, topic):
    return [read.record for read in follow(bootstrap, topic, from_start=True, until_end=True)]


def test_killed_in_the_middle_of_polls(parts, tmp_path):
    stand = Newsstand()
    with own_kafka(parts, tmp_path) as (bootstrap, batch_bytes), stand.open():
        write_list(tmp_path / "feeds.toml", [Feed(url) for url in stand.urls])
        settings = Settings(
            kafka=bootstrap,
            data_dir=tmp_path,
            batch_bytes=batch_bytes,
            feeds=tmp_path / "feeds.toml",
            allow_hosts="127.0.0.0/8",
            partitions=4,
        )
        create_topics(settings)
        number = {f"feed:{url}": n for n, url in enumerate(stand.urls)}
        child = tocsin_child("connect", ["connect", "feeds"], settings, ready=lambda: True)
        for kill in range(KILLS):
            kept = len(read_positions(bootstrap))
            child.start()
            eventually(lambda kept=kept: len(read_positions(bootstrap)) > kept + 3, seconds=60, what="some are read")
            child.kill()
            done = {number[name] for name in read_positions(bootstrap)}
            assert len(done) < FEEDS, f"all was over before kill {kill}"
            asked = Counter(stand.asked)
        with child:
            eventually(lambda: len(read_positions(bootstrap)) == FEEDS, seconds=60, what="all are read")
        again = {n for n in stand.asked if stand.asked[n] > asked[n]}
        assert again == set(range(FEEDS)) - done
        titles = Counter(record.title for record in records(bootstrap, ARTICLE.name))
        assert set(titles) == {f"Feed {n} item {k}" for n in range(FEEDS) for k in range(ITEMS)}
        assert all(titles[f"Feed {n} item {k}"] <= stand.asked[n] for n in range(FEEDS) for k in range(ITEMS))
        assert {record.name for record in records(bootstrap, FEED.name)} == set(number)
        rows = states(listed(settings), read_positions(bootstrap), datetime.now(UTC))
        assert Counter(row["status"] for row in rows) == {"ok": FEEDS}

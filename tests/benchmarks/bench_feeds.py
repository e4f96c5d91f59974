"""A thousand feeds polled on one core, against the same polls by requests and feedparser in a pool of threads.

Both make the same records of the same answers and encode them; neither sends them. The server runs on another core.
Cold: every feed for the first time. Warm: a fifth has three new items, the others say 304. Steady: every feed each
half minute for a minute; late is how long after its time a poll began. Speeds are by seconds that the core
worked for us, as others may use the machine too.
"""

import asyncio
import json
import multiprocessing
import os
import platform
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import requests
from aiohttp import web

from connectors.ingest.run import Runner
from connectors.ingest.schedule import ReadIntervals
from connectors.sources.feeds import parse_feed
from connectors.sources.polled import Polled
from connectors.web.answers import Answer
from connectors.web.client import Web
from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import ARTICLE
from tests.connectors.badsite import Names

FEEDS, ITEMS, NEW, CHANGED = 1_000, 30, 3, 5
EVERY, STEADY = 30.0, 60.0
THREADS = 32
WORDS = "<p>" + "The river rose above its banks and two people died in the town, officials said. " * 4 + "</p>"


def pin(core):
    os.sched_setaffinity(0, {core % os.cpu_count()})


def document(feed, version):
    """The feed at a version: only every CHANGED-th feed changes."""
    first = version * NEW if feed % CHANGED == 0 else 0
    items = "".join(
        f"<item><title>Flood {n} in town {feed}</title><link>https://paper{feed}.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>Mon, 28 Jun 2021 12:00:00 GMT</pubDate><description><![CDATA[{WORDS}{n}]]></description></item>"
        for n in range(first + ITEMS, first, -1)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Paper {feed}</title>{items}</channel></rss>'.encode()
    )


def server(pipe):
    """Serves the feeds; a number on the pipe is the version from then on."""
    pin(1)
    version = 0

    async def answer(request):
        feed = int(request.path[2:])
        etag = f'"{feed}-{version if feed % CHANGED == 0 else 0}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=document(feed, version), headers={"ETag": etag, "Content-Type": "text/xml"})

    async def serve():
        nonlocal version
        app = web.Application()
        app.router.add_get("/f{n}", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        pipe.send(site._server.sockets[0].getsockname()[1])
        while (wanted := await asyncio.to_thread(pipe.recv)) is not None:
            version = wanted
            pipe.send(version)
        await runner.cleanup()

    asyncio.run(serve())


class Sink:
    """Encodes records and lets them go."""

    def __init__(self):
        self.codec, self.items, self.stored = Codec(), 0, {}

    def publish(self, record):
        self.codec.encode(record)
        self.items += 1

    def store(self, name, stored):
        self.stored[name] = stored

    def flush(self):
        pass


def memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(run, items):
    cpu, wall, before = time.process_time(), time.perf_counter(), items()
    run()
    seconds, busy = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "feeds_per_s": round(FEEDS / busy, 1),
        "items_per_s": round((items() - before) / busy, 1),
        "items": items() - before,
        "cpu_s": round(busy, 2),
        "wall_s": round(seconds, 2),
    }


def ours(port, advance, out):
    pin(0)
    sink, late, due = Sink(), [], {}

    class Timed(Polled):
        async def read(self, position):
            if self.name in due:
                late.append(time.time() - due[self.name])
            async for item in super().read(position):
                yield item

    class Timing(Sink):
        def store(self, name, stored):
            sink.store(name, stored)
            due[name] = stored.plan.due

        def publish(self, record):
            sink.publish(record)

    async def poll(*, once, seconds=None):
        async with Web(allow=("127.0.0.0/8",), resolver=Names(), obey_robots=False) as client:
            sources = [
                Timed(f"feed:{n}", ARTICLE.name, f"http://paper{n}.test:{port}/f{n}", parse_feed, web=client, clock=now)
                for n in range(FEEDS)
            ]
            stop = asyncio.Event()
            if seconds:
                asyncio.get_running_loop().call_later(seconds, stop.set)
            runner = Runner(Timing(), dict(sink.stored), limits=ReadIntervals(shortest=EVERY, longest=EVERY))
            await runner.run(sources, once=once, stop=stop)

    found = {"cold": measure(lambda: asyncio.run(poll(once=True)), lambda: sink.items)}
    advance(1)
    found["warm"] = measure(lambda: asyncio.run(poll(once=True)), lambda: sink.items)
    advance(2)
    late.clear()
    cpu = time.process_time()
    asyncio.run(poll(once=False, seconds=STEADY))
    late.sort()
    found["steady"] = {
        "polls": len(late),
        "late_p50_s": round(late[len(late) // 2], 3),
        "late_p99_s": round(late[len(late) * 99 // 100], 3),
        "cpu_share": round((time.process_time() - cpu) / STEADY, 3),
    }
    found["memory_mb"] = round(memory_mb())
    out.put(found)


def peer(port, advance, out):
    pin(0)
    sink, etags, seen = Sink(), {}, {}
    session = requests.Session()
    adapter = requests.adapters.HTTPAdapter(pool_connections=THREADS, pool_maxsize=THREADS)
    session.mount("http://", adapter)

    def poll(n):
        url = f"http://127.0.0.1:{port}/f{n}"
        headers = {"If-None-Match": etags[n]} if n in etags else {}
        response = session.get(url, headers=headers, timeout=20)
        if response.status_code == 304:
            return
        etags[n] = response.headers["ETag"]
        answer = Answer(url, response.content, response.headers["Content-Type"])
        known, ids = seen.get(n, frozenset()), set()
        for article in parse_feed(answer, feed=f"feed:{n}", fetched_at=now()):
            if isinstance(article, Article):
                if article.article_id not in known:
                    sink.publish(article)
                ids.add(article.article_id)
        seen[n] = frozenset(ids)

    def poll_all():
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(poll, range(FEEDS)))

    found = {"cold": measure(poll_all, lambda: sink.items)}
    advance(1)
    found["warm"] = measure(poll_all, lambda: sink.items)
    found["memory_mb"] = round(memory_mb())
    out.put(found)


def now():
    return datetime.now(UTC)


def run(work):
    """One contender in a process of its own, against a server of its own."""
    context = multiprocessing.get_context("fork")
    near, far = context.Pipe()
    serving = context.Process(target=server, args=(far,), daemon=True)
    serving.start()
    port, out = near.recv(), context.Queue()

    def advance(version):
        near.send(version)
        near.recv()

    working = context.Process(target=work, args=(port, advance, out), daemon=True)
    working.start()
    found = out.get(timeout=600)
    working.join()
    near.send(None)
    serving.join()
    return found


def main():
    results = {"ours": run(ours), "threads": run(peer)}
    print(
        f"{platform.machine()}, one core, load {os.getloadavg()[0]:.1f}, {now():%Y-%m-%d}: {FEEDS} feeds of {ITEMS} items"
    )
    for name, found in results.items():
        for phase in ("cold", "warm"):
            got = found[phase]
            print(
                f"  {name:8} {phase}: {got['feeds_per_s']:8.1f} feeds/s {got['items_per_s']:9.1f} items/s of the core "
                f"({got['items']} items, {got['cpu_s']} s of it within {got['wall_s']} s)"
            )
        print(f"  {name:8} memory at most {found['memory_mb']} MB")
    steady = results["ours"]["steady"]
    print(
        f"  ours     each feed every {EVERY:g} s: {steady['polls']} polls in {STEADY:g} s, "
        f"late {steady['late_p50_s']} s (median) and {steady['late_p99_s']} s (99 %), {steady['cpu_share']:.0%} of the core"
    )
    print(json.dumps(results))


def bench_feeds():
    main()


if __name__ == "__main__":
    main()

"""The console's page under load, in a real Chromium.

    python -m tests.benchmarks.bench_console frames     # 5,000 incidents on the board, 50 of them change each second
    python -m tests.benchmarks.bench_console paint      # 500 articles at 20 a second on real Kafka: publish to paint
    python -m tests.benchmarks.bench_console first      # first paint and bytes of a first visit

Prints a line each. Publish to paint is from the moment an article is handed to Kafka's client to the first frame that
finds the incident's version that the article made, or a later one, drawn by the page: in its list, which has a row for
the first 100 and counts the others, and on its map. An article that makes no version (a copy that adds nothing) is told
apart. The figures of `paint` go into RESULTS.md.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from aiohttp.test_utils import TestServer

from connectors.ingest.publish import Publisher
from deploy.demo.demo import drain
from schemas.codec import Codec
from schemas.records import Article, Place
from streams.console.keys import BOARD
from streams.console.server import JOURNAL, PAGES, create_console
from streams.domain.alerting.rules import default_rules
from tests.benchmarks.machine import described
from tests.benchmarks.newsroom import Newsroom
from tests.browser.chromium import Page, tab
from tests.console.made import alert, incident, killed
from tests.integration.system import running

INCIDENTS, A_SECOND, SECONDS = 5_000, 50, 20
ARTICLES, RATE = 500, 20.0
WARM = 40  # articles before the measured ones, read to the end, so that the stages have their models
STUCK_SECONDS = 900.0
RESULTS = Path(__file__).with_name("RESULTS.md")
COUNTED = f"An article counts as painted in the first frame that finds the incident's version that it made, or a later one, drawn. {WARM} articles before them load the models."
COUNT_FRAMES = """(seconds => new Promise(done => {
  const times = []; const end = performance.now() + seconds * 1000;
  const tick = now => { times.push(now); if (now < end) requestAnimationFrame(tick); else done(times); };
  requestAnimationFrame(tick);
}))"""
# The versions of each incident that the page has drawn, each with when: the page clears `shine` at the end of a drawing,
# so what it holds without it was in that drawing's list, count and map. Looked at in each frame.
WATCH = """import('/static/state.js').then(({ board }) => {
  window.painted = {};
  const look = () => {
    const now = Date.now();
    for (const { incident_id, version, shine } of board.incidents.values()) {
      const drawn = (window.painted[incident_id] ??= []);
      if (!shine && drawn.at(-1)?.[0] !== version) drawn.push([version, now]);
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


@asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A tab of a new browser."""
    with tempfile.TemporaryDirectory() as folder:
        async with tab(Path(folder) / "profile") as page:
            yield page


async def frames() -> dict[str, Any]:
    """Frames a second while a full board changes."""
    app = create_console("127.0.0.1:1", Codec(), rules=default_rules())
    board, now = app[BOARD], datetime.now(UTC)
    spread = [
        incident(
            n, title=f"Incident {n} in town {n % 900}", last_changed=now - timedelta(minutes=n), severity=n % 6,
            place=Place(name=f"Town {n % 900}", country="HT", lat=(n * 7) % 120 - 50, lon=(n * 13) % 340 - 170, precision="city"),
        )
        for n in range(1, INCIDENTS + 1)
    ]  # fmt: skip
    for one in spread:
        board.apply(one)
    for one in spread[:300]:
        board.apply(alert(one))

    async def change() -> None:
        for n in itertools.count(2):
            one = spread[n * 17 % INCIDENTS]
            moved = replace(one, version=n, figures=(killed(n),), last_changed=datetime.now(UTC))
            for update in board.apply(moved):
                app[JOURNAL].note(update)
                for outbox in app[PAGES]:
                    outbox.put(update)
            await asyncio.sleep(1 / A_SECOND)

    async with TestServer(app) as server, browser() as page:
        await page.open(str(server.make_url("/")), width=1440, height=900)
        await page.until(f"document.querySelector('#incidents-count').textContent === '{INCIDENTS}'")
        changing = asyncio.create_task(change())
        await page.tell("Performance.enable", timeDomain="threadTicks")
        before = await busy(page)
        times = await page.ask(f"{COUNT_FRAMES}({SECONDS})")
        after = await busy(page)
        changing.cancel()
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    return {
        "incidents": INCIDENTS, "updates_a_second": A_SECOND, "frames_a_second": round(len(gaps) / SECONDS, 1),
        "main_thread_busy": round((after - before) / SECONDS, 3), "longest_gap_ms": round(gaps[-1]), "gap_p99_ms": round(gaps[int(len(gaps) * 0.99)]),
    }  # fmt: skip


async def busy(page: Page) -> float:
    """Seconds of processor time that the page's main thread has used: what others do on the machine does not count."""
    metrics = (await page.tell("Performance.getMetrics"))["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


async def paint() -> dict[str, Any]:
    """Publish to paint over invented news on real parts, also into RESULTS.md."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, running("real", Path(folder)) as system:
        app = create_console(system.settings.kafka, Codec(), rules=default_rules())
        async with TestServer(app) as server, browser() as page:
            await page.open(f"{server.make_url('/')}?stories=1", width=1440, height=900)
            await page.until("document.querySelector('#health').textContent === 'live'")
            await page.ask(WATCH)
            for seed, count in ((2, WARM), (1, ARTICLES)):
                sent = await asyncio.to_thread(_publish, system.settings, random.Random(seed), count)
                await asyncio.to_thread(drain, system.settings.kafka, seconds=STUCK_SECONDS)
            painted = await settled(page)
        steps = [(i, s) for i, held in app[BOARD].incidents.items() for s in held.steps.values()]
    made = [(s.change.document_id, i, s.version) for i, s in steps if s.change.document_id]
    waits = publish_to_paint(sent, made, painted)
    cuts = quantiles(waits, n=100)
    figures = {
        "articles": len(sent), "a_second": RATE, "made_a_version": len({d for d, _, _ in made if d in sent}), "painted": len(waits),
        "p50_s": round(cuts[49], 2), "p95_s": round(cuts[94], 2), "p99_s": round(cuts[98], 2), "longest_s": round(max(waits), 2),
        "load_before": round(load),
    }  # fmt: skip
    keep(figures)
    return figures


def publish_to_paint(
    sent: dict[str, float], made: list[tuple[str, str, int]], painted: dict[str, list[tuple[int, int]]]
) -> list[float]:
    """Seconds from publication to paint of each article that was painted, in ascending order.

    `sent`: seconds since 1970 by article. `made`: (article, incident, version). `painted`: (version, milliseconds since
    1970) by incident, in order. A version counts as painted with itself or a later one, as the page may skip one that
    is outdated already; of an article's incidents the one painted first counts.
    """
    first: dict[str, float] = {}
    for document, incident_id, version in made:
        at = next((at / 1000 for shown, at in painted.get(incident_id, ()) if shown >= version), None)
        if at is not None and document in sent:
            first[document] = min(at, first.get(document, at))
    return sorted(at - sent[document] for document, at in first.items())


async def settled(page: Page) -> dict[str, list[tuple[int, int]]]:
    """What was painted when, once nothing new is painted for five seconds."""
    painted: dict[str, list[tuple[int, int]]] = {}
    while (now := await page.ask("window.painted")) != painted:
        painted = now
        await asyncio.sleep(5)
    return painted


def keep(figures: dict[str, Any]) -> None:
    """Write the figures of publish to paint into RESULTS.md."""
    lines = [
        "## console: publish to paint",
        "",
        f"`python -m tests.benchmarks.bench_console paint`; real Kafka, Chromium; {', '.join(described().values())}. {COUNTED}",
        "",
        "| figure | measured |",
        "|---|---|",
        *(f"| {name.replace('_', ' ')} | {value:,} |" for name, value in figures.items()),
    ]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")


def _publish(settings: Any, dice: random.Random, count: int) -> dict[str, float]:
    """Publish at the pace; when each article was handed over, by its id."""
    sent: dict[str, float] = {}
    news: list[Article] = list(
        itertools.islice(
            Newsroom(dice).articles(datetime.now(UTC) - timedelta(hours=90), timedelta(minutes=10)),
            count,
        )
    )
    with Publisher(settings.kafka, Codec(), batch_bytes=settings.batch_bytes) as publisher:
        began = time.time()
        for n, article in enumerate(news):
            time.sleep(max(0.0, began + n / RATE - time.time()))
            sent[article.article_id] = time.time()
            publisher.publish(article)
            publisher.flush()
    return sent


async def first() -> dict[str, Any]:
    """First paint, and what a first visit transfers."""
    app = create_console("127.0.0.1:1", Codec(), rules=default_rules())
    for n in range(1, 500):
        app[BOARD].apply(incident(n))
    async with TestServer(app) as server, browser() as page:
        await page.open(str(server.make_url("/")), width=1440, height=900)
        await page.until("document.querySelector('#incidents-count').textContent === '499'")
        shown = await page.ask("performance.getEntriesByType('paint').map(p => [p.name, Math.round(p.startTime)])")
        sizes = await page.ask(
            "performance.getEntriesByType('resource').map(r => [r.name.split('/').pop(), r.transferSize])"
        )
    scripts = sum(size for name, size in sizes if name.endswith(".js"))
    return {**dict(shown), "script_bytes_unpacked": scripts, "all_bytes": sum(size for _, size in sizes)}


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="The console's page under load.")
    parser.add_argument("what", choices=("frames", "paint", "first"))
    what = {"frames": frames, "paint": paint, "first": first}[parser.parse_args().what]
    print(json.dumps({**asyncio.run(what()), **described()}))


if __name__ == "__main__":
    main()

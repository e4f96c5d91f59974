"""The console's page in a real browser: what it shows, how it changes, how it is used."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from connectors.ingest.publish import Publisher
from deploy.actions.setup import create_topics
from deploy.embedded.broker import PRODUCER_BATCH_BYTES, broker
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from schemas.codec import Codec
from schemas.records import Place
from streams.console.archive import Archive
from streams.console.metrics import Group
from streams.console.server import Groups, create_console
from streams.settings import Settings
from tests.browser.chromium import Page, needs_browser, tab
from tests.console.made import PORT, START, alert, claim, feed, incident, killed, relation

pytestmark = needs_browser

QUAKE = incident(
    1, title="Quake shakes Port Harbour", figures=(killed(24, 20, 31),),
    claims=(claim(24, "the mayor"), claim(31, "Quake Watch", "ngo"), claim(20, None, "unattributed")),
)  # fmt: skip
FIRE = incident(
    2, title="Fire <b>burns</b> a warehouse", subtype="explosion-fire", family="accidents", severity=3,
    place=Place(name="Genoa", country="IT", lat=44.4, lon=8.9, precision="country"), last_changed=START,
)  # fmt: skip
MINOR = incident(3, title="Small shake, nobody hurt", severity=1, figures=(), claims=(), place=None)
STORY = incident(4, title="Parliament debates", role="story", severity=0, figures=(), claims=(), place=PORT)
ALERTS, INCIDENTS = "alerts.children.length", "incidents.children.length"  # elements with an id are globals


@dataclass
class Stage:
    """A page on a running console on a running broker."""

    page: Page
    bootstrap: str
    broker: Child
    address: str

    async def publish(self, *records: object) -> None:
        def send() -> None:
            with Publisher(self.bootstrap, Codec(), batch_bytes=PRODUCER_BATCH_BYTES) as publisher:
                for record in records:
                    publisher.publish(record)

        await asyncio.to_thread(send)


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[tuple[str, Child]]:
    (port,) = free_ports(1)
    with broker(tmp_path / "broker", port=port) as child:
        yield f"127.0.0.1:{port}", child


@asynccontextmanager
async def stage(
    kafka: tuple[str, Child], folder: Path, width: int = 1440, height: int = 900, groups: Groups = dict,
    archive: Archive | None = None,
) -> AsyncIterator[Stage]:  # fmt: skip
    bootstrap, child = kafka
    await asyncio.to_thread(create_topics, Settings(kafka=bootstrap, partitions=1))
    app = create_console(bootstrap, Codec(), groups, archive=archive)
    async with TestServer(app) as server, tab(folder / "profile") as page:
        address = str(server.make_url("/"))
        await page.open(address, width=width, height=height)
        yield Stage(page, bootstrap, child, address)
        assert [url for url in page.requested if not url.startswith((address, "data:"))] == []


async def test_a_page_shows_incidents_and_alerts_and_changes_them_in_place(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await page.until("health.textContent === 'live'")
        await page.until("document.querySelector('#alerts-empty').textContent.includes('tocsin demo')")

        await on.publish(QUAKE, FIRE, MINOR, STORY, alert(QUAKE), alert(FIRE, level="warning"))
        await page.until(f"{INCIDENTS} === 3 && {ALERTS} === 2")
        assert await page.texts("#alerts .title") == [QUAKE.title, FIRE.title]
        assert set(await page.texts("#incidents .title")) == {QUAKE.title, FIRE.title, MINOR.title}
        assert len(await page.texts("#dots .dot")) == 2
        assert len(await page.texts("#dots .dot.vague")) == 1
        assert len(await page.texts("#alerts .unseen")) == 2
        assert "(2)" in await page.ask("document.title")

        await page.ask("window.second = alerts.children[1]; second.querySelector('button').focus()")
        worse = replace(QUAKE, version=2, figures=(killed(74),), severity=5, last_changed=START.replace(hour=18))
        await on.publish(worse, alert(worse, 2))
        await page.until("alerts.firstChild.querySelectorAll('.moved').length === 2")
        pills = await page.texts("#alerts li:first-child .moved")
        assert [" ".join(p.split()) for p in pills] == ["killed 24 (20–31) now → 74", "severity 4 now → 5"]
        assert await page.ask("alerts.children.length === 2 && alerts.children[1] === second")
        assert await page.ask("second.contains(document.activeElement)")
        assert "figures changed" in await page.text("#said")
        assert await page.ask("document.documentElement.scrollHeight <= innerHeight")  # only the panes scroll
        assert page.complaints == []


async def test_feeds_that_are_not_well_stand_by_themselves(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        well, quiet = (
            feed(1, title="Example Times"),
            feed(2, title="Quiet <b>Post</b>", status="silent", reason="nothing new for 21 h"),
        )
        await on.publish(well, quiet)
        await page.until("!feeds.hidden && troubled.children.length === 1")
        assert await page.text("#feeds-title") == "2 feeds: 1 silent"
        await page.ask("feeds.open = true")
        await page.until("document.querySelector('#troubled .meta')?.innerText")  # drawn, not only built
        assert await page.texts("#troubled .title, #troubled .meta") == [quiet.title, quiet.reason]
        assert await page.ask(f"{ALERTS}") == 0
        await on.publish(feed(2, title=quiet.title, revision=2))
        await page.until("troubled.children.length === 0")
        assert await page.text("#feeds-title") == "2 feeds: all well"
        assert page.complaints == []


async def test_choosing_filtering_and_keys(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(QUAKE, FIRE, MINOR, STORY, alert(QUAKE), relation(1, 1, 2))
        await page.until(f"{INCIDENTS} === 3")
        await page.ask("incidents.querySelector('button').focus()")
        await page.press("ArrowDown")
        await page.ask("document.activeElement.click()")
        await page.until("document.querySelector('#detail h2')")
        assert await page.text("#detail h2") == (await page.texts("#incidents .title"))[1]

        await page.ask("document.querySelector('#dots g:not(.vague)').dispatchEvent(new MouseEvent('click'))")
        await page.until("detail.querySelector('h2')?.textContent.startsWith('Quake')")
        assert await page.texts(".ranges tbody th") == ["all together", "official", "NGO", "no named source"]
        claims = " ".join(await page.texts(".claims"))
        assert all(words in claims for words in ("31 killed", "Quake Watch", "the mayor", "20 people were killed"))
        assert await page.text('#detail td a[href^="#"]') == FIRE.title
        await page.press("Escape")
        await page.until("!detail.querySelector('h2')")

        await page.press("/")
        assert await page.ask("document.activeElement.id") == "words"
        await page.fill("#words", "quake norway")
        await page.until(f"{INCIDENTS} === 0")
        assert "None of 4" in await page.text("#incidents-empty")
        await page.fill("#words", "fire genoa")
        await page.until(f"{INCIDENTS} === 1")
        await page.fill("#words", "")
        await page.ask("stories.click()")
        await page.until(f"{INCIDENTS} === 4")
        assert page.complaints == []


async def test_what_stood_there_at_a_first_visit_is_no_news_later_revisions_are(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await page.until("health.textContent === 'live'")
        await on.publish(QUAKE, alert(QUAKE))
        await page.until(f"{ALERTS} === 1")
        await page.ask("localStorage.clear()")
        await page.open(f"{on.address}?again", width=1440, height=900)
        await page.until(f"{ALERTS} === 1")
        assert await page.ask("seen.hidden")
        worse = replace(QUAKE, version=2, figures=(killed(74),))
        await on.publish(worse, alert(worse, 2))
        await page.until("!seen.hidden && document.title.startsWith('(1)')")
        assert await page.texts("#alerts .unseen") == ["changed"]
        await page.ask("seen.click()")
        await page.until("seen.hidden && document.title === 'Tocsin'")


async def test_a_narrow_page_fits_and_shows_the_chosen_over_the_lists(kafka, tmp_path):
    async with stage(kafka, tmp_path, width=390, height=844) as on:
        page = on.page
        await on.publish(QUAKE, FIRE, alert(QUAKE))
        await page.until(f"{ALERTS} === 1 && {INCIDENTS} === 2")
        assert await page.ask("document.documentElement.scrollWidth <= innerWidth")
        assert await page.ask("getComputedStyle(detail).display") == "none"
        await page.ask("alerts.querySelector('button').click()")
        await page.until("detail.querySelector('h2') && detail.getBoundingClientRect().width === innerWidth")
        assert await page.ask("document.activeElement === detail.querySelector('h2')")
        assert await page.ask("detail.scrollWidth <= innerWidth")
        await page.ask("detail.querySelector('.close').click()")
        await page.until("getComputedStyle(detail).display === 'none'")


async def test_everything_to_press_or_fill_has_a_name(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        await on.publish(QUAKE, alert(QUAKE))
        await on.page.until(f"{ALERTS} === 1")
        controls = "[...document.querySelectorAll('button, input, select, summary')]"
        named = "(e.ariaLabel || e.labels?.[0]?.textContent || e.textContent).trim()"
        assert await on.page.ask(f"{controls}.filter(e => !{named}).map(e => e.outerHTML)") == []


async def test_a_page_says_when_kafka_is_away_and_comes_back(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(QUAKE)
        await page.until(f"{INCIDENTS} === 1")
        on.broker.kill()
        await page.until("!trouble.hidden")
        assert on.bootstrap in await page.text("#trouble")
        assert await page.text("#health") == "not live"
        assert await page.texts("#incidents .title") == [QUAKE.title]
        on.broker.start().wait_ready()
        await asyncio.to_thread(create_topics, Settings(kafka=on.bootstrap, partitions=1))
        await page.until("health.textContent === 'live'")
        assert await page.ask("trouble.hidden")


async def test_a_page_does_not_say_that_there_is_nothing_before_kafka_has_told(tmp_path):
    app = create_console(f"127.0.0.1:{free_ports(1)[0]}", Codec(), dict)
    async with TestServer(app) as server, tab(tmp_path / "profile") as page:
        await page.open(str(server.make_url("/")), width=1440, height=900)
        await page.until("!trouble.hidden")
        assert await page.texts("#alerts-empty, #incidents-empty") == ["Asking Kafka what there is."] * 2


@dataclass
class Relay:
    """Passes bytes on between a page and a console until it is frozen: open connections, and not a word."""

    port: int
    flows: asyncio.Event

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, there = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(self._pass_on(reader, there), self._pass_on(back, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                await self.flows.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


async def test_a_page_on_a_frozen_connection_says_so_and_recovers(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        relay = Relay(int(on.address.rstrip("/").rsplit(":", 1)[1]), asyncio.Event())
        relay.flows.set()
        server = await asyncio.start_server(relay.meet, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await on.page.open(f"http://127.0.0.1:{port}/", width=1440, height=900)
        await on.page.until("health.textContent === 'live'")
        relay.flows.clear()
        await on.page.until("health.className === 'waiting' && health.textContent.startsWith('no word for')")
        assert await on.page.ask("trouble.hidden")
        await on.page.until("health.textContent === 'not live'")
        assert "fallen silent" in await on.page.text("#trouble")
        relay.flows.set()
        await on.page.until("health.textContent === 'live'")
        server.close()
        on.page.requested.clear()


@pytest.mark.parametrize("address", ["%E0%A4%A", "%", "nothing", "%F0%9F"])
async def test_a_malformed_address_empties_no_page(kafka, tmp_path, address):
    async with stage(kafka, tmp_path) as on:
        await on.publish(QUAKE)
        await on.page.open(f"{on.address}#{address}", width=1440, height=900)
        await on.page.until(f"{INCIDENTS} === 1")
        await on.page.until("detail.textContent.includes('not held here')")
        assert not [c for c in on.page.complaints if "Error" in c]


async def test_a_target_that_takes_no_alerts_is_told_on_the_badge(kafka, tmp_path):
    groups: dict[str, Group] = {}
    async with stage(kafka, tmp_path, groups=lambda: groups) as on:
        await on.page.until("health.textContent === 'live'")
        groups["notify-desk"] = Group("failing", 3, "it answers 503")
        await on.page.until("health.textContent === 'notify-desk failing'")
        assert await on.page.text("#trouble") == "notify-desk: it answers 503."
        async with ClientSession() as session, session.get(f"{on.address}health") as answer:
            assert (answer.status, (await answer.json())["groups"]["notify-desk"]["state"]) == (503, "failing")
        groups.clear()
        await on.page.until("health.textContent === 'live' && trouble.hidden")

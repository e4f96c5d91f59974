"""A search goes beyond what the console holds: what ClickHouse finds stands apart, opens, and is kept in the address."""

from collections.abc import Iterator

import pytest

from connectors.load.explain import explain
from connectors.load.migrate import migrate
from connectors.sinks.embedded import EmbeddedStore
from deploy.actions.archive import ClickHouseArchive
from schemas.records import Place
from tests.browser.test_console_page import INCIDENTS, QUAKE, kafka, pytestmark, stage
from tests.connectors.load_rows import put
from tests.console.made import incident, killed

__all__ = ["kafka", "pytestmark"]

OLD = incident(
    9, title="Shaking at night kills 31", figures=(killed(31),),
    place=Place(name="Talca", country="CL", lat=-35.4, lon=-71.7, precision="city"),
)  # fmt: skip
TITLES = "[...document.querySelectorAll('#incidents .title')].map(e => e.textContent).join()"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseArchive]:
    store = EmbeddedStore(tmp_path_factory.mktemp("clickhouse"))
    migrate(store)
    explain(store)
    put(store, OLD, QUAKE)
    yield ClickHouseArchive(store)
    store.close()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
async def test_older_results_stand_apart_open_and_are_kept_in_the_address(kafka, tmp_path, archive, width, height):
    async with stage(kafka, tmp_path, width, height, archive=archive) as on:
        page = on.page
        await on.publish(QUAKE)
        await page.until(f"{INCIDENTS} === 1")
        await page.fill("#words", "earthquakes in Chile")
        await page.until(f"{TITLES} === '{OLD.title}'")
        assert "1 more result from ClickHouse" in await page.text("#incidents .older")
        assert "ClickHouse has some" in await page.text("#incidents-empty")
        await page.ask("document.querySelector('#incidents .title').closest('button').click()")
        await page.until("document.querySelector('#detail .figure')")
        assert "From ClickHouse" in await page.text("#detail .note")
        assert await page.text("#open-correct") is None
        address = await page.ask("location.href")
        assert "q=earthquakes" in address

        await page.open(address, width=width, height=height)
        await page.until(f"{TITLES} === '{OLD.title}' && document.querySelector('#detail .figure')")
        await page.ask("location.hash = ''")
        await page.fill("#words", "earthquakes")
        await page.until(f"{TITLES} === '{QUAKE.title},{OLD.title}'")  # what is held stands once, and first
        await page.fill("#words", "")
        await page.until(f"{TITLES} === '{QUAKE.title}' && !document.querySelector('#incidents .older')")
        assert page.complaints == []


async def test_a_clickhouse_that_does_not_answer_is_told_and_the_rest_goes_on(kafka, tmp_path):
    async with stage(kafka, tmp_path, archive=ClickHouseArchive("http://127.0.0.1:1")) as on:
        page = on.page
        await on.publish(QUAKE)
        await page.fill("#words", "quake")
        await page.until("document.querySelector('#incidents .older')?.textContent.includes('not known now')")
        assert await page.ask(TITLES) == QUAKE.title

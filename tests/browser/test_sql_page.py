"""The page that asks in a browser: questions, parameters, charts and refusals, in a real one."""

from contextlib import asynccontextmanager

import pytest

from connectors.load.explain import explain
from connectors.load.migrate import migrate
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.http_gateway import HttpGateway
from deploy.actions.sql_page import sql_page
from tests.browser.chromium import needs_browser, tab
from tests.connectors.load_rows import put
from tests.console.made import incident

pytestmark = [needs_browser, pytest.mark.timeout(300)]
ROWS = "document.querySelectorAll('#result tbody tr').length"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    store = EmbeddedStore(tmp_path_factory.mktemp("clickhouse"))
    migrate(store)
    explain(store)
    families = ("disasters", "disasters", "explosions")
    put(store, *(incident(n, 1, family=family, title=f"<b>{family}</b> {n}") for n, family in enumerate(families)))
    gateway = HttpGateway(store, port=0, pages=sql_page())
    yield gateway.start()
    gateway.stop()
    store.close()


@asynccontextmanager
async def opened(address, folder):
    async with tab(folder) as page:
        await page.open(f"{address}/page", width=1200, height=800)
        await page.until("document.body.dataset.ready === 'yes'")
        await page.until(f"{ROWS} > 0")
        yield page


async def test_a_question_of_the_cookbook_answers_with_table_and_chart(address, tmp_path):
    async with opened(address, tmp_path) as page:
        assert await page.ask(ROWS) == 2
        assert await page.ask("document.querySelectorAll('#chart rect').length") == 2
        assert await page.ask("document.querySelector('#result td').textContent") == "disasters"
        await page.ask("document.querySelector('button[title=latest]').click()")
        await page.until(f"{ROWS} === 3")
        assert await page.ask("document.querySelector('#result td:nth-child(2)').textContent") == "<b>disasters</b> 0"
        assert page.complaints == []


async def test_a_parameter_narrows_the_answer_and_is_no_part_of_the_statement(address, tmp_path):
    async with opened(address, tmp_path) as page:
        await page.ask("document.querySelector('button[title=now]').click()")
        await page.until(f"{ROWS} === 3")
        await page.ask("document.querySelector('[name=family]').value = 'explosions'; run.click()")
        await page.until(f"{ROWS} === 1")
        await page.ask("document.querySelector('[name=family]').value = \"x' OR 1 = 1 --\"; run.click()")
        await page.until(f"{ROWS} === 0")


async def test_what_the_gate_refuses_is_told(address, tmp_path):
    async with opened(address, tmp_path) as page:
        for statement in ("DROP TABLE incident", "SELECT * FROM file('/etc/passwd')", "SELECT nothing FROM incidents"):
            await page.ask(f"sql.value = {statement!r}; run.click()")
            await page.until("!refused.hidden && refused.textContent.includes('Code: ')")
            await page.ask("refused.hidden = true")


async def test_a_download_is_the_whole_answer(address, tmp_path):
    async with opened(address, tmp_path) as page:
        await page.ask("window.kept = []; URL.createObjectURL = (blob) => { kept.push(blob); return '#' }")
        await page.ask("sql.value = 'SELECT number FROM numbers(2000)'; run.click()")
        await page.until(f"{ROWS} === 1000")
        await page.ask("format.value = 'CSVWithNames'; format.dispatchEvent(new Event('change'))")
        await page.until("kept.length === 1 && kept[0].size > 5000")

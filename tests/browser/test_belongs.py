"""Why a report belongs to an incident, in words: with the names that it shares with the reports before it."""

from dataclasses import replace

from connectors.load.explain import explain
from connectors.load.migrate import migrate
from connectors.sinks.embedded import EmbeddedStore
from deploy.actions.archive import ClickHouseArchive
from schemas.records import Change
from tests.browser.test_console_page import INCIDENTS, QUAKE, kafka, pytestmark, stage
from tests.connectors.load_rows import put
from tests.console.made import ident
from tests.integration.loading import EXAMPLES

__all__ = ["kafka", "pytestmark"]

PARTS = {"same_place": 1.0, "days": 0.0, "people": 0.0, "subtype": 1.0}
FIRST = "The wounded were brought to the Rafidiyah hospital late at night."
SECOND = "Nurses of Rafidiyah hospital counted 24 dead through the night, in Italian news."


def report(n, passage):
    changes = {"mention_id": ident(n), "document_id": ident(n), "story_id": ident(n), "passage": passage}
    return replace(EXAMPLES["news.mention.v1"], **changes)


def version(number, mention):
    change = Change(
        kind="opened" if number == 1 else "joined", mention_id=ident(mention), document_id=ident(mention), score=0.97,
        parts={} if number == 1 else PARTS,
    )  # fmt: skip
    return replace(QUAKE, version=number, change=change)


async def test_a_report_belongs_by_what_both_say_and_the_numbers_stand_behind_a_fold(kafka, tmp_path):
    store = EmbeddedStore(tmp_path / "clickhouse")
    migrate(store)
    explain(store)
    put(store, report(60, FIRST), version(1, 60), report(61, SECOND), version(2, 61))
    async with stage(kafka, tmp_path, archive=ClickHouseArchive(store)) as on:
        page = on.page
        await on.publish(version(1, 60), version(2, 61))
        await page.until(f"{INCIDENTS} === 1")
        await page.ask("incidents.querySelector('button').click()")
        await page.until("document.querySelector('#detail .why')?.textContent.includes('Rafidiyah')")
        assert await page.text("#detail .why") == (
            "Belongs here: same place, same night, both name the Rafidiyah hospital, "
            "both tell of the same kind of incident (earthquake)."
        )
        numbers = "document.querySelector('#detail .versions details')"
        assert not await page.ask(f"{numbers}.open")
        assert "score 0.97" in await page.ask(f"{numbers}.textContent")
        assert page.complaints == []
    store.close()

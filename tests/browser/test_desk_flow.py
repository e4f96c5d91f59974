"""A desk at work, in real browsers: a rule tried and saved, an alert acknowledged, a view found again by its address."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from aiohttp.test_utils import TestServer

from deploy.actions.tail import follow
from schemas.codec import Codec
from schemas.records import Change, Growth, Place, Silence
from schemas.topics import RULE, TRIAGE
from streams.console.server import create_console
from streams.domain.alerting.rules import default_rules
from streams.domain.alerting.silence import incident_of
from tests.browser.chromium import tab
from tests.browser.desk import fill_form
from tests.browser.test_console_page import ALERTS, INCIDENTS, kafka, pytestmark, stage
from tests.console.made import START, alert, feed, ident, incident, killed

__all__ = ["kafka", "pytestmark"]

BAGHDAD = Place(name="Baghdad", country="IQ", admin1="Baghdad", lat=33.3, lon=44.4, precision="city")
BLAST = {"family": "explosions", "subtype": "suicide-bomb", "place": BAGHDAD}
GREAT = incident(1, title="Blast in a market kills 12", figures=(killed(12),), severity=4, **BLAST)
SMALL = incident(2, title="Blast injures a guard", figures=(killed(1),), severity=3, **BLAST)
QUAKE = incident(3, title="Quake kills 24", place=Place(name="Talca", country="CL", lat=-35.4, lon=-71.7), severity=4)
LOUD = alert(GREAT)


def newest(bootstrap: str, topic: str) -> list[object]:
    return [read.record for read in follow(bootstrap, topic, from_start=True, until_end=True)]


async def test_a_rule_is_set_up_tried_on_what_is_held_and_saved(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(GREAT, SMALL, QUAKE)
        await page.until(f"{INCIDENTS} === 3")
        await page.fill("#me", "mara")
        await page.ask("document.querySelector('#open-rules').click()")
        await page.until("document.querySelector('#rules').open")
        await fill_form(page, name="Iraq, 5 killed", types="explosions", countries="Iraq", what0="killed", value0="5")
        await page.ask("document.querySelector('#rule-test').click()")
        await page.until("document.querySelector('#rule-preview').textContent.startsWith('1 alert of 3 incidents')")
        assert GREAT.title in await page.text("#rule-preview .met")
        assert await asyncio.to_thread(newest, on.bootstrap, RULE.name) == []

        await page.ask("document.querySelector('#rule-save').click()")
        await page.until("document.querySelector('#rules-list').textContent.includes('Iraq, 5 killed')")
        (saved,) = await asyncio.to_thread(newest, on.bootstrap, RULE.name)
        assert (saved.author, saved.countries, saved.types, saved.figures[0].value) == (
            "mara",
            ("IQ",),
            ("explosions",),
            5,
        )

        await fill_form(page, countries="Irak")
        await page.ask("document.querySelector('#rule-save').click()")
        await page.until("!document.querySelector('#rule-said').hidden")
        assert await page.text("#rule-said") == "No country is called Irak."
        await page.ask("document.querySelector('#rules-list button').click()")
        assert await page.ask("document.querySelector('#rule [name=countries]').value") == "Iraq"
        await page.ask("document.querySelector('#rule-delete').click()")
        await page.until("!document.querySelector('#rules-list').textContent.includes('Iraq')")
        assert (await asyncio.to_thread(newest, on.bootstrap, RULE.name))[-1].deleted
        assert page.complaints == []


async def test_rules_on_growth_and_on_silent_feeds_are_set_up_in_the_form(kafka, tmp_path):
    async with stage(kafka, tmp_path, 1280, 800) as on:
        page = on.page
        usual = [
            replace(SMALL, incident_id=ident(20 + n), first_seen=START - timedelta(days=3 * n + 2)) for n in range(4)
        ]
        burst = [replace(GREAT, incident_id=ident(40 + n), first_seen=START + timedelta(hours=n)) for n in range(3)]
        await on.publish(*usual, *burst, feed(1, status="silent", title="Wire One"), feed(2))
        await page.until(f"{INCIDENTS} === 7 && !feeds.hidden")
        await page.fill("#me", "mara")
        await page.ask("document.querySelector('#open-rules').click()")
        await fill_form(page, name="Iraq, more than usual", types="explosions", times="3", test_days="3660")
        await page.ask("document.querySelector('#rule-test').click()")
        await page.until("document.querySelector('#rule-preview').textContent.startsWith('1 alert of 7 incidents')")
        await page.ask("document.querySelector('#rule-save').click()")
        await page.until("document.querySelector('#rules-list').textContent.includes('more than usual')")

        await page.ask("document.querySelector('#rule-new').click()")
        hidden = "document.querySelector('#rule .of-incidents').getClientRects().length === 0"
        await fill_form(page, name="Silent wires", about="feeds", feeds="wire")
        await page.until(hidden)
        await page.ask("document.querySelector('#rule-test').click()")
        await page.until("document.querySelector('#rule-preview').textContent.startsWith('1 alert of 1 feed ')")
        assert "Nothing new from Wire One" in await page.text("#rule-preview .met")
        await page.ask("document.querySelector('#rule-save').click()")
        await page.until("document.querySelector('#rules-list').textContent.includes('Silent wires')")
        saved = {rule.name: rule for rule in await asyncio.to_thread(newest, on.bootstrap, RULE.name)}
        assert saved["Iraq, more than usual"].growth == Growth(times=3)
        assert saved["Silent wires"].silence == Silence(feeds=("wire",))

        for name, shown in (("Iraq", "value === '3' && !(" + hidden + ")"), ("Silent", "form && " + hidden)):
            item = f"[...document.querySelectorAll('#rules-list button')].find(b => b.textContent.startsWith('{name}'))"
            await page.ask(f"{item}.click()")
            await page.until(f"document.querySelector('#rule [name=times]').{shown}")
        assert await page.ask("document.querySelector('#rule [name=feeds]').value") == "wire"
        assert page.complaints == []


async def test_an_alert_about_a_feed_opens_like_any_other(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        silent = feed(
            1, title="Wire One", reason="usually 40 a day", last_item_at=START, checked_at=START + timedelta(hours=7)
        )
        await on.publish(alert(incident_of(silent), level="warning", rule="silence"))
        await page.until(f"{ALERTS} === 1")
        assert await page.text("#alerts .title") == "Nothing new from Wire One for 7 h"
        await page.ask("alerts.querySelector('button').click()")
        await page.until("document.querySelector('#detail .acknowledge')")
        detail = await page.text("#detail")
        assert "usually 40 a day" in detail
        assert "Origins" not in detail
        assert "0 reports" not in detail


async def test_what_one_browser_acknowledges_another_sees_on_another_console(kafka, tmp_path):
    async with (
        stage(kafka, tmp_path) as on,
        TestServer(create_console(on.bootstrap, Codec(), rules=default_rules())) as elsewhere,
        tab(tmp_path / "second") as other,
    ):
        await other.open(str(elsewhere.make_url("/?desk=acknowledged")), width=1280, height=800)
        await on.publish(GREAT, LOUD)
        await on.page.until(f"{ALERTS} === 1")
        await on.page.ask("alerts.querySelector('button').click()")
        await on.page.until("document.querySelector('.triage .acknowledge')")
        await on.page.ask("document.querySelector('.acknowledge').click()")
        await on.page.until("!document.querySelector('.triage .refused').hidden")
        assert "your name" in await on.page.text(".triage .refused")
        assert await other.ask(ALERTS) == 0

        await on.page.fill("#me", "mara")
        await on.page.ask("document.querySelector('.acknowledge').click()")
        await other.until(f"{ALERTS} === 1 && document.querySelector('#alerts .mark').textContent === '✓ mara'")
        await on.page.until("document.querySelector('.triage').textContent.includes('acknowledged by mara')")
        await on.page.fill(".acts input", "known to the night desk")
        await on.page.ask("document.querySelector('.silence').click()")
        await other.until("document.querySelector('#alerts').textContent.includes('silenced')")
        acts = await asyncio.to_thread(newest, on.bootstrap, TRIAGE.name)
        assert [(t.revision, t.act, t.silence_reason) for t in acts] == [
            (1, "acknowledge", ""), (2, "silence", "known to the night desk"),
        ]  # fmt: skip


async def test_a_view_is_kept_in_the_address_and_finds_alerts_and_incidents_alike(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        old = replace(SMALL, last_changed=START - timedelta(days=3))
        await on.publish(GREAT, old, QUAKE, LOUD, alert(QUAKE))
        await page.until(f"{INCIDENTS} === 3 && {ALERTS} === 2")
        for words, found in (("explosions in iraq", 2), ("quakes in chile", 1), ("iraq chile", 0), ("market", 1)):
            await page.fill("#words", words)
            await page.until(f"{INCIDENTS} === {found}")
        await page.fill("#words", "iraq")
        await page.fill("#find-what", "killed")
        await page.fill("#find-least", "5")
        await page.until(f"{INCIDENTS} === 1 && {ALERTS} === 1")
        address = await page.ask("location.href")
        assert "q=iraq" in address
        assert "least=5" in address
        await page.ask("document.querySelector('#find-clear').click()")
        await page.until(f"{INCIDENTS} === 3 && location.search === ''")
        await page.fill("#find-hours", "24")
        await page.until(f"{INCIDENTS} === 2")

        await page.open(address, width=1440, height=900)
        await page.until(f"{INCIDENTS} === 1 && {ALERTS} === 1")
        assert await page.texts("#incidents .title") == [GREAT.title]


async def test_an_incident_tells_in_words_why_a_report_belongs_and_what_its_severity_is_made_of(kafka, tmp_path):
    parts = {"same_place": 1.0, "days": 0.6931, "subtype": 1.0, "killed": 1.0, "text": 0.2}
    async with stage(kafka, tmp_path) as on:
        await on.publish(GREAT, replace(GREAT, version=2, change=Change(kind="joined", score=0.9, parts=parts)))
        await on.page.until(f"{INCIDENTS} === 1")
        await on.page.ask("incidents.querySelector('button').click()")
        await on.page.until("document.querySelector('#detail .why')")
        assert await on.page.text("#detail .why") == (
            "Belongs here: same place, a day apart, as many killed, both tell of the same kind of incident (suicide bomb)."
        )
        assert "12 killed, 10 or more: 4" in await on.page.text("#detail details")


async def test_n_goes_to_the_next_unseen_alert(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await page.until("health.textContent === 'live'")
        await on.publish(GREAT, QUAKE, LOUD, alert(QUAKE))
        await page.until("document.querySelectorAll('#alerts .unseen').length === 2")
        titles = await page.texts("#alerts .title")
        for unseen in (1, 0):
            await page.press("n")
            await page.until(f"document.querySelectorAll('#alerts .unseen').length === {unseen}")
            await page.until(f"document.querySelector('#detail h2')?.textContent === '{titles[1 - unseen]}'")


async def test_what_was_seen_is_each_persons_own(kafka, tmp_path):
    unseen = "document.querySelectorAll('#alerts .unseen').length"
    async with stage(kafka, tmp_path) as on:
        page = on.page

        async def sits_down(name, left):
            await page.fill("#me", name)
            await page.ask("document.querySelector('#me').dispatchEvent(new Event('change', {bubbles: true}))")
            await page.until(f"{unseen} === {left}")

        await page.until("health.textContent === 'live'")
        await on.publish(GREAT, LOUD)
        await page.until(f"{unseen} === 1")
        await sits_down("mara", 1)  # what nobody named has not seen, she has not seen
        await sits_down("jonas", 0)  # what stands there when he comes is no news to him
        await on.publish(QUAKE, alert(QUAKE))
        await page.until(f"{unseen} === 1")
        await page.ask("document.querySelector('#seen').click()")
        await page.until(f"{unseen} === 0")
        await sits_down("mara", 2)
        await page.open(f"{on.address}?again", width=1440, height=900)
        await page.until(f"{ALERTS} === 2 && {unseen} === 2 && document.querySelector('#me').value === 'mara'")
        assert page.complaints == []

"""A desk's story from article to screen in real browsers: one alert, the same in topic, page, webhook, Alertmanager and Atom."""

import asyncio

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from lxml import etree

from deploy.actions.archive import ClickHouseArchive
from deploy.actions.setup import create_topics
from deploy.demo.demo import drain
from deploy.supervise.tree import notifier
from schemas.codec import Codec
from schemas.topics import ALERT
from streams.console.server import create_console
from streams.domain.alerting.rules import default_rules
from tests.browser.chromium import needs_browser, tab
from tests.browser.desk import fill_form
from tests.integration.hook import Hook
from tests.integration.newsroom_story import copy, follow_ups, others, seed
from tests.integration.system import eventually, running
from tests.integration.test_pipeline import publish, records

pytestmark = [pytest.mark.timeout(420), needs_browser]
RULE = "Iraq, 5 killed"
ATOM = "{http://www.w3.org/2005/Atom}"


def killed(alert):
    return next(f.best for f in alert.incident.figures if f.what == "killed")


def of_rule(system, rule):
    return [a for a in records(system, ALERT) if a.rule == rule]


async def later(holds, what):
    await asyncio.to_thread(eventually, holds, seconds=90, what=what)


async def entries(address):
    async with ClientSession() as session, session.get(f"{address}alerts.atom") as answer:
        feed = etree.fromstring(await answer.read())
    return {e.findtext(f"{ATOM}id"): e.findtext(f"{ATOM}title") for e in feed.iterfind(f"{ATOM}entry")}


async def set_up_the_rule(page):
    """As a desk does it: written in the form, tried on what is known, saved."""
    await page.fill("#me", "mara")
    await page.ask("document.querySelector('#open-rules').click()")
    await page.until("document.querySelector('#rules').open")
    values = {"types": "explosions", "countries": "Iraq", "what0": "killed", "bound0": "best", "value0": "5"}
    await fill_form(page, name=RULE, test_days="30", **values)
    await page.ask("document.querySelector('#rule-test').click()")
    await page.until("document.querySelector('#rule-preview').textContent.startsWith('1 alert of')")
    assert len(await page.texts("#rule-preview .met li")) == 1
    assert "Iraq" in await page.text("#rule-preview .met")
    await page.ask("document.querySelector('#rule-save').click()")
    await page.until(f"document.querySelector('#rules-list').textContent.includes('{RULE}')")
    await page.ask("document.querySelector('#rules-close').click()")


def to_alertmanager(hook, alert):
    """What Alertmanager was posted of an alert, in order."""
    rows = [row for _, body, _ in hook.came("api/v2/alerts") for row in body]
    known = {"rule": alert.rule, "incident_id": alert.incident_id}
    return [row for row in rows if known.items() <= row["labels"].items()]


async def check_outlets(system, hook, address, alerts):
    """One alert, its newest revision everywhere."""
    newest = alerts[-1]
    last = (newest.alert_id, newest.revision)
    await later(lambda: last in hook.pairs("desk"), "the webhook has it")
    revision = lambda: [r["annotations"]["revision"] for r in to_alertmanager(hook, newest)]  # noqa: E731 - read anew
    await later(lambda: revision()[-1:] == [str(newest.revision)], "Alertmanager has it")
    told = [(i, r) for i, r in hook.pairs("desk") if i == newest.alert_id]
    assert [r for _, r in told] == sorted({r for _, r in told})
    assert len({str(row["labels"]) for row in to_alertmanager(hook, newest)}) == 1
    shown = await entries(address)
    mine = [title for key, title in shown.items() if key.replace("-", "").endswith(newest.alert_id)]
    assert mine == [f"{newest.level}: {newest.headline}"]
    assert len(shown) == len({a.alert_id for a in records(system, ALERT)})


@pytest.mark.once
async def test_the_seed_article_and_what_followed_are_one_alert_on_every_way_out(parts, tmp_path):
    with running(parts, tmp_path) as system, Hook() as hook:
        targets = {"desk": {"url": hook.url("desk")}, "am": {"url": f"alertmanager+{hook.url('')}"}}
        settings = system.settings.changed(notify=targets)
        await asyncio.to_thread(create_topics, settings)
        await asyncio.to_thread(system.tree.start_together, notifier(settings))
        one, two = (create_console(settings.kafka, Codec(), rules=default_rules()) for _ in range(2))
        async with (
            TestServer(one) as server, TestServer(two) as second,
            tab(tmp_path / "a") as page, tab(tmp_path / "b") as other,
        ):  # fmt: skip
            address = str(server.make_url("/"))
            await page.open(address, width=1440, height=900)
            await other.open(str(second.make_url("/?desk=acknowledged")), width=1280, height=800)
            await asyncio.to_thread(publish, system, [seed(), *others()])
            await later(lambda: len(of_rule(system, "severity")) == 3, "the three grave incidents have alerts")
            await page.until("document.querySelectorAll('#alerts > li').length === 3")
            await set_up_the_rule(page)

            await asyncio.to_thread(publish, system, [copy()])
            for toll, article in follow_ups():
                await asyncio.to_thread(publish, system, [article])
                await later(lambda n=toll: [killed(a) for a in of_rule(system, RULE)][-1:] == [n], f"{toll} killed")
                await page.until(f"document.querySelector('#alerts').innerText.includes('{toll}')")
            await asyncio.to_thread(drain, settings.kafka, watch=system.tree.watch)

            ruled, graded = of_rule(system, RULE), of_rule(system, "severity")
            iraq = [a for a in graded if a.incident_id == ruled[-1].incident_id]
            assert [(a.revision, killed(a)) for a in ruled] == [(1, 12), (2, 15), (3, 21)]
            assert [(a.revision, killed(a)) for a in iraq] == [(1, 5), (2, 12), (3, 15), (4, 21)]
            assert len({a.alert_id for a in ruled}) == len({a.alert_id for a in iraq}) == 1
            for alerts in (ruled, iraq):
                await check_outlets(system, hook, address, alerts)
            assert await page.ask("document.querySelectorAll('#alerts > li').length") == 4

            await page.fill("#find-rule", RULE)
            await page.until("document.querySelectorAll('#alerts > li').length === 1")
            await page.ask("document.querySelector('#alerts button').click()")
            mine = f'.triage[data-alert="{ruled[-1].alert_id}"]'
            await page.until(f"document.querySelector('{mine} .acknowledge')")
            await page.ask(f"document.querySelector('{mine} .acknowledge').click()")
            await other.until("document.querySelector('#alerts .mark')?.textContent === '✓ mara'")
            assert page.complaints == other.complaints == []


@pytest.mark.once
async def test_a_desk_corrects_an_incident_on_screen_and_takes_it_back(parts, tmp_path):
    with running(parts, tmp_path) as system:
        archive = ClickHouseArchive(system.settings.clickhouse.get_secret_value())
        app = create_console(system.settings.kafka, Codec(), archive=archive)
        async with TestServer(app) as server, tab(tmp_path / "a") as page:
            await page.open(str(server.make_url("/")), width=1440, height=900)
            await asyncio.to_thread(publish, system, [seed(), copy(), *(article for _, article in follow_ups())])
            await asyncio.to_thread(drain, system.settings.kafka, watch=system.tree.watch)
            await page.until("document.querySelector('#incidents').innerText.includes('21')")
            await page.fill("#me", "mara")
            await page.ask(
                "[...document.querySelectorAll('#incidents .title')].find(e => /21/.test(e.innerText)).click()"
            )
            await page.until("document.querySelector('#origins .copy')?.innerText.includes('client.example')")
            assert len(await page.texts("#origins > .tree > li")) == 4
            await page.until("document.querySelector('.passage:not([hidden]) blockquote mark')")
            assert len(await page.texts(".steps .source")) >= 2

            await correct(page, "edit", "e.severity.value = 2")
            assert "severity: 4 → 2" in await page.text("#correct-preview")
            await send(page)
            await page.until("document.querySelector('#detail .meter').ariaLabel === 'severity 2 of 5'")
            await page.until("document.querySelector('.versions').innerText.includes('mara')")

            await page.ask("document.querySelector('#open-correct').click()")
            await page.until("document.querySelector('#correct .undo')")
            await page.ask("document.querySelector('#correct .undo').click()")
            await send(page)
            await page.until("document.querySelector('#detail .meter').ariaLabel === 'severity 4 of 5'")

            await correct(page, "split", "e.mention[e.mention.length - 1].checked = true")
            assert "comes into being" in await page.text("#correct-preview")
            await send(page)
            await page.until("document.querySelector('#detail').innerText.includes('split: mara')")
            assert page.complaints == []


async def correct(page, action, change):
    """Open the dialog, choose what to do, change the form, look at what will change."""
    elements = "document.querySelector('#correct-form').elements"
    await page.ask("document.querySelector('#open-correct').click()")
    await page.until(f"document.querySelector('#correct').open && {elements}.action")
    await page.fill("#correct-form [name=action]", action)
    await page.ask(f"{elements}.action.dispatchEvent(new Event('change', {{bubbles: true}}))")
    await page.ask(f"(e => {{ {change} }})({elements})")
    await page.ask("document.querySelector('#correct-look').click()")
    await page.until("document.querySelector('#correct-preview').innerText.includes('What will change')")


async def send(page):
    """Send what was previewed, and close."""
    await page.until("!document.querySelector('#correct-send').hidden")
    await page.ask("document.querySelector('#correct-send').click()")
    await page.until("document.querySelector('#correct-preview').innerText.startsWith('Sent')")
    await page.ask("document.querySelector('#correct-close').click()")

"""Every screen of the console at the widths of a phone, a desk and a wall: accessible, readable, whole."""

from dataclasses import replace

import pytest

from tests.browser.axe import findings
from tests.browser.desk import fill_form
from tests.browser.test_console_page import ALERTS, INCIDENTS, QUAKE, kafka, pytestmark, stage
from tests.console.made import START, alert, claim, feed, incident, killed, relation

__all__ = ["kafka", "pytestmark"]

WIDTHS = ((390, 844), (1280, 800), (1920, 1080), (3840, 2160))
HOSTILE = incident(
    7, title="\u202edesrever \u2067שלום\u2069 <img src=x onerror=alert(1)>", severity=5,
    claims=(claim(9, "\u202eevil"), replace(claim(4, "the mayor"), reported_at=START.replace(day=12))), figures=(replace(killed(9, 4, 9), words="nearly two hundred and fifty thousand"),),
)  # fmt: skip
ENDLESS = incident(8, title="w" * 1000, severity=4)
WORDS = (QUAKE, HOSTILE, ENDLESS)


async def tell_all(on):
    await on.publish(
        *WORDS, *(alert(i) for i in WORDS), feed(1, status="silent", reason="nothing new"), relation(1, 7, 8)
    )
    await on.page.until(f"{INCIDENTS} === 3 && {ALERTS} === 3")


async def colours(page, scheme, forced="none"):
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "forced-colors", "value": forced},
        {"name": "prefers-reduced-motion", "value": "reduce"},  # what has changed glows for a moment
    ]
    await page.tell("Emulation.setEmulatedMedia", features=features)


async def opened(page, script, holds):
    await page.ask(script)
    await page.until(holds)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
async def test_no_page_has_serious_findings(kafka, tmp_path, width, height):
    async with stage(kafka, tmp_path, width, height) as on:
        page, found = on.page, {}
        await tell_all(on)
        await page.ask("document.querySelector('#options').open = true; feeds.open = true")
        for scheme in ("dark", "light"):
            await colours(page, scheme)
            found["list", scheme] = await findings(page)
            if width < 600:
                for view in ("incidents", "map"):
                    await page.ask(f"document.querySelector('[data-view={view}]').click()")
                    found[view, scheme] = await findings(page)
                await page.ask("document.querySelector('[data-view=alerts]').click()")
            await opened(page, "alerts.querySelector('button').click()", "document.querySelector('#detail .figure')")
            found["incident", scheme] = await findings(page)
            await opened(
                page, "document.querySelector('#open-correct').click()", "document.querySelector('#correct').open"
            )
            found["correct", scheme] = await findings(page)
            await page.ask("document.querySelector('#correct').close(); location.hash = ''")
            await opened(page, "document.querySelector('#open-rules').click()", "document.querySelector('#rules').open")
            await fill_form(page, name="Haiti", countries="Haiti")
            await opened(
                page, "document.querySelector('#rule-test').click()", "document.querySelector('#rule-preview b')"
            )
            found["rules", scheme] = await findings(page)
            await page.ask("document.querySelector('#rules').close()")
        await page.open(f"{on.address}wall", width=width, height=height)
        await page.until("document.querySelector('#turn-title').textContent.length > 3")
        found["wall", "light"] = await findings(page)
        assert {screen: lines for screen, lines in found.items() if lines} == {}


@pytest.mark.parametrize(("width", "height"), WIDTHS)
async def test_endless_words_are_clipped_and_no_page_is_wider_than_its_screen(kafka, tmp_path, width, height):
    async with stage(kafka, tmp_path, width, height) as on:
        page = on.page
        await tell_all(on)
        wide = "document.documentElement.scrollWidth <= innerWidth && !document.querySelector('img[onerror]')"
        tall = "Math.max(...[...document.querySelectorAll('#alerts .title')].map(e => e.clientHeight))"
        assert await page.ask(wide)
        assert await page.ask(tall) < 130 * (2 if width > 3000 else 1)
        await page.ask(f"location.hash = '{ENDLESS.incident_id}'")
        await page.until("document.querySelector('#detail h2')?.textContent.startsWith('www')")
        assert await page.ask(wide)
        assert await page.ask("detail.scrollWidth <= detail.clientWidth")
        await page.ask(f"location.hash = '{HOSTILE.incident_id}'")
        await page.until("document.querySelector('#detail .ranges')")
        assert await page.ask("detail.scrollWidth <= detail.clientWidth")
        await page.ask(f"location.hash = '{ENDLESS.incident_id}'")
        await page.until("document.querySelector('#detail h2')?.textContent.startsWith('www')")
        assert await page.ask("detail.querySelector('h2').clientHeight") < 200 * (2 if width > 3000 else 1)
        assert await page.ask(
            "[...document.querySelectorAll('#alerts .title > :first-child')].every(e => e.tagName === 'BDI')"
        )


async def test_on_a_phone_the_list_comes_first_the_map_stands_behind_a_tab_and_an_incident_keeps_the_focus(
    kafka, tmp_path
):
    async with stage(kafka, tmp_path, 390, 844) as on:
        page = on.page
        await tell_all(on)
        shown = "(id => document.getElementById(id).getClientRects().length > 0)"
        assert [await page.ask(f"{shown}('{i}')") for i in ("alerts", "incidents", "globe")] == [True, False, False]
        await page.ask("document.querySelector('[data-view=map]').click()")
        assert [await page.ask(f"{shown}('{i}')") for i in ("alerts", "incidents", "globe")] == [False, False, True]
        await page.until("document.querySelector('#dots .dot')")
        await page.ask("document.querySelector('[data-view=alerts]').click()")
        await page.ask("alerts.querySelector('button').click()")
        await page.until("document.querySelector('#detail .figure')")
        at_top = "document.elementFromPoint(innerWidth / 2, 60)"
        await page.ask("detail.scrollTo(0, 90)")
        assert await page.ask(f"detail.contains({at_top}) && detail.contains(document.elementFromPoint(60, 110))")
        for _ in range(40):
            await page.press("Tab")
            assert await page.ask("document.activeElement === document.body || detail.contains(document.activeElement)")
        await page.ask("detail.querySelector('.close').click()")
        assert not await page.ask("document.querySelector('#alerts-pane').inert")


@pytest.mark.parametrize("width", [390, 1280])
async def test_no_two_fields_of_a_rule_lie_on_each_other(kafka, tmp_path, width):
    async with stage(kafka, tmp_path, width, 844) as on:
        page = on.page
        await opened(page, "document.querySelector('#open-rules').click()", "document.querySelector('#rules').open")
        for about in ("", "feeds"):
            await fill_form(page, about=about)
            crossed = """(() => {
                const boxes = [...document.querySelectorAll('#rule input, #rule select, #rule button')]
                    .map(e => [e.name || e.id, e.getBoundingClientRect()]).filter(([, b]) => b.width);
                return boxes.flatMap(([a, x], n) => boxes.slice(n + 1)
                    .filter(([, y]) => x.left < y.right - 1 && y.left < x.right - 1 && x.top < y.bottom - 1 && y.top < x.bottom - 1)
                    .map(([b]) => `${a} on ${b}`));
            })()"""
            assert await page.ask(crossed) == []
            assert await page.ask("(d => d.scrollWidth <= d.clientWidth)(document.querySelector('#rules'))")


@pytest.mark.parametrize("width", [1280, 1920])
async def test_the_head_of_the_page_is_one_line_and_a_search_moves_nothing(kafka, tmp_path, width):
    async with stage(kafka, tmp_path, width, 800) as on:
        page = on.page
        await tell_all(on)
        assert await page.ask("document.querySelector('header').clientHeight") < 60
        top = "document.querySelector('main').getBoundingClientRect().top"
        before = await page.ask(top)
        await page.fill("#words", "quake")
        await page.until("!document.querySelector('#find-clear').hidden")
        assert await page.ask(top) == before


async def test_the_wall_shows_one_alert_after_the_other_in_great_letters_and_has_no_controls(kafka, tmp_path):
    async with stage(kafka, tmp_path, 3840, 2160) as on:
        page = on.page
        await tell_all(on)
        await page.open(f"{on.address}wall", width=3840, height=2160)
        await page.until("document.querySelector('#rows').children.length === 3")
        first = await page.text("#turn-title")
        sizes = "[...document.querySelectorAll('#wall *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))"
        letters = (
            f"Math.min(...{sizes}.filter(e => !e.closest('#map')).map(e => parseFloat(getComputedStyle(e).fontSize)))"
        )
        assert await page.ask(letters) >= 48
        assert await page.ask("document.querySelectorAll('button, input, select, a').length") == 0
        assert await page.ask("document.documentElement.scrollHeight <= innerHeight")
        await page.until(f"document.querySelector('#turn-title').textContent !== {first!r}")


async def test_a_skip_link_leads_to_the_alerts_and_forced_colours_keep_levels_apart(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await tell_all(on)
        await page.ask("document.querySelector('#skip').focus()")
        assert await page.ask("document.querySelector('#skip').getBoundingClientRect().top >= 0")
        await page.ask("document.querySelector('#skip').click()")
        assert await page.ask("document.activeElement.id") == "alerts-title"
        await colours(page, "dark", "active")
        assert await page.ask("matchMedia('(forced-colors: active)').matches")
        assert await page.ask("getComputedStyle(document.querySelector('.meter')).forcedColorAdjust") == "none"


async def test_times_stand_in_the_viewers_zone_with_utc_beside(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await page.tell("Emulation.setTimezoneOverride", timezoneId="Asia/Tokyo")
        await page.open(f"{on.address}?zone", width=1440, height=900)
        await tell_all(on)
        await page.ask(f"location.hash = '{QUAKE.incident_id}'")
        await page.until("document.querySelector('#detail .claims')")
        assert "14 Aug, 21:00 GMT+9 (14 Aug 2021, 12:00 UTC)" in await page.text("#detail .claims")
        assert "GMT+9" in await page.text("#newest")

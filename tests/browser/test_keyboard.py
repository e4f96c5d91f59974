"""A whole shift without a mouse: from the list to an incident, acknowledged, back, and a rule written and saved."""

import asyncio

import pytest

from schemas.topics import RULE, TRIAGE
from tests.browser.test_console_page import ALERTS, INCIDENTS, kafka, pytestmark, stage
from tests.browser.test_desk_flow import GREAT, LOUD, QUAKE, newest
from tests.console.made import alert

__all__ = ["kafka", "pytestmark"]

MOST_TABS = 80
HERE = "document.activeElement"


async def tab_to(page, what):
    """Press Tab until what has the focus matches a selector."""
    for _ in range(MOST_TABS):
        await page.press("Tab")
        if await page.ask(f"{HERE}.matches({what!r})"):
            shown = f"(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0)(getComputedStyle({HERE}))"
            assert await page.ask(shown), f"the focus on {what} cannot be seen"
            return
    pytest.fail(f"{MOST_TABS} times Tab did not reach {what}; now on {await page.ask(HERE + '.outerHTML')}")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
async def test_a_shift_by_keyboard_alone(kafka, tmp_path, width, height):
    async with stage(kafka, tmp_path, width, height) as on:
        page = on.page
        await page.until("health.textContent === 'live'")
        await on.publish(GREAT, QUAKE, LOUD, alert(QUAKE))
        await page.until(f"{INCIDENTS} === 2 && {ALERTS} === 2")
        await tab_to(page, "#skip")
        await tab_to(page, "#me")
        await page.type("mara")

        await tab_to(page, "#alerts button")
        await page.press("ArrowDown")
        title = await page.ask(f"{HERE}.querySelector('.title').textContent")
        await page.press("Enter")
        await page.until(f"{HERE} === document.querySelector('#detail h2') && {HERE}.textContent === '{title}'")
        await tab_to(page, "#detail .acknowledge")
        await page.press("Enter")
        await page.until("document.querySelector('.triage').textContent.includes('acknowledged by mara')")
        await page.until(f"{HERE}.matches('.acknowledge')")  # drawn anew, and still in hand
        await tab_to(page, ".acts input")
        await page.type("seen by the night desk")
        await tab_to(page, ".note-it")
        await page.press(" ")
        await page.until("document.querySelector('.triage ul')?.textContent.includes('seen by the night desk')")
        acts = await asyncio.to_thread(newest, on.bootstrap, TRIAGE.name)
        assert [(t.act, t.author) for t in acts] == [("acknowledge", "mara"), ("note", "mara")]

        await page.press("Escape")
        await page.until(f"{HERE}.closest('#alerts') && {HERE}.querySelector('.title').textContent === '{title}'")
        await page.ask("document.querySelector('#alerts-title').focus()")  # as the skip link does, from the top
        await rule_by_keys(page)
        (saved,) = await asyncio.to_thread(newest, on.bootstrap, RULE.name)
        assert (saved.name, saved.author, saved.level, saved.countries) == ("Chile", "mara", "critical", ("CL",))
        assert page.complaints == []


async def rule_by_keys(page):
    """Open the form of a rule, fill it, try it, save it, close it."""
    for _ in range(MOST_TABS):  # back up to the head of the page
        if await page.ask(f"{HERE}.id === 'open-rules'"):
            break
        await page.tell(
            "Input.dispatchKeyEvent", type="rawKeyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9, modifiers=8
        )
    await page.press("Enter")
    await page.until(f"document.querySelector('#rules').open && document.querySelector('#rules').contains({HERE})")
    await tab_to(page, "#rule [name=name]")
    await page.type("Chile")
    await tab_to(page, "#rule [name=level]")
    await page.press("ArrowDown")
    await tab_to(page, "#rule [name=countries]")
    await page.type("Chile")
    await tab_to(page, "#rule-test")
    await page.press("Enter")
    await page.until("document.querySelector('#rule-preview').textContent.startsWith('1 alert of 2 incidents')")
    await tab_to(page, "#rule-save")
    await page.press("Enter")
    await page.until("document.querySelector('#rule-preview').textContent.startsWith('Saved.')")
    await page.press("Escape")
    await page.until(f"!document.querySelector('#rules').open && {HERE}.id === 'open-rules'")


async def test_what_is_typed_is_not_lost_when_the_incident_changes(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(GREAT, LOUD)
        await page.until(f"{ALERTS} === 1")
        await page.ask("alerts.querySelector('button').click()")
        await page.until("document.querySelector('.acts input')")
        await page.ask("document.querySelector('.acts input').focus()")
        await page.type("call the")
        await on.publish(alert(GREAT, 2, changed_at=GREAT.last_changed.replace(hour=20)))
        await page.until("document.querySelector('#detail .note').textContent.includes('revision 2')")
        await page.type(" mayor")
        assert await page.ask("document.querySelector('.acts input').value") == "call the mayor"

"""The map in a real browser: clusters, the ground and its names, the time slider, and where a choice takes it."""

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from schemas.records import Period, Place
from tests.browser.test_console_page import INCIDENTS, kafka, pytestmark, stage
from tests.console.made import PORT, START, incident

__all__ = ["kafka", "pytestmark"]

STATIC = Path(__file__).parents[2] / "streams" / "console" / "static"
NEAR = replace(PORT, name="Near Harbour", lat=PORT.lat + 0.8)
FAR = Place(name="Genoa", country="IT", lat=44.4, lon=8.9, precision="city")
DAY = timedelta(days=1)


def begun(days):
    return Period(start=START + days * DAY, end=START + days * DAY, precision="day")


STORIES = (
    incident(1, place=PORT, time=begun(0)), incident(2, place=PORT, time=begun(1)), incident(3, place=NEAR, time=begun(2)),
    incident(4, place=FAR, time=begun(3), title="Fire in Genoa"),
)  # fmt: skip
COUNTS = "[...document.querySelectorAll('#dots .dot')].map(d => Number(d.querySelector('text')?.textContent ?? 1)).sort().join()"
INKED = "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v))(document.querySelector('#ground'))"


async def test_incidents_that_would_lie_on_each_other_are_one_dot_until_one_looks_closer(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(*STORIES)
        await page.until(f"{INCIDENTS} === 4 && {COUNTS} === '1,3'")
        await page.until(INKED)
        assert not any("50m" in url for url in page.requested)
        cluster = "[...document.querySelectorAll('#dots .dot')].find(d => d.querySelector('text')?.textContent === '3')"
        for _ in range(5):
            if await page.ask(f"{COUNTS} === '1,1,2' || !{cluster}"):
                break
            await page.ask(f"{cluster}.dispatchEvent(new MouseEvent('click'))")
        await page.until("document.querySelectorAll('#dots text')[0]?.textContent === '2'")
        await page.until("performance.getEntriesByType('resource').some(r => r.name.endsWith('world-50m.json.gz'))")
        await page.until("performance.getEntriesByType('resource').some(r => r.name.endsWith('towns.json'))")
        assert page.complaints == []


async def test_a_choice_comes_into_the_middle(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(*STORIES)
        await page.until(f"{INCIDENTS} === 4")
        await page.ask("[...incidents.querySelectorAll('button')].find(b => b.innerText.includes('Genoa')).click()")
        await page.until("document.querySelector('#dots .chosen')")
        away = """(() => { const box = document.querySelector('#map').getBoundingClientRect();
            const dot = document.querySelector('#dots .chosen .ring').getBoundingClientRect();
            return Math.hypot(dot.x + dot.width / 2 - box.x - box.width / 2, dot.y + dot.height / 2 - box.y - box.height / 2); })()"""
        assert await page.ask(away) < 3


async def test_the_slider_shows_what_had_begun_by_then(kafka, tmp_path):
    async with stage(kafka, tmp_path) as on:
        page = on.page
        await on.publish(*STORIES)
        await page.until(f"{COUNTS} === '1,3'")
        await page.fill("#map-time", "140")
        await page.until(f"{COUNTS} === '3'")
        assert await page.text("#map-time-said") == "begun by 16 Aug 2021"
        await page.fill("#map-time", "0")
        await page.until(f"{COUNTS} === '1'")
        await page.fill("#map-time", "200")
        await page.until(f"{COUNTS} === '1,3'")
        assert await page.text("#map-time-said") == "all"


def test_all_scripts_of_a_first_visit_are_less_than_200_kilobytes_packed():
    scripts = [*STATIC.glob("*.js"), *STATIC.glob("vendor/*.js")]
    assert len(scripts) > 15
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < 200_000

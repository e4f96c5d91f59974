"""Reports from right to left, from a feed's bytes to topics, tables, the page and a webhook: letters and direction stay."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from connectors.sources.feeds import parse_feed
from connectors.web.answers import Answer
from deploy.actions.setup import create_topics
from deploy.demo.demo import drain
from deploy.supervise.tree import notifier
from schemas.codec import Codec
from schemas.topics import ALERT
from streams.console.server import create_console
from tests.browser.chromium import needs_browser, tab
from tests.integration.hook import Hook
from tests.integration.system import eventually, running
from tests.integration.test_pipeline import publish, records

pytestmark = [pytest.mark.timeout(420), needs_browser]
TOLD = {
    "ar": ("انفجار في سوق بحلب: 12 قتيلا و30 جريحا", "قتل 12 شخصا وأصيب 30 آخرون في انفجار سيارة مفخخة بسوق في حلب يوم الثلاثاء، بحسب وزارة الصحة."),
    "he": ("17 הרוגים בשריפה בבניין מגורים בחיפה", "17 בני אדם נהרגו ו-8 נפצעו בשריפה בבניין מגורים בחיפה ביום שני, מסרה המשטרה."),
    "fa": ("آتش‌سوزی در بیمارستان شیراز؛ ۱۴ کشته و ۳۰ زخمی", "در آتش‌سوزی بیمارستانی در شیراز روز سه‌شنبه ۱۴ نفر کشته و ۳۰ نفر زخمی شدند، سازمان اورژانس گفت."),
}  # fmt: skip


def article(lang, now):
    title, text = TOLD[lang]
    item = f"<item><title>{title}</title><link>https://{lang}.example/1</link><description>{text}</description><pubDate>{now:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
    raw = f"<rss version='2.0'><channel><title>F</title><language>{lang}</language>{item}</channel></rss>"
    (found,) = parse_feed(Answer("", raw.encode()), feed=lang, fetched_at=now)
    return found


def told_by(headline):
    """The title of an alert, without its place and figures."""
    return headline.partition(" [")[0]


@pytest.mark.once
async def test_titles_keep_their_letters_and_direction_on_every_way_out(parts, tmp_path, now):
    titles = {title for title, _ in TOLD.values()}
    with running(parts, tmp_path) as system, Hook() as hook:
        settings = system.settings.changed(notify={"desk": {"url": hook.url("desk")}})
        await asyncio.to_thread(create_topics, settings)
        await asyncio.to_thread(system.tree.start_together, notifier(settings))
        async with TestServer(create_console(settings.kafka, Codec())) as server, tab(tmp_path / "page") as page:
            await page.open(str(server.make_url("/")), width=1440, height=900)
            said = [article(lang, now - timedelta(hours=2)) for lang in TOLD]
            assert {a.title for a in said} == titles
            await asyncio.to_thread(publish, system, said)
            await asyncio.to_thread(drain, settings.kafka, watch=system.tree.watch)

            assert {told_by(a.headline) for a in records(system, ALERT)} == titles
            assert {t for (t,) in system.query("SELECT DISTINCT title FROM incident_current")} == titles
            assert {t for (t,) in system.query("SELECT DISTINCT title FROM article")} == titles
            told = lambda: {told_by(body["headline"]) for _, body, _ in hook.came("desk")}  # noqa: E731 - read anew
            await asyncio.to_thread(eventually, lambda: told() == titles, seconds=90, what="the webhook has them")

            await page.until("document.querySelectorAll('#alerts > li').length === 3")
            shown = "[...document.querySelectorAll('#alerts > li .title bdi')].filter(e => /[\\u0590-\\u06ff]/.test(e.textContent))"
            assert {told_by(text) for text in await page.ask(f"{shown}.map(e => e.textContent)")} == titles
            assert set(await page.ask(f"{shown}.map(e => getComputedStyle(e).unicodeBidi)")) == {"isolate"}
            assert page.complaints == []

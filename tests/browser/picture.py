"""Remake the README's pictures.

    python -m tests.browser.picture console http://127.0.0.1:8710/ 'Haiti raises' deploy/pictures/console.webp
    python -m tests.browser.picture page reading.html deploy/pictures/reading.png
    python -m tests.browser.picture screens http://127.0.0.1:8710/ 'Haiti raises' deploy/pictures

The first is taken at the end of a running demo; its words choose the incident shown in detail, by title. The second is
of a page that `tocsin analyze --html` wrote. The third takes every screen of a running demo: map, incident, correct,
rules, wall and phone.
"""

import argparse
import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.chromium import Page, tab

QUALITY = 80  # of 100


@asynccontextmanager
async def dark(url: str, *, width: int, height: int) -> AsyncIterator[Page]:
    """A page in dark colours."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with tab(Path(folder) / "profile") as page:
            await page.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
            await page.open(url, width=width, height=height)
            yield page


async def picture(page: Page, form: str = "webp") -> bytes:
    """What is seen of it, in WebP, a third of the bytes of PNG, or in PNG."""
    quality = {"quality": QUALITY} if form == "webp" else {}
    shot = await page.tell("Page.captureScreenshot", format=form, **quality)
    return base64.b64decode(shot["data"])


async def console(address: str, words: str) -> bytes:
    """The console with one incident in detail, 1440 by 900 pixels."""
    async with dark(address, width=1440, height=900) as page:
        await page.until("incidents.children.length")
        titles = "[...document.querySelectorAll('#incidents .title')]"
        await page.ask(f"{titles}.find(e => e.textContent.includes('{words}')).click()")
        await page.until("detail.querySelector('.versions')")
        await page.ask("incidents.scrollTo(0, 0)")
        await asyncio.sleep(3)  # until what has just changed no longer glows
        return await picture(page)


async def reading(address: str) -> bytes:
    """The top of a page, 1400 by 1250 pixels."""
    async with dark(address, width=1400, height=1250) as page:
        await page.until("document.querySelector('article')")
        return await picture(page, "png")


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: what is opened, how large, what is pressed, and what must hold before it is taken."""

    name: str
    width: int
    height: int
    press: str = "0"
    holds: str = "true"
    path: str = ""


RULE = {
    "name": "Iraq, 5 killed",
    "types": "explosions",
    "countries": "Iraq",
    "what0": "killed",
    "value0": "5",
    "test_days": "3660",
}
FILL = "".join(f"document.querySelector('#rule [name={k}]').value = '{v}';" for k, v in RULE.items())
SCREENS = (
    Screen("map", 1440, 900, "CHOOSE; setTimeout(() => { for (let n = 0; n < 2; n++) document.querySelector('#zoom-out').click() }, 1000)", "#origins a"),
    Screen("incident", 1440, 1500, "CHOOSE", "#origins a"),
    Screen("correct", 1440, 900, "CHOOSE", "#open-correct"),
    Screen("rules", 1440, 1300, f"document.querySelector('#open-rules').click(); {FILL} document.querySelector('#rule-test').click()", "#rule-preview b"),
    Screen("wall", 3840, 2160, holds="#rows li", path="wall"),
    Screen("phone", 390, 844),
)  # fmt: skip
MERGE = """document.querySelector('#open-correct').click(); setTimeout(() => {
  const form = document.querySelector('#correct-form'); form.elements.action.value = 'merge';
  form.elements.action.dispatchEvent(new Event('change', {bubbles: true})); document.querySelector('#correct-look').click();
}, 1500)"""


async def screens(address: str, words: str, folder: Path) -> None:
    """Every screen as `<name>.webp`."""
    titles = "[...document.querySelectorAll('#incidents .title')]"
    choose = f"{titles}.find(e => e.textContent.includes('{words}')).click()"
    for one in SCREENS:
        async with dark(address + one.path, width=one.width, height=one.height) as page:
            await page.until("document.querySelector('#incidents, #rows')?.children.length")
            await page.ask(f"{{ {one.press.replace('CHOOSE', choose)} }}; 0")
            await page.until(one.holds if one.holds == "true" else f"document.querySelector('{one.holds}')")
            if one.name == "correct":
                await page.ask(MERGE)
                await page.until("document.querySelector('#correct-preview li')")
            await page.ask("document.querySelector('#rule-preview')?.scrollIntoView({block: 'center'})")
            await asyncio.sleep(3)  # until what has just changed no longer glows
            (folder / f"{one.name}.webp").write_bytes(await picture(page))


def main() -> None:
    """Take the picture asked for."""
    parser = argparse.ArgumentParser(description="Remake the README's pictures.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_console = kinds.add_parser("console")
    of_console.add_argument("address")
    of_console.add_argument("words")
    of_page = kinds.add_parser("page")
    of_page.add_argument("file", type=Path)
    of_screens = kinds.add_parser("screens")
    of_screens.add_argument("address")
    of_screens.add_argument("words")
    for kind in (of_console, of_page, of_screens):
        kind.add_argument("out", type=Path)
    asked = parser.parse_args()
    if asked.kind == "screens":
        asyncio.run(screens(asked.address, asked.words, asked.out))
        return
    shot = console(asked.address, asked.words) if asked.kind == "console" else reading(asked.file.resolve().as_uri())
    asked.out.write_bytes(asyncio.run(shot))


if __name__ == "__main__":
    main()

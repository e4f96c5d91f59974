"""Remake the README's pictures.

    python -m tests.browser.picture console http://127.0.0.1:8710/ 'toll settles' deploy/pictures/console.png
    python -m tests.browser.picture page reading.html deploy/pictures/reading.png

The first is taken at the end of a running demo; its words choose the incident shown in detail, by title. The second is
of a page that `tocsin analyze --html` wrote.
"""

import argparse
import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.browser.chromium import Page, tab


@asynccontextmanager
async def dark(url: str, *, width: int, height: int) -> AsyncIterator[Page]:
    """A page in dark colours."""
    with tempfile.TemporaryDirectory() as folder:
        async with tab(Path(folder) / "profile") as page:
            await page.tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
            await page.open(url, width=width, height=height)
            yield page


async def picture(page: Page) -> bytes:
    """What is seen of it, in PNG."""
    shot = await page.tell("Page.captureScreenshot", format="png")
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
        return await picture(page)


def main() -> None:
    """Take the picture asked for."""
    parser = argparse.ArgumentParser(description="Remake the README's pictures.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    of_console = kinds.add_parser("console")
    of_console.add_argument("address")
    of_console.add_argument("words")
    of_page = kinds.add_parser("page")
    of_page.add_argument("file", type=Path)
    for kind in (of_console, of_page):
        kind.add_argument("out", type=Path)
    asked = parser.parse_args()
    shot = console(asked.address, asked.words) if asked.kind == "console" else reading(asked.file.resolve().as_uri())
    asked.out.write_bytes(asyncio.run(shot))


if __name__ == "__main__":
    main()

"""Remake the README's picture of the console at the end of a running demo.

    python -m tests.browser.picture http://127.0.0.1:8710/ 'toll settles' deploy/pictures/console.png

The second argument chooses the incident shown in detail: the first one whose title has these words.
"""

import asyncio
import base64
import sys
import tempfile
from pathlib import Path

from tests.browser.chromium import tab


async def take(address: str, words: str) -> bytes:
    """A picture in PNG of 1440 by 900 pixels, in dark colours."""
    with tempfile.TemporaryDirectory() as folder:
        async with tab(Path(folder) / "profile") as page:
            dark = [{"name": "prefers-color-scheme", "value": "dark"}]
            await page.tell("Emulation.setEmulatedMedia", features=dark)
            await page.open(address, width=1440, height=900)
            await page.until("incidents.children.length")
            titles = "[...document.querySelectorAll('#incidents .title')]"
            await page.ask(f"{titles}.find(e => e.textContent.includes('{words}')).click()")
            await page.until("detail.querySelector('.versions')")
            await page.ask("incidents.scrollTo(0, 0)")
            await asyncio.sleep(3)  # until what has just changed no longer glows
            shot = await page.tell("Page.captureScreenshot", format="png")
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    Path(sys.argv[3]).write_bytes(asyncio.run(take(sys.argv[1], sys.argv[2])))

"""A headless Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse

from deploy.supervise.process import Child

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without a browser its tests are skipped, or errors where real parts are required, as in continuous integration.
needs_browser = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("REQUIRE_REAL_PARTS") != "1",
    reason="no Chromium here; deploy/local/install.sh installs it",
)
HALF_MINUTE = 600  # looks, 50 ms apart
KEYS = {  # the keys that do something by themselves: their number, and the character they give
    "Tab": (9, ""), "Enter": (13, "\r"), "Escape": (27, ""), " ": (32, " "), "ArrowUp": (38, ""), "ArrowDown": (40, ""),
}  # fmt: skip
BROWSER_FLAGS = (
    *("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--remote-debugging-port=0"),
)


class Page:
    """One tab. `requested` are the addresses it asked for, `complaints` its errors, refusals by policy among them."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.requested: list[str] = []
        self.complaints: list[str] = []

    async def listen(self) -> None:
        """Sort what the browser says, for as long as the tab lives."""
        async for message in self._socket:
            said = message.json()
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
            elif said["method"] == "Network.requestWillBeSent":
                self.requested.append(said["params"]["request"]["url"])
            elif said["method"] == "Runtime.exceptionThrown":
                self.complaints.append(str(said["params"]["exceptionDetails"]))
            elif said["method"] == "Log.entryAdded" and said["params"]["entry"]["level"] == "error":
                self.complaints.append(said["params"]["entry"]["text"])

    async def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Run a command of the protocol; its result."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        said = await self._answers[number]
        assert "error" not in said, (method, said)
        return said["result"]

    async def open(self, url: str, *, width: int, height: int) -> None:
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.tell(f"{domain}.enable")
        await self.tell("Emulation.setFocusEmulationEnabled", enabled=True)  # as if its window were in front
        await self.resize(width, height)
        await self.tell("Page.navigate", url=url)
        await self.until(f"location.href === '{url}' && document.readyState === 'complete'")

    async def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.tell("Emulation.setDeviceMetricsOverride", **size)

    async def ask(self, expression: str) -> Any:
        """What a JavaScript expression gives in the page."""
        said = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression gives something true. Fails telling what the page says instead."""
        for _ in range(HALF_MINUTE):
            if await self.ask(f"Boolean({expression})"):
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"never true: {expression}; complaints {self.complaints}; page:\n{await self.texts('body')}")

    async def text(self, selector: str) -> str | None:
        """What the first element of this kind says, between its tags; None without one."""
        return await self.ask(f"document.querySelector('{selector}')?.textContent")

    async def texts(self, selector: str) -> list[str]:
        """What all elements of this kind say, as seen."""
        return await self.ask(f"[...document.querySelectorAll('{selector}')].map(e => e.innerText)")

    async def fill(self, selector: str, value: str) -> None:
        """Put a value into a field."""
        change = f"e.value = '{value}'; e.dispatchEvent(new Event('input', {{bubbles: true}}))"
        await self.ask(f"(e => {{ {change} }})(document.querySelector('{selector}'))")

    async def press(self, key: str) -> None:
        """Press a key, as a person's keyboard does: what it does by itself in a browser happens too."""
        number, text = KEYS.get(key, (0, ""))
        first = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        for event in (first, {"type": "keyUp"}):
            await self.tell("Input.dispatchKeyEvent", key=key, code=key, windowsVirtualKeyCode=number, **event)

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        for letter in text:
            await self.tell("Input.dispatchKeyEvent", type="char", text=letter, key=letter)


@asynccontextmanager
async def tab(folder: Path) -> AsyncIterator[Page]:
    """A tab of a new browser with a profile of its own in `folder`."""
    assert PROGRAM is not None, "no Chromium here; deploy/local/install.sh installs it"
    note = folder / "DevToolsActivePort"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    command = [PROGRAM, *BROWSER_FLAGS, *sandbox, f"--user-data-dir={folder}", "about:blank"]
    child = Child(
        "chromium", command, log=folder.with_suffix(".log"), ready=lambda: note.exists() and "\n" in note.read_text()
    )
    with child:
        port = note.read_text().split("\n", 1)[0]
        async with ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                (target,) = [t for t in await answer.json() if t["type"] == "page"]
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                yield page
                listening.cancel()

"""Updates that wait for an open page, and the latest updates, so that a page that reconnects can continue."""

import asyncio
from collections import deque

from streams.console.board import Update

KEPT = 5_000  # updates that a page may have missed and still go on; beyond it a page gets everything again


class Journal:
    """The latest updates, numbered; `run` names this run of the console, so that marks of other runs are not valid."""

    def __init__(self, run: str) -> None:
        self._run, self._number = run, 0
        self._kept: deque[tuple[int, Update]] = deque(maxlen=KEPT)

    @property
    def mark(self) -> str:
        """The id of the newest update."""
        return f"{self._run}-{self._number}"

    def note(self, update: Update) -> None:
        """Add an update."""
        self._number += 1
        self._kept.append((self._number, update))

    def since(self, mark: str) -> list[Update] | None:
        """The newest update per key after that mark; None when the mark is unknown or too old."""
        run, _, number = mark.rpartition("-")
        if run != self._run or not (number.isascii() and number.isdecimal()) or len(number) > 15:
            return None
        first = self._kept[0][0] if self._kept else self._number + 1
        if not first - 1 <= int(number) <= self._number:
            return None
        newest: dict[str, Update] = {}
        for n, update in self._kept:
            if n > int(number):
                newest.pop(update.key, None)
                newest[update.key] = update
        return list(newest.values())


class UpdateQueue:
    """The newest update per key, for one page: a slow page takes no more memory than the board and misses nothing.

    One page takes; any code on the same event loop puts.
    """

    def __init__(self) -> None:
        self._pending: dict[str, Update] = {}
        self._stirred = asyncio.Event()
        self.closed = False

    def put(self, update: Update) -> None:
        """Queue an update; it replaces a waiting one with the same key."""
        self._pending.pop(update.key, None)
        self._pending[update.key] = update
        self._stirred.set()

    def close(self) -> None:
        """Mark the queue as closed and wake the page."""
        self.closed = True
        self._stirred.set()

    async def take(self, seconds: float) -> list[Update]:
        """All waiting updates, oldest first, after at most `seconds` for the first; empty when there is none."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return []
        self._stirred.clear()
        taken, self._pending = list(self._pending.values()), {}
        return taken

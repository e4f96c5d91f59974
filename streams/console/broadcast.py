"""What one open page has yet to be told."""

import asyncio

from streams.console.board import Update


class Outbox:
    """The newest update about each thing: a page that falls behind costs no more than the board and misses nothing.

    One page takes; anyone on the same loop puts.
    """

    def __init__(self) -> None:
        self._pending: dict[str, Update] = {}
        self._stirred = asyncio.Event()
        self.closed = False

    def put(self, update: Update) -> None:
        """Tell this; an untold update about the same thing is outdated by it."""
        self._pending.pop(update.key, None)
        self._pending[update.key] = update
        self._stirred.set()

    def close(self) -> None:
        """Nothing more will come."""
        self.closed = True
        self._stirred.set()

    async def take(self, seconds: float) -> list[Update]:
        """All there is to tell, oldest first, waiting up to `seconds` for the first; empty when there is none."""
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return []
        self._stirred.clear()
        taken, self._pending = list(self._pending.values()), {}
        return taken

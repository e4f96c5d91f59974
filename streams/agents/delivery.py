"""Sends the results of a batch: outputs, then state entries, each again until the broker has confirmed them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from streams.agents.batch import Batch
from streams.agents.stage import Stage
from streams.kafka.app import StateTable
from streams.kafka.writer import Output, Waiting, Writer, waiting

log = logging.getLogger("tocsin")
FIRST_WAIT, LONGEST_WAIT = 0.2, 30.0  # seconds between attempts while the broker is away


class Delivery:
    """Writes for one stage. `waits` is called with what the stage waits for, and with "" when it goes on."""

    def __init__(self, stage: Stage, writer: Writer, waits: Callable[[str], None]) -> None:
        self._stage, self._writer, self._waits = stage, writer, waits

    async def send(self, outputs: Sequence[Output]) -> None:
        """Send in order and wait for the broker; while it is away, wait and send again: nothing is lost or piles up."""
        left: Waiting | None = None

        async def send() -> None:
            nonlocal left
            left = await self._writer.by_partition(outputs) if left is None else left
            await self._writer.write(left)

        if outputs:
            await self._patiently(send, "write")

    async def keep(self, batch: Batch, table: StateTable) -> None:
        """Write a batch's state entries to the changelog of their table, then change the table."""
        left = waiting(batch.changes(table.changelog_topic_name))

        async def keep() -> None:
            table.fits(self._stage.reads)
            await self._writer.write(left)

        await self._patiently(keep, "keep its state")
        for entries in batch.entries.values():
            table.change(entries)

    async def _patiently(self, act: Callable[[], Awaitable[None]], what: str) -> None:
        """Retry until it succeeds, and report meanwhile that the stage waits."""
        wait, failed = FIRST_WAIT, False
        while True:
            try:
                await act()
            except Exception as error:  # noqa: BLE001 - aiokafka raises many kinds; all mean not confirmed
                failed = True
                self._waits(f"stage {self._stage.name} cannot {what}: {error!r}")
                log.warning("stage=%s cannot %s (%r), next try in %.1f s", self._stage.name, what, error, wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                if failed:
                    self._waits("")
                return

"""Ends table recovery in an order that loses no message.

faust-streaming 0.15.3 resumes the stream's partitions first, then seeks them to the committed offsets, then lets the
agents run. Messages that are fetched in between are skipped by the agents and yet acknowledged, and when they are
fetched again they are dropped as old: they are lost, or leave a gap after which nothing is committed any more.
Here the partitions stay paused until they are at their committed offsets and the agents may run.
"""

import asyncio
from typing import Any

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery


class OrderedRecovery(Recovery):  # type: ignore[misc]  # faust has no types
    """Recovery that seeks before it resumes."""

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Seek, then resume partitions, agents and fetcher without a pause in between."""
        consumer, app = self.app.consumer, self.app
        await app.on_rebalance_complete.send()
        self._set_recovery_ended()
        await asyncio.gather(
            *(
                table.on_recovery_completed(self.actives_for_table[table], self.standbys_for_table[table])
                for table in self.tables.values()
            )
        )
        streams = {tp for tp in consumer.assignment() if not self._is_changelog_tp(tp)}
        if app.consumer_generation_id != generation_id:
            self.log.warning("another rebalance came during recovery")
            return
        if streams:
            await self._wait(consumer.perform_seek(), timeout=app.conf.broker_request_timeout)
        self.completed.set()
        consumer.resume_partitions(streams)
        app.flow_control.resume()
        consumer.resume_flow()
        await app._fetcher.maybe_start()  # noqa: SLF001 - as faust itself does it
        self.tables.on_actives_ready()
        if not app.assignor.assigned_standbys():
            self.tables.on_standbys_ready()
        app.on_rebalance_end()


class OrderedTableManager(TableManager):  # type: ignore[misc]  # faust has no types
    """A table manager with an OrderedRecovery."""

    _recovery: Any = None

    @property
    def recovery(self) -> Any:
        """The recovery service, created at first use."""
        if self._recovery is None:
            self._recovery = OrderedRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery

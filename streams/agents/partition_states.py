"""The states of a stage's partitions, restored from the table when first needed."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from schemas.errors import Stop
from schemas.topics import changelog, group
from streams.agents.batch import MARK, Batch, mark_key, state_key
from streams.agents.stage import Stage
from streams.kafka.app import StateTable


class UnreadableState(Stop):
    """A state that cannot be restored. Incoming messages are not at fault and must not go to quarantine."""


class PartitionStates:
    """Holds the state of each partition; `recovery` is entered while one is restored, `table` is None without state."""

    def __init__(self, stage: Stage, table: StateTable | None, recovery: AbstractContextManager[None]) -> None:
        self._stage, self._table, self._recovery = stage, table, recovery
        self._states: dict[int, Any] = {}

    def of(self, partition: int) -> Any:
        """The state of a partition. Raises UnreadableState when its entries cannot be read."""
        if partition not in self._states:
            mine = state_key(partition, "")
            rows = sorted(self._table.items()) if self._table is not None else []
            entries = [(k[len(mine) :].decode(), v) for k, v in rows if k.startswith(mine)]
            entries = [(key, value) for key, value in entries if not key.startswith(MARK)]
            with self._recovery if entries else nullcontext():
                try:
                    self._states[partition] = self._stage.restore(entries)
                except Exception as error:
                    name = self._stage.name
                    raise UnreadableState(
                        f"the state of partition {partition} cannot be read ({error!r}): start the version that wrote "
                        f"it, or, to read everything again, reset the group {group(name)} and delete {changelog(name)}"
                    ) from error
        return self._states[partition]

    def drop(self, partition: int) -> None:
        """Drop a state that may be wrong: it is restored from the table when next needed."""
        self._states.pop(partition, None)

    def clear(self) -> None:
        """Drop all states."""
        self._states.clear()

    def include(self, message: Any, batch: Batch) -> bool:
        """Whether the state already includes this message: then its outputs were confirmed before a crash.

        The mark holds offset and timestamp, so that messages of a recreated topic are not mistaken for old ones.
        """
        if self._table is None:
            return False
        key = mark_key(message)
        try:
            offset, timestamp = map(float, (batch.mark(key) or self._table.get(key) or b"").split())
        except ValueError:  # no mark, or not ours: handling it again has the same result
            return False
        return bool(message.offset <= offset and message.timestamp <= timestamp)

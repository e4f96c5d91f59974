"""What every stage is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one event leads to: records to send, and state entries to keep (None deletes)."""

    records: Sequence[object] = ()
    entries: dict[str, bytes | None] = field(default_factory=dict)


class Stage(Protocol):
    """One verb of the flow. `state` is owned by one partition and rebuilt from its entries."""

    name: str
    reads: tuple[str, ...]
    keeps_state: bool

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> Any:
        """The state of a partition, from the entries that earlier outcomes left."""

    def handle(self, state: Any, record: Any) -> Outcome:
        """The outcome of one record. May raise: the record then goes to quarantine and the state is restored."""


@runtime_checkable
class ReadsAhead(Protocol):
    """A stage to which several records together cost less than one after the other."""

    def expect(self, records: Sequence[Any]) -> None:
        """These records have arrived; most of them are handled next. It must change no outcome, and not raise."""

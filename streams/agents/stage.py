"""The interface of every stage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one event: records to send, and state entries to store (None deletes)."""

    records: Sequence[object] = ()
    entries: dict[str, bytes | None] = field(default_factory=dict)


class Stage(Protocol):
    """One step of the flow. `state` is owned by one partition and rebuilt from its entries."""

    name: str
    reads: tuple[str, ...]
    keeps_state: bool

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> Any:
        """The state of a partition, from the entries that earlier outcomes left."""

    def handle(self, state: Any, record: Any) -> Outcome:
        """The outcome of one record. May raise: the record then goes to quarantine and the state is restored."""


@runtime_checkable
class Preloads(Protocol):
    """A stage whose models take seconds to load: they are loaded while it joins its group."""

    def preload(self) -> None:
        """Load what the first record would load. Called once, from another thread, before any record is handled."""


@runtime_checkable
class ReadsAhead(Protocol):
    """A stage that handles several records together at less cost than one after the other."""

    def expect(self, records: Sequence[Any]) -> None:
        """Announce records that have arrived; most are handled next. Must not change any outcome, nor raise."""

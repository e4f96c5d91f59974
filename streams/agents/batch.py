"""The results of several messages, written together: all outputs, then all state entries with their marks."""

from dataclasses import dataclass, field
from typing import Any

from schemas.telemetry.headers import TraceContext
from streams.kafka.writer import Message, Output, Place, size_of

MARK = "@"  # first character of the keys of progress marks; no id begins with it
Entries = dict[bytes, bytes | None]  # of one partition's state; None deletes


@dataclass(slots=True)
class Batch:
    """Events in order, and what must be written before they are acknowledged.

    The entries of a partition fit one record batch of `room` bytes, so that Kafka takes them and their mark whole or
    not at all; only the entries of a single event may be more, and then the mark comes last.
    """

    room: int
    events: list[Any] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    entries: dict[int, Entries] = field(default_factory=dict)
    contexts: list[TraceContext] = field(default_factory=list)  # of handled records, not of skipped ones
    _marks: dict[bytes, bytes] = field(default_factory=dict)
    _sizes: dict[int, int] = field(default_factory=dict)

    def has_room(self, message: Any, entries: Entries) -> bool:
        """Whether the entries of one more message fit; an empty batch takes anything."""
        size = self._sizes.get(message.partition, 0)
        return not size or not entries or size + _size(entries) + _size(_mark(message)) <= self.room

    def add(self, event: Any, outputs: list[Output], entries: Entries, context: TraceContext) -> None:
        """Add the results of an event."""
        self.events.append(event)
        self.outputs += outputs
        self.contexts.append(context)
        if entries:
            message = event.message
            kept, mark = self.entries.setdefault(message.partition, {}), _mark(message)
            for key, value in (entries | mark).items():
                kept.pop(key, None)  # a later value moves to the end, so that entries keep the order of writing
                kept[key] = value
            self._marks |= mark
            self._sizes[message.partition] = self._sizes.get(message.partition, 0) + _size(entries) + _size(mark)

    def mark(self, key: bytes) -> bytes | None:
        """The mark that this batch will set under that key."""
        return self._marks.get(key)

    def changes(self, changelog: str) -> dict[Place, list[Message]]:
        """The entries as messages of the changelog, each partition's last mark at the end."""
        return {
            Place(changelog, partition): [Message(key, value) for key, value in kept.items()]
            for partition, kept in self.entries.items()
        }


def state_key(partition: int, name: str) -> bytes:
    """Key of an entry in the table, which holds those of all partitions."""
    return f"{partition}:{name}".encode()


def mark_key(message: Any) -> bytes:
    """Key of the entry that says how far the state has come in the message's topic."""
    return state_key(message.partition, MARK + message.topic)


def _mark(message: Any) -> dict[bytes, bytes]:
    return {mark_key(message): f"{message.offset} {message.timestamp}".encode()}


def _size(entries: Entries | dict[bytes, bytes]) -> int:
    return sum(size_of(key, value) for key, value in entries.items())

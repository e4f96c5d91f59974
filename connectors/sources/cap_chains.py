"""Finds the first message of each warning.

A CAP message may name only the one before it, so those in between are remembered.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from schemas.identity import digest

V = TypeVar("V")
MOST = 1_500  # updates, and as many warnings of several parts, that are remembered; the newest stay
LONGEST = 100  # characters of an identifier or a part that is remembered
KEY_DIGITS = 16


class Chains:
    """First messages of warnings by the messages that followed, and the parts of those that have several.

    beside: the chains of other readers, such as those of other indexes of the same sender.
    """

    def __init__(self) -> None:
        self.first: dict[str, str] = {}
        self.several: dict[str, tuple[str, ...]] = {}
        self.beside: list[Chains] = []

    def restore(self, plain: object) -> None:
        """Restore what `to_plain` returned; unreadable state is dropped."""
        found = plain if isinstance(plain, dict) else {}
        self.first = _texts(found.get("first"))
        self.several = {k: tuple(v) for k, v in _lists(found.get("parts")).items()}

    def to_plain(self) -> dict[str, Any]:
        """As JSON values, to be stored."""
        return {"first": self.first, "parts": self.several}

    def begun_by(self, sender: str, message: str, referred: Sequence[tuple[datetime, str]]) -> str:
        """Identifier of the message that a warning began with, and from now on that of `message`.

        referred: time and identifier of the messages that this one names, of all that it does.
        """
        earlier = [identifier for _, identifier in sorted(referred)]
        known = (self._first_of(sender, identifier) for identifier in (message, *earlier))
        first = next(filter(None, known), earlier[0] if earlier else message)
        for identifier in (message, *earlier):
            if identifier != first and len(first) <= LONGEST:
                _put(self.first, _key(sender, identifier), first)
        return first

    def parts(self, sender: str, first: str) -> tuple[str, ...]:
        """The parts that a warning was last seen with; none when it is in one piece."""
        key = _key(sender, first)
        return next((found for c in (self, *self.beside) if (found := c.several.get(key))), ())

    def keep_parts(self, sender: str, first: str, parts: Sequence[str]) -> None:
        """Remember the parts of a warning."""
        _put(self.several, _key(sender, first), tuple(part[:LONGEST] for part in parts))

    def _first_of(self, sender: str, message: str) -> str | None:
        """Where the chain of a message begins, as far as it is known; None when nothing of it is."""
        found, seen = None, {message}
        while (before := self._before(_key(sender, found or message))) is not None and before not in seen:
            found = before
            seen.add(before)
        return found

    def _before(self, key: str) -> str | None:
        return next((found for c in (self, *self.beside) if (found := c.first.get(key))), None)


def _key(sender: str, identifier: str) -> str:
    return digest(sender, identifier)[:KEY_DIGITS]


def _put(kept: dict[str, V], key: str, value: V) -> None:
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > MOST:
        del kept[next(iter(kept))]


def _texts(value: Any) -> dict[str, str]:
    return {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}


def _lists(value: Any) -> dict[str, list[str]]:
    found = value.items() if isinstance(value, dict) else ()
    return {k: v for k, v in found if isinstance(v, list) and all(isinstance(part, str) for part in v)}

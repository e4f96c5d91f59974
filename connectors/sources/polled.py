"""A source that asks one address again and again: fetch, parse, and yield only what is new or has changed."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx

from connectors.contract import Item, Parsed, Remark, Skippable
from connectors.sources.fetch import Answer, Validators, fetch
from schemas.identity import digest
from schemas.records import Article


class Parse(Protocol):
    """Bytes to records; what cannot be read comes out as a value. Pure, and never raises."""

    def __call__(self, answer: Answer, *, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        """The records of one answer, in its order."""


class ParseBytes(Protocol):
    """A parse that needs no more than the body."""

    def __call__(self, raw: bytes, *, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        """The records of one body, in its order."""


def body_only(parse: ParseBytes) -> Parse:
    """A parse of bodies as a parse of answers."""

    def parse_answer(answer: Answer, *, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        return parse(answer.body, feed=feed, fetched_at=fetched_at)

    return parse_answer


@dataclass(frozen=True, slots=True)
class Seen:
    """What the last poll brought: the position of a polled source. `marks`: one for each version of each record."""

    validators: Validators = field(default_factory=Validators)
    marks: frozenset[str] = frozenset()

    def to_position(self) -> str:
        """As text, to be stored."""
        v = self.validators
        return json.dumps({"etag": v.etag, "last_modified": v.last_modified, "marks": sorted(self.marks)})

    @classmethod
    def from_position(cls, position: str | None) -> "Seen":
        """Out of text; nothing seen when it is not readable, as reading all again does no harm."""
        try:
            plain = json.loads(position or "{}")
            return cls(
                Validators(str(plain.get("etag", "")), str(plain.get("last_modified", ""))),
                frozenset(str(m) for m in plain.get("marks", ())),
            )
        except (ValueError, TypeError, AttributeError, RecursionError):
            return cls()


class Polled:
    """One poll of one address at each `read`. The position moves when the whole answer has been yielded."""

    def __init__(
        self, name: str, topic: str, url: str, parse: Parse, *, client: httpx.Client, clock: Callable[[], datetime]
    ) -> None:
        self.name = name
        self.topic = topic
        self.url = url
        self._parse = parse
        self._client = client
        self._clock = clock

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """What is new since `position`. Raises Fatal or Retriable as the fetch does."""
        seen = Seen.from_position(position)
        try:
            answer = await asyncio.to_thread(fetch, self._client, self.url, seen.validators)
        except Skippable as error:
            yield Item(error, None)
            return
        if answer is None:
            return
        marks, repeated = set(), 0
        for content in self._parse(answer, feed=self.name, fetched_at=self._clock()):
            mark = _mark(content)
            if mark not in seen.marks and mark not in marks:
                yield Item(content, None)
            else:
                repeated += 1
            marks.add(mark)
        yield Remark(repeated=repeated)
        yield Item(None, Seen(answer.validators, frozenset(marks)).to_position())


def _mark(content: Parsed) -> str:
    """Tells versions of a record apart: articles by their text, events by all that the source says of them."""
    if isinstance(content, Article):
        return content.article_id
    if isinstance(content, Skippable):
        return digest("error", content.reason, content.raw.hex())
    return digest(content.event_id, content.raw)

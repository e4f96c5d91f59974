"""A source that asks one address again and again: fetch, parse, and yield only what is new or has changed."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Protocol

from connectors.ingest.contract import Item, Parsed, Remark, Skippable
from connectors.sources.fulltext import FullText
from connectors.web.answers import Answer, Validators
from connectors.web.client import Web
from schemas.identity import digest
from schemas.records import Article

LONG_TO_READ = 200_000  # bytes; larger answers are parsed in a thread, so that other sources get their turns
MOST_RECORDS = 14_000  # of one answer; their marks still fit a position
MARK_DIGITS = 16  # of a mark; among the few hundred records of one address no two agree
TEXT_DIGITS = 8  # of what follows it for articles: a mark of all but the address
LEAST_TEXT = 200  # least characters of a text that identifies an article; a shorter undated one may be a daily heading


class Parse(Protocol):
    """Parses bytes into records; what cannot be read is returned as an error value. Pure, never raises."""

    def __call__(self, answer: Answer, *, feed: str, fetched_at: datetime) -> Iterator[Parsed | Remark]:
        """The records of one answer, in its order."""


class ParseBytes(Protocol):
    """A parse that needs only the body."""

    def __call__(self, raw: bytes, *, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        """The records of one body, in its order."""


def body_only(parse: ParseBytes) -> Parse:
    """A parse of bodies as a parse of answers."""

    def parse_answer(answer: Answer, *, feed: str, fetched_at: datetime) -> Iterator[Parsed]:
        return parse(answer.body, feed=feed, fetched_at=fetched_at)

    return parse_answer


@dataclass(frozen=True, slots=True)
class Seen:
    """The records of the last poll: the position of a polled source.

    marks: one for each version of each record; for articles with a mark of their text, `version:text`. body: mark of
    the whole body, for servers without validators.
    moved_to: where the address has moved for good; empty while it has not.
    """

    validators: Validators = field(default_factory=Validators)
    marks: frozenset[str] = frozenset()
    body: str = ""
    moved_to: str = ""

    def to_position(self) -> str:
        """As text, to be stored."""
        plain = {**asdict(self.validators), "marks": sorted(self.marks), "body": self.body, "moved_to": self.moved_to}
        return json.dumps(plain, separators=(",", ":"))

    @classmethod
    def from_position(cls, position: str | None) -> "Seen":
        """From text; empty when it is not readable, as reading all again does no harm."""
        try:
            plain = json.loads(position or "{}")
            texts = {name: str(plain.get(name) or "") for name in ("etag", "last_modified", "body", "moved_to")}
            marks = frozenset(str(m) for m in plain.get("marks", ()))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return cls()
        return cls(Validators(texts["etag"], texts["last_modified"]), marks, texts["body"], texts["moved_to"])


class Polled:
    """One poll of one address at each `read`. The position moves when the whole answer has been yielded."""

    def __init__(
        self,
        name: str,
        topic: str,
        url: str,
        parse: Parse,
        *,
        web: Web,
        clock: Callable[[], datetime],
        robots: bool = True,
        full_text: FullText | None = None,
    ) -> None:
        """`full_text`: fetches the rest of articles that a feed gives only the beginnings of."""
        self.name = name
        self.topic = topic
        self.url = url
        self._parse = parse
        self._web = web
        self._clock = clock
        self._robots = robots
        self._full_text = full_text

    async def read(self, position: str | None) -> AsyncGenerator[Item | Remark, None]:
        """What is new since `position`. Raises Fatal or Retriable as the fetch does."""
        seen = Seen.from_position(position)
        url = seen.moved_to or self.url
        try:
            answer = await self._web.get(url, seen.validators, robots=self._robots)
        except Skippable as error:
            yield Item(error, None)
            return
        yield Remark(again_after=answer.fresh_for)
        moved_to = answer.moved_to or seen.moved_to
        body = _mark_of(answer.body)
        if answer.unchanged or body == seen.body:
            validators = seen.validators if answer.unchanged else answer.validators
            yield Item(None, Seen(validators, seen.marks, seen.body, moved_to).to_position())
            return
        marks = set[str]()
        read = self._parse(answer, feed=self.name, fetched_at=self._clock())
        contents = await asyncio.to_thread(list, read) if len(answer.body) > LONG_TO_READ else list(read)
        moved = _moved(seen.marks, contents)
        for content in contents:
            if isinstance(content, Remark):
                yield content
                continue
            mark = _mark(content)
            if mark in seen.marks or mark in marks or mark in moved:
                yield Remark(repeated=1)
            elif self._full_text is not None and isinstance(content, Article):
                # Pages take long: their articles are marked one by one, and the feed is asked as if for the first time.
                so_far = Seen(marks=seen.marks | marks | {mark}, moved_to=moved_to)
                yield Item(await self._full_text.complete(content), so_far.to_position())
            else:
                yield Item(content, None)
            marks.add(mark)
            if len(marks) >= MOST_RECORDS:
                yield Item(Skippable(f"more than {MOST_RECORDS} records; the rest is not read", where=self.name), None)
                break
        yield Item(None, Seen(answer.validators, frozenset(marks), body, moved_to).to_position())


def _moved(seen: frozenset[str], contents: Sequence[Parsed | Remark]) -> set[str]:
    """Marks of articles that are old ones under a new address: a token in some links changes with every answer.

    Such an article has the text and date of one in the last answer whose own address is no longer listed.
    """
    now = {_mark(content) for content in contents if isinstance(content, Article)}
    gone = Counter(mark.partition(":")[2] for mark in seen - now)
    moved = set[str]()
    for mark in sorted(now - seen):
        text = mark.partition(":")[2]
        if text and gone[text] > 0:
            gone[text] -= 1
            moved.add(mark)
    return moved


def _mark(content: Parsed) -> str:
    """Identifies a version of a record: an article by its text, an event by all that the source states."""
    if isinstance(content, Article):
        version, date = content.article_id[:MARK_DIGITS], content.published_at
        if date is None and len(content.body) < LEAST_TEXT:
            return version
        text = digest(content.source.domain, content.title, content.body, date.isoformat() if date else "")
        return f"{version}:{text[:TEXT_DIGITS]}"
    if isinstance(content, Skippable):
        return digest("error", content.reason, content.raw.hex())[:MARK_DIGITS]
    return digest(content.event_id, content.raw)[:MARK_DIGITS]


def _mark_of(body: bytes) -> str:
    return blake2b(body, digest_size=MARK_DIGITS // 2).hexdigest()

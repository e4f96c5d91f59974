"""classify: news.original.v1 and news.event.v1 to news.mention.v1."""

from collections.abc import Iterable
from dataclasses import replace

from schemas.records import FeedEvent, Original
from schemas.topics import EVENT, ORIGINAL
from streams.agents.stage import Outcome
from streams.domain.mentions.read_article import read_article
from streams.domain.mentions.read_feed_event import read_feed_event


class ClassifyStage:
    """Reads each document's mentions; keeps nothing."""

    name = "classify"
    reads: tuple[str, ...] = (ORIGINAL.name, EVENT.name)
    keeps_state = False

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """There is no state."""

    def handle(self, state: None, record: Original | FeedEvent) -> Outcome:
        """The mentions of one document, its main one first."""
        del state
        if isinstance(record, FeedEvent):
            return Outcome(read_feed_event(record))
        return Outcome([replace(m, story_id=record.story_id) for m in read_article(record.article)])

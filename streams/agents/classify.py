"""classify: news.original.v1 and news.event.v1 to news.mention.v1."""

import logging
from collections.abc import Iterable, Sequence

from schemas.records import FeedEvent, Mention, Original
from schemas.topics import read_by
from streams.agents.stage import Outcome
from streams.domain.mentions.read_article import load_models, read_article, read_articles
from streams.domain.mentions.read_feed_event import read_feed_event

log = logging.getLogger("tocsin")


class ClassifyStage:
    """Reads each document's mentions; keeps nothing. Articles that arrived together are read together."""

    name = "classify"
    reads = read_by("classify")
    keeps_state = False

    def __init__(self) -> None:
        self._coming: list[Original] = []
        self._read: list[tuple[Original, tuple[Mention, ...]]] = []

    def preload(self) -> None:
        """Models of reading: three seconds of processor time."""
        load_models()

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> None:
        """There is no state."""

    def expect(self, records: Sequence[Original | FeedEvent]) -> None:
        """Articles to be read when the first of them is handled."""
        self._coming, self._read = [r for r in records if isinstance(r, Original)], []

    def handle(self, state: None, record: Original | FeedEvent) -> Outcome:
        """The mentions of one document, its main one first."""
        del state
        if isinstance(record, FeedEvent):
            return Outcome(read_feed_event(record))
        if any(record is r for r in self._coming):
            self._read_coming()
        read = next((mentions for r, mentions in self._read if r is record), None)
        return Outcome(read_article(record.article, story_id=record.story_id) if read is None else read)

    def _read_coming(self) -> None:
        coming, self._coming = self._coming, []
        try:
            read = read_articles([r.article for r in coming], [r.story_id for r in coming])
        except Exception:
            log.exception("%d articles cannot be read together: each is read alone", len(coming))
        else:
            self._read = list(zip(coming, read, strict=True))

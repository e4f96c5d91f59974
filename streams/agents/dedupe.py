"""dedupe: news.article.v1 to news.original.v1 and news.copy.v1."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.records import Article
from schemas.topics import read_by
from streams.agents.stage import Outcome
from streams.domain.dedupe.dedupe import dedupe
from streams.domain.dedupe.state import DedupeState


class DedupeStage:
    """Distinguishes copies from originals; keeps fingerprints for the length of the window."""

    name = "dedupe"
    reads = read_by("dedupe")
    keeps_state = True

    def __init__(self, window: timedelta) -> None:
        self._window = window

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> DedupeState:
        """The window of articles, by id."""
        state = DedupeState(self._window)
        for article_id, raw in entries:
            state.restore(article_id, raw)
        return state

    def handle(self, state: DedupeState, record: Article) -> Outcome:
        """The verdict on the article, and on earlier originals that it shows to be copies."""
        state, verdict = dedupe(state, record)
        entries: dict[str, bytes | None] = dict.fromkeys(verdict.forget)
        entries |= {key: state.dump(key) for key in verdict.store}
        return Outcome(verdict.records, entries)

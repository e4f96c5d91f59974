"""A worker whose stage gives up on one article: `python -m tests.integration.faulty_worker`, settings as usual."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime

import faust

from schemas.codec import Codec
from schemas.records import Article, Original
from schemas.topics import ARTICLE
from streams.agents.runner import stage_app
from streams.agents.stage import Outcome
from streams.settings import load_settings

TITLE = "the one that breaks the stage"


class Faulty:
    """Passes every article on and keeps it, except the one it fails on."""

    name = "faulty"
    reads: tuple[str, ...] = (ARTICLE.name,)
    keeps_state = True

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        return dict(entries)

    def handle(self, state: dict[str, bytes], record: Article) -> Outcome:
        state[record.article_id] = b"half done"
        if record.title == TITLE and "mended" not in sys.argv:
            raise ZeroDivisionError("this article breaks the stage")
        if b"half done" in list(state.values())[:-1]:
            raise AssertionError("the state that the failure left behind was kept")
        state[record.article_id] = b"done"
        original = Original(article=record, story_id=record.article_id)
        return Outcome([original], {record.article_id: b"done"})


if __name__ == "__main__":
    app = stage_app(Faulty(), load_settings(), Codec(), lambda: datetime.now(UTC))
    faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()

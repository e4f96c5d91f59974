"""A worker that notes which articles its stage has handled: `python -m tests.integration.counting_worker NAME FILE [SECONDS]`.

SECONDS are what it takes to restore its state.
"""

import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import faust

from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import ARTICLE
from streams.agents.runner import stage_app
from streams.agents.stage import Outcome
from streams.settings import load_settings


class Counting:
    """Keeps every article's id, and appends it to a file."""

    reads: tuple[str, ...] = (ARTICLE.name,)
    keeps_state = True

    def __init__(self, name: str, file: Path, seconds: float = 0.0) -> None:
        self.name, self._file, self._seconds = name, file, seconds

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        state = dict(entries)
        time.sleep(self._seconds if state else 0.0)
        return state

    def handle(self, _: dict[str, bytes], record: Article) -> Outcome:
        with self._file.open("a") as file:
            print(record.article_id, file=file)
        return Outcome([], {record.article_id: b"handled"})


if __name__ == "__main__":
    stage = Counting(sys.argv[1], Path(sys.argv[2]), *map(float, sys.argv[3:]))
    app = stage_app(stage, load_settings(), Codec(), lambda: datetime.now(UTC))
    faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()

"""A worker that notes which articles its stage has handled: `python -m tests.integration.counting_worker NAME FILE RESTORING [WORK]`.

RESTORING: seconds that it takes to restore its state, or `none` if it keeps none; WORK: seconds that a batch may take.
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

    def __init__(self, name: str, file: Path, restoring: str) -> None:
        self.name, self._file, self.keeps_state = name, file, restoring != "none"
        self._seconds = float(restoring) if self.keeps_state else 0.0

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        state = dict(entries)
        time.sleep(self._seconds if state else 0.0)
        return state

    def handle(self, _: dict[str, bytes], record: Article) -> Outcome:
        with self._file.open("a") as file:
            print(record.article_id, file=file)
        return Outcome([], {record.article_id: b"handled"} if self.keeps_state else {})


if __name__ == "__main__":
    name, file, restoring, *work = sys.argv[1:]
    stage = Counting(name, Path(file), restoring)
    app = stage_app(stage, load_settings(), Codec(), lambda: datetime.now(UTC))
    if work:
        app.conf.broker_max_poll_interval = float(work[0])
    faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()

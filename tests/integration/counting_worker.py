"""A worker that notes which articles its stage has handled: `python -m tests.integration.counting_worker NAME FILE`."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import faust

from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import ARTICLE
from streams.agents.stage import Outcome, stage_app
from streams.settings import load_settings


class Counting:
    """Keeps every article's id, and appends it to a file."""

    reads: tuple[str, ...] = (ARTICLE.name,)
    keeps_state = True

    def __init__(self, name: str, file: Path) -> None:
        self.name, self._file = name, file

    def restore(self, entries: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
        return dict(entries)

    def handle(self, _: dict[str, bytes], record: Article) -> Outcome:
        with self._file.open("a") as file:
            print(record.article_id, file=file)
        return Outcome([], {record.article_id: b"handled"})


if __name__ == "__main__":
    stage = Counting(sys.argv[1], Path(sys.argv[2]))
    app = stage_app(stage, load_settings(), Codec(), lambda: datetime.now(UTC))
    faust.Worker(app, loglevel="WARNING", quiet=True, redirect_stdouts=False).execute_from_commandline()

"""What an article of dedupe's window and an open incident of link take of memory, stored entries included.

    python -m tests.benchmarks.pipeline.room window 5000 [docs.jsonl.gz]
    python -m tests.benchmarks.pipeline.room incidents 5000 [docs.jsonl.gz]

The number is that of articles; invented ones without a file. Prints one JSON object; each in a process of its own.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from schemas.codec import Codec
from schemas.records import Article, Mention
from schemas.topics import ARTICLE, MENTION
from streams.agents.dedupe import DedupeStage
from streams.agents.link import LinkStage
from streams.domain.mentions.read_article import read_article
from tests.benchmarks.bench_recovery import resident
from tests.benchmarks.newsroom import Newsroom
from tests.benchmarks.pipeline.stand import again_and_again, news

WARM = 200
STEP = timedelta(minutes=1)  # between two articles, in event time


def dated(path: Path | None, count: int) -> Iterator[Article]:
    """So many articles in the order of time, real ones from a file."""
    since = datetime.now(UTC) - count * STEP
    if path is None:
        return islice(Newsroom(random.Random(1)).articles(since, STEP), count)
    return islice(again_and_again(news(path, count), since, STEP), count)


def mentions(path: Path | None, count: int) -> Iterator[Mention]:
    """What is read in them."""
    for article in dated(path, count):
        yield from read_article(article)


def encoded(make: Callable[[Path | None, int], Iterator[object]], path: Path | None, count: int) -> Iterator[bytes]:
    """These records as they come from Kafka, made in another process, whose memory is not ours."""
    context = get_context("spawn")
    queue = context.Queue(64)
    maker = context.Process(target=_put, args=(queue, make, path, count), daemon=True)
    maker.start()
    while value := queue.get():
        yield value
    maker.join()


def _put(queue: Any, make: Callable[[Path | None, int], Iterator[object]], path: Path | None, count: int) -> None:
    codec = Codec()
    for record in make(path, count):
        queue.put(codec.encode(record))
    queue.put(b"")


def window(path: Path | None, count: int) -> dict[str, float]:
    """Megabytes for 100,000 articles, with the entries that the stage's table holds."""
    codec, stage = Codec(), DedupeStage(timedelta(days=10_000))
    state, table, before = stage.restore(()), dict[str, bytes | None](), 0.0
    for number, value in enumerate(encoded(dated, path, WARM + count)):
        if number == WARM:
            before = resident()
        table |= stage.handle(state, codec.decode(value, ARTICLE.name)).entries
    return {"articles": count, "MB per 100,000": round((resident() - before) / count * 100_000 / 1000)}


def incidents(path: Path | None, count: int) -> dict[str, float]:
    """Kilobytes of an open incident, with the entries that the stage's table holds."""
    codec, stage = Codec(), LinkStage()
    state, table, before, opened, number = stage.restore(()), dict[str, bytes](), 0.0, 0, 0
    for number, value in enumerate(encoded(mentions, path, count)):
        if number == WARM:
            before, opened = resident(), len(state.open)
        for key, entry in stage.handle(state, codec.decode(value, MENTION.name)).entries.items():
            if entry is None:
                table.pop(key, None)
            else:
                table[key] = entry
    room = (resident() - before) / (len(state.open) - opened)
    return {"articles": count, "mentions": number + 1, "open": len(state.open), "kB": round(room, 1)}


if __name__ == "__main__":
    kind, number, *file = sys.argv[1:]
    measure = {"window": window, "incidents": incidents}[kind]
    print(json.dumps(measure(Path(file[0]) if file else None, int(number))))

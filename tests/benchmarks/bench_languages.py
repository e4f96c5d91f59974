"""How fast documents in other languages are read: `DATA=folder python -m pytest tests/benchmarks/bench_languages.py -s`.

Processor time of one core over the reports of DATA/linkset that are not English, each read once: whole, and without the
sentence encoder, which takes most of it.
"""

import gzip
import json
import os
import resource
import time
from pathlib import Path

import pytest

from streams.domain.languages.language_pack import CODES
from streams.domain.mentions.read_article import read_article
from streams.domain.text.sentence_encoder import switch
from streams.evaluate.claims import article


def rate(articles: list) -> float:
    began = time.process_time()
    for one in articles:
        read_article(one)
    return len(articles) / (time.process_time() - began)


@pytest.mark.skipif("DATA" not in os.environ, reason="DATA names no folder of evaluation data")
def test_documents_a_second() -> None:
    lines = gzip.decompress((Path(os.environ["DATA"]) / "linkset/docs.jsonl.gz").read_bytes()).decode().splitlines()
    rows = [row for row in map(json.loads, lines) if row["lang"] in CODES]
    articles = [article(row) for row in rows]
    for one in articles[:30]:
        read_article(one)
    whole = rate(articles[30:])
    switch(on=False)
    bare = rate(articles[30:])
    switch(on=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{whole:.0f} documents/s whole, {bare:.0f} without the encoder, {memory:.0f} MB, {len(articles)} documents"
    )

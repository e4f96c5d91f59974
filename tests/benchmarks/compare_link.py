"""Dedupe and link over all sets beside their peers, one Markdown table: `python -m tests.benchmarks.compare_link DATA`."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from streams.domain.text.lead import headline_and_lead
from streams.domain.text.sentence_space import DIMENSIONS, embed
from streams.evaluate.documents import Row, as_streamed, published, read_rows
from streams.evaluate.scores import dedupe_scores, link_scores, merge_scores
from streams.train.held_out import SCORES
from tests.benchmarks.machine import described
from tests.benchmarks.peers import Copy, Text, datasketch_verified, rensa_lsh, tfidf_single_pass, vector_single_pass

LINK_SETS = {  # where training keeps what a model scores that has not seen a set's kind; thresholds of TF-IDF and vectors
    "press_stream": ("press", 0.25, 0.45),
    "linkset": ("linkset", 0.2, 0.35),
    "gva_incidents": ("gva", 0.2, 0.7),
    "ecbplus": ("ecb", 0.25, 0.5),
    "uci_headlines": ("uci", 0.08, 0.3),
}
MIN_WORDS = 40  # reuters_stream labels pairs of articles of so many words
Said = tuple[dict[str, Row], float]  # predictions by id, and the processor time they took in seconds
Peer = Callable[[Iterable[Text]], Iterable[Copy]]
MINHASH: dict[str, Peer] = {
    "datasketch MinHashLSH, verified": datasketch_verified,
    "rensa MinHashLSH, plain": rensa_lsh,
}
HEAD = ["task", "set", "who", "F1", "precision", "recall", "second metric", "documents/s"]


def main(data: Path) -> None:
    """Print the table and, last, the same as one line of JSON."""
    lines = [*dedupe_pairs(data), *dedupe_traps(data), *links(data)]
    here = described()
    print(f"{here['machine']}, Python {here['python']}, {here['date']}; documents a second of processor time\n")
    for row in (HEAD, ["---"] * len(HEAD), *lines):
        print(f"| {' | '.join(row)} |")
    print()
    print(json.dumps({"rows": [dict(zip(HEAD, row, strict=True)) for row in lines], **here}, ensure_ascii=False))


def dedupe_pairs(data: Path) -> Iterable[list[str]]:
    """Pairs of reuters_stream."""
    rows = read_rows(data / "reuters_stream/docs.jsonl.gz")
    labelled = read_rows(data / "reuters_stream/near_duplicate_pairs.jsonl.gz", needed=("a", "b"))
    gold = {str(r["id"]): r for r in rows}
    for name, (said, seconds) in _everyone(rows):
        s = dedupe_scores(gold, said, labelled, MIN_WORDS)
        rates = [_rate(s[part]) for part in ("f1", "precision", "recall")]
        yield ["dedupe", "reuters_stream", name, *rates, f"{s['false_merges']} false merges", _speed(rows, seconds)]


def dedupe_traps(data: Path) -> Iterable[list[str]]:
    """Pages of gva_incidents with those whose text is the site's boilerplate, in one stream: merges across incidents."""
    rows = [r for name in ("docs", "boilerplate_docs") for r in read_rows(data / f"gva_incidents/{name}.jsonl.gz")]
    gold = {str(r["id"]): r for r in rows}
    for name, (said, seconds) in _everyone(rows):
        s = merge_scores(gold, said)
        merges = f"{s['merges_across_incidents']} of {s['pairs_merged']} merges across incidents"
        yield ["dedupe", "gva_incidents and boilerplate", name, "", "", "", merges, _speed(rows, seconds)]


def links(data: Path) -> Iterable[list[str]]:
    """Clusters of every set with incidents or stories."""
    kept = json.loads(SCORES.read_text("utf-8"))
    for where, (kind, words, vectors) in LINK_SETS.items():
        rows = read_rows(data / where / "docs.jsonl.gz")
        gold = {str(r["id"]): r for r in rows}
        yield _clusters(where, "tocsin", gold, _ours("link", rows))
        if left_out := kept.get(f"link, its kind left out {kind}"):  # none where training was stopped before
            yield [*_rates(where, "tocsin, its kind left out of training, news alone", left_out), ""]
        yield _clusters(where, f"single-pass TF-IDF, {words:g}", gold, _tfidf(rows, words))
        yield _clusters(where, f"single-pass sentence vectors, {vectors:g}", gold, _vectors(rows, vectors))


def _clusters(where: str, who: str, gold: dict[str, Row], said: Said) -> list[str]:
    return [*_rates(where, who, link_scores(gold, said[0])), _speed(list(gold.values()), said[1])]


def _rates(where: str, who: str, s: Mapping[str, Any]) -> list[str]:
    rates = [_rate(s[f"bcubed_{part}"]) for part in ("f1", "precision", "recall")]
    return ["link", where, who, *rates, f"pairwise F1 {_rate(s['pairwise_f1'])}"]


def _everyone(rows: list[Row]) -> Iterable[tuple[str, Said]]:
    yield "tocsin", _ours("dedupe", rows)
    for name, peer in MINHASH.items():
        yield name, _copies(peer, rows)


def _ours(task: str, rows: list[Row]) -> Said:
    """Predictions as `tocsin eval` makes them, by id."""
    predict = import_module(f"streams.evaluate.{task}").predict
    streamed = as_streamed(rows)
    began = time.process_time()
    said = {str(row["id"]): row for row in predict(streamed)}
    return said, time.process_time() - began


def _copies(peer: Peer, rows: list[Row]) -> Said:
    streamed = as_streamed(rows)
    texts = [(str(r["id"]), f"{r.get('title', '')} {r.get('text', '')}", published(r)) for r in streamed]
    began = time.process_time()
    said = {name: {"copy_of": other} for name, other in peer(texts)}
    return said, time.process_time() - began


def _tfidf(rows: list[Row], threshold: float) -> Said:
    streamed = as_streamed(rows)
    began = time.process_time()
    clusters = tfidf_single_pass(streamed, [published(r) for r in streamed], threshold)
    return {i: {"cluster": c} for i, c in clusters.items()}, time.process_time() - began


def _vectors(rows: list[Row], threshold: float) -> Said:
    streamed = as_streamed(rows)
    began = time.process_time()
    found = [embed(headline_and_lead(r.get("title", ""), r.get("text", ""))) for r in streamed]
    vectors = np.array([np.zeros(DIMENSIONS) if v is None else v for v in found])
    clusters = vector_single_pass(streamed, [published(r) for r in streamed], vectors, threshold)
    return {i: {"cluster": c} for i, c in clusters.items()}, time.process_time() - began


def _speed(rows: list[Row], seconds: float) -> str:
    return f"{len(rows) / seconds:,.0f}"


def _rate(value: float) -> str:
    return f"{100 * value:.1f}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.benchmarks.compare_link DATA, the folder of the evaluation data")
    main(Path(sys.argv[1]))

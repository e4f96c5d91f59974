"""Dedupe and link over all sets beside their peers, one Markdown table: `python -m tests.benchmarks.compare_link DATA`."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from streams.evaluate.documents import as_streamed, published, read_rows
from streams.evaluate.run import evaluate
from streams.evaluate.scores import Scores, dedupe_scores, link_scores, merge_scores
from tests.benchmarks.machine import described
from tests.benchmarks.peers import Copy, Text, datasketch_verified, rensa_lsh, tfidf_single_pass

LINK_SETS = {"gva_incidents": 0.2, "ecbplus": 0.25, "uci_headlines": 0.08}  # with the threshold of the TF-IDF peer
MIN_WORDS = 40  # reuters_stream labels pairs of articles of so many words
Peer = Callable[[Iterable[Text]], Iterable[Copy]]
MINHASH: dict[str, Peer] = {"datasketch MinHashLSH, verified": datasketch_verified, "rensa MinHashLSH, plain": rensa_lsh}
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
    docs, pairs = data / "reuters_stream/docs.jsonl.gz", data / "reuters_stream/near_duplicate_pairs.jsonl.gz"
    ours, seconds = _ours("dedupe", docs, gold2=pairs, min_words=MIN_WORDS)
    rows, labelled = read_rows(docs), read_rows(pairs, needed=("a", "b"))
    gold = {str(r["id"]): r for r in rows}
    yield _dedupe_line("reuters_stream", "tocsin", ours, len(rows) / seconds)
    for name, peer in MINHASH.items():
        said, seconds = _copies(peer, rows)
        yield _dedupe_line("reuters_stream", name, dedupe_scores(gold, said, labelled, MIN_WORDS), len(rows) / seconds)


def dedupe_traps(data: Path) -> Iterable[list[str]]:
    """Pages of gva_incidents with those whose text is the site's boilerplate, in one stream: merges across incidents."""
    docs, traps = data / "gva_incidents/docs.jsonl.gz", data / "gva_incidents/boilerplate_docs.jsonl.gz"
    ours, seconds = _ours("dedupe", docs, also=traps)
    rows = read_rows(docs) + read_rows(traps)
    gold = {str(r["id"]): r for r in rows}
    yield _trap_line("tocsin", ours, len(rows) / seconds)
    for name, peer in MINHASH.items():
        said, seconds = _copies(peer, rows)
        yield _trap_line(name, merge_scores(gold, said), len(rows) / seconds)


def links(data: Path) -> Iterable[list[str]]:
    """Clusters of every set with incidents or stories."""
    for name, threshold in LINK_SETS.items():
        docs = data / name / "docs.jsonl.gz"
        ours, seconds = _ours("link", docs)
        yield _link_line(name, "tocsin", ours, ours["documents"] / seconds)
        rows = read_rows(docs)
        streamed = as_streamed(rows)
        began = time.process_time()
        clusters = tfidf_single_pass(streamed, [published(r) for r in streamed], threshold)
        seconds = time.process_time() - began
        gold = {str(r["id"]): r for r in rows}
        scores = link_scores(gold, {i: {"cluster": c} for i, c in clusters.items()})
        yield _link_line(name, f"single-pass TF-IDF, {threshold:g}", scores, len(rows) / seconds)


def _ours(task: str, docs: Path, **more: Any) -> tuple[Scores, float]:
    """Scores of `tocsin eval`, and the processor time of all of it: reading the file and scoring, too."""
    began = time.process_time()
    return evaluate(task, docs, **more), time.process_time() - began


def _copies(peer: Peer, rows: list[dict[str, Any]]) -> tuple[dict[str, dict[str, str | None]], float]:
    streamed = as_streamed(rows)
    texts = [(str(r["id"]), f"{r.get('title', '')} {r.get('text', '')}", published(r)) for r in streamed]
    began = time.process_time()
    said = {name: {"copy_of": other} for name, other in peer(texts)}
    return said, time.process_time() - began


def _dedupe_line(where: str, who: str, s: Scores, speed: float) -> list[str]:
    merges = f"{s['false_merges']} false merges"
    return ["dedupe", where, who, _rate(s["f1"]), _rate(s["precision"]), _rate(s["recall"]), merges, f"{speed:,.0f}"]


def _trap_line(who: str, s: Scores, speed: float) -> list[str]:
    merges = f"{s['merges_across_incidents']} of {s['pairs_merged']} merges across incidents"
    return ["dedupe", "gva_incidents and boilerplate", who, "", "", "", merges, f"{speed:,.0f}"]


def _link_line(where: str, who: str, s: Scores, speed: float) -> list[str]:
    rates = [_rate(s[f"bcubed_{part}"]) for part in ("f1", "precision", "recall")]
    return ["link", where, who, *rates, f"pairwise F1 {_rate(s['pairwise_f1'])}", f"{speed:,.0f}"]


def _rate(value: float) -> str:
    return f"{100 * value:.1f}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.benchmarks.compare_link DATA, the folder of the evaluation data")
    main(Path(sys.argv[1]))

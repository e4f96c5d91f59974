"""A labelled set through the whole pipeline on real parts, its clusters in ClickHouse held against `tocsin eval link`.

    python -m tests.benchmarks.check_link_end_to_end DATA/gva_incidents/docs.jsonl.gz [LIMIT]

One partition, so that the order of everything is that of the evaluation. Prints one line of JSON; exit code 1 when a
document's cluster has other members in ClickHouse than in the evaluation.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from connectors.ingest.publish import Publisher
from deploy.actions.tail import follow
from deploy.demo.demo import drain
from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import MENTION
from streams.domain.linking.incident import REPORTING_ROLES
from streams.evaluate.documents import Row, as_streamed, read_rows
from streams.evaluate.link import as_fetched, predict
from streams.evaluate.scores import link_scores
from tests.benchmarks.machine import described
from tests.integration.system import System, running

PATIENCE = 1_800.0  # seconds that the pipeline may take


def main(path: Path, limit: int | None) -> int:
    """Run both ways and compare; the exit code."""
    rows = read_rows(path)[:limit]
    streamed = as_streamed(rows)
    said = {str(row["id"]): row["cluster"] for row in predict(streamed)}
    articles = {str(row["id"]): a for row, a in zip(streamed, as_fetched(streamed), strict=True)}
    with TemporaryDirectory() as folder, running("real", Path(folder), partitions=1) as system:
        seconds = put_through(system, list(articles.values()))
        stored = clusters_in_clickhouse(system, articles)
    differ = differing(said, stored)
    print(json.dumps({**compared(rows, said, stored, differ), "seconds": round(seconds), **described()}))
    return 1 if differ else 0


def put_through(system: System, articles: list[Article]) -> float:
    """Publish in order of time, wait until everything is in ClickHouse; seconds that it took."""
    began = time.monotonic()
    with Publisher(system.settings.kafka, Codec(), batch_bytes=system.settings.batch_bytes) as publisher:
        for a in sorted(articles, key=lambda a: a.published_at or a.fetched_at):
            publisher.publish(a)
        publisher.flush()
    drain(system.settings.kafka, seconds=PATIENCE, watch=system.tree.watch)
    return time.monotonic() - began


def clusters_in_clickhouse(system: System, articles: Mapping[str, Article]) -> dict[str, str | None]:
    """The incident of each document: that of its first mention that is news, a copy's that of its original."""
    homes = {str(m): str(i) for m, i in system.query("SELECT mention_id, incident_id FROM incident_mention")}
    copies = {str(a): str(o) for a, o in system.query("SELECT article_id, copy_of FROM copy_current")}
    news: dict[str, str] = {}
    for read in follow(system.settings.kafka, MENTION.name, from_start=True, until_end=True):
        if read.record.role in REPORTING_ROLES:
            news.setdefault(read.record.document_id, read.record.mention_id)
    found: dict[str, str | None] = {}
    for document, a in articles.items():
        told = a.article_id
        while told in copies and told not in news:
            told = copies[told]
        found[document] = homes.get(news.get(told, ""))
    return found


def differing(said: Mapping[str, str | None], stored: Mapping[str, str | None]) -> list[str]:
    """Documents that stand with others in ClickHouse than in the evaluation."""
    one, other = _together(said), _together(stored)
    return sorted(d for d in said if one[d] != other[d])


def _together(clusters: Mapping[str, str | None]) -> dict[str, frozenset[str]]:
    members: dict[str, set[str]] = defaultdict(set)
    for document, cluster in clusters.items():
        members[cluster or document].add(document)
    return {d: frozenset(members[c or d]) for d, c in clusters.items()}


def compared(
    rows: list[Row], said: Mapping[str, str | None], stored: Mapping[str, str | None], differ: list[str]
) -> dict[str, object]:
    """Numbers of both sides, scores where the set has labels."""
    out: dict[str, object] = {
        "documents": len(rows),
        "clusters in the evaluation": len(set(_together(said).values())),
        "clusters in ClickHouse": len(set(_together(stored).values())),
        "documents that differ": len(differ),
        "some of them": differ[:5],
    }
    gold = {str(r["id"]): r for r in rows}
    if all("cluster" in r for r in rows):
        for name, found in (("evaluation", said), ("ClickHouse", stored)):
            scores = link_scores(gold, {d: {"cluster": c} for d, c in found.items()})
            out[f"B-cubed F1, {name}"] = round(scores["bcubed_f1"], 4)
    return out


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m tests.benchmarks.check_link_end_to_end DOCS.jsonl.gz [LIMIT]")
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else None))

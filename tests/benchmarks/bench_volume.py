"""What an article takes of disk: bytes in each topic, rows and bytes in each table; into deploy/capacity/measured.json.

python -m tests.benchmarks.bench_volume --articles 2000 --news docs.jsonl.gz: real articles (lines of JSON with url,
title, text), or without a file invented ones (`newsroom.py`), through real Kafka and ClickHouse; and what an article of
dedupe's window and an open incident take of memory (`pipeline/room.py`). Processor time is taken from RESULTS.md, which
measured it.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from connectors.ingest.publish import Publisher
from schemas.codec import Codec
from tests.benchmarks.pipeline.room import dated
from tests.integration.faults.rig import Rig, rig, say

MEASURED = Path(__file__).parents[2] / "deploy" / "capacity" / "measured.json"
RESULTS = Path(__file__).with_name("RESULTS.md")
PROCESSOR = re.compile(
    r"whole pipeline into ClickHouse \| [\d.]+ articles/s \| ([\d.]+) ms of processor an article: ([^|]+) \|"
)
SETTLE_SECONDS = 1800.0


def processor_ms() -> dict[str, float]:
    """Milliseconds of processor an article by part, of the newest whole run in RESULTS.md."""
    *_, (_, parts) = PROCESSOR.findall(RESULTS.read_text(encoding="utf-8"))
    return {name.rsplit(" ", 1)[0]: float(name.rsplit(" ", 1)[1]) for name in parts.strip().split(", ")}


def room(kind: str, count: int, file: Path | None) -> dict[str, float]:
    """What `pipeline/room.py` measures, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.pipeline.room", kind, str(count), *([str(file)] if file else [])]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def topic_bytes(system: Rig) -> dict[str, int]:
    """Bytes of each topic's segments, indexes aside."""
    found: dict[str, int] = {}
    for segment in (system.folder / "kafka" / "log").glob("*/*.log"):
        name = segment.parent.name.rsplit("-", 1)[0]
        if name.startswith(("news.", "tocsin-")):
            found[name] = found.get(name, 0) + segment.stat().st_size
    return found


def tables(system: Rig) -> dict[str, tuple[int, int]]:
    """Rows and compressed bytes of each table, merged."""
    with system.reader() as reader:
        names = [
            name
            for (name,) in reader.query(
                "SELECT name FROM system.tables WHERE database = 'tocsin' AND engine LIKE '%MergeTree%'"
            ).rows
        ]
        for name in names:
            reader.query(f"OPTIMIZE TABLE {name} FINAL")
        rows = reader.query(
            "SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'tocsin' GROUP BY table"
        ).rows
    return {str(name): (int(count), int(size)) for name, count, size in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1500)
    parser.add_argument("--news", type=Path, help="real articles: lines of JSON with url, title, text")
    chosen = parser.parse_args()
    count = chosen.articles
    window, incident = room("window", count, chosen.news), room("incidents", count, chosen.news)
    say(f"memory: {window}, {incident}")
    with rig(Path(tempfile.mkdtemp(prefix="tocsin-volume-")), proxied=False, tell=say) as system:
        with Publisher(system.settings.kafka, Codec()) as publisher:
            for article in dated(chosen.news, count):
                publisher.publish(article)
        system.settle(SETTLE_SECONDS)
        topics, rows = topic_bytes(system), tables(system)
    measured = {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}", "articles": count, "real": chosen.news is not None,
        "processor_ms": processor_ms(),
        "window_bytes": round(window["MB per 100,000"] * 10), "incident_bytes": round(incident["kB"] * 1000),
        "topic_bytes": {name: round(size / count, 1) for name, size in sorted(topics.items())},
        "rows": {name: round(n / count, 3) for name, (n, _) in sorted(rows.items())},
        "table_bytes": {name: round(size / count, 1) for name, (_, size) in sorted(rows.items())},
    }  # fmt: skip
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    say(
        f"{sum(measured['topic_bytes'].values()):.0f} bytes of topics and {sum(measured['table_bytes'].values()):.0f} of tables an article"
    )


if __name__ == "__main__":
    main()

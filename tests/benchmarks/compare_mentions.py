"""Whether two states of the code read the same: dumps every mention of the English evaluation documents, compares two dumps.

    .venv/bin/python -m tests.benchmarks.compare_mentions dump before.jsonl.gz [--every 10]
    .venv/bin/python -m tests.benchmarks.compare_mentions compare before.jsonl.gz after.jsonl.gz

Run the first in a tree of each state, the second in either. A dump has one line for each document: its mentions as the
record has them (the features of linking as hashes) and its toll. The comparison prints each field that differs and counts
them; its exit status is 1 when there is any. `--every N` takes every Nth document.
"""

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from schemas.codec import to_json
from streams.domain.mentions.read_article import article_casualties, read_article
from streams.evaluate.claims import article
from streams.evaluate.documents import read_rows
from tests.benchmarks.machine import DATA

SETS = (
    "incident_claims/docs.jsonl", "case2021_acled/snippets.jsonl.gz", "cameo_penta/sentences.jsonl.gz",
    "ecbplus/docs.jsonl.gz", "geoparsing/geovirus.jsonl.gz", "geoparsing/lgl.jsonl.gz", "gun_casualties/docs.jsonl.gz",
    "gva_incidents/boilerplate_docs.jsonl.gz", "gva_incidents/docs.jsonl.gz", "india_police_events/docs.jsonl.gz",
    "linkset/docs.jsonl.gz", "main_event_5w1h/docs.jsonl.gz", "muc4/docs.jsonl.gz", "plover_gsr/records.jsonl.gz",
    "press_stream/docs.jsonl.gz", "protest_docs_za/docs.jsonl.gz", "reuters_stream/docs.jsonl.gz",
    "ruwa_headlines/docs.jsonl.gz", "uci_headlines/docs.jsonl.gz", "unlabelled_news/docs.jsonl.gz",
)  # fmt: skip
SHOWN = 40  # differences printed


def documents(every: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Nth English row of every set that is there, with the set's name."""
    for name in SETS:
        path = DATA / name
        rows = [row for row in read_rows(path) if row.get("lang") in (None, "en")] if path.exists() else []
        yield from ((name, row) for row in rows[::every])


def _hashed(value: object) -> str:
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=8).hexdigest()


def dump(out: Path, every: int) -> None:
    """Write the mentions of every document."""
    began, number = time.process_time(), 0
    with gzip.open(out, "wt", encoding="utf-8", compresslevel=1) as lines:
        for name, row in documents(every):
            read = article(row)
            mentions: list[dict[str, Any]] = [to_json(m) for m in read_article(read)]
            for m in mentions:
                m["features"] = {field: _hashed(value) for field, value in m["features"].items()}
            line = {"id": f"{name}:{row['id']}", "mentions": mentions, "toll": list(article_casualties(read))}
            lines.write(json.dumps(line, default=str) + "\n")
            number += 1
    print(f"{number} documents in {time.process_time() - began:.0f} s of processor time")


def differences(one: object, other: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Each field in which two values differ: its path, and both values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from differences(a, b, f"{path}[{at}]")
    elif one != other:
        yield path, one, other


def compare(before: Path, after: Path) -> int:
    """Print what differs; the number of fields that do."""
    documents, changed, fields, shown = 0, set(), Counter[str](), 0
    with gzip.open(before, "rt", encoding="utf-8") as left, gzip.open(after, "rt", encoding="utf-8") as right:
        for a, b in zip(left, right, strict=True):
            documents += 1
            if a == b:
                continue
            one, other = json.loads(a), json.loads(b)
            for path, old, new in differences(one, other):
                changed.add(one["id"])
                fields[path.split(".")[-1].partition("[")[0]] += 1
                if shown < SHOWN:
                    print(f"{one['id']}{path}: {_short(old)} -> {_short(new)}")
                    shown += 1
    print(f"{documents} documents, {len(changed)} differ in {fields.total()} fields {dict(fields)}")
    return fields.total()


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) < 160 else f"{text[:160]}…"


def main() -> None:
    """Dump or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("dump")
    one.add_argument("out", type=Path)
    one.add_argument("--every", type=int, default=1)
    two = commands.add_parser("compare")
    two.add_argument("before", type=Path)
    two.add_argument("after", type=Path)
    asked = parser.parse_args()
    if asked.command == "dump":
        dump(asked.out, asked.every)
    else:
        sys.exit(bool(compare(asked.before, asked.after)))


if __name__ == "__main__":
    main()

"""`python -m tests.benchmarks.analysts FOLDER --articles 1000000`: fills FOLDER with generated news, asks everything.

A folder that has news is asked as it is. The figures go into RESULTS.md. Questions about one incident ask about the one
with most accounts, and about one with ten.
"""

import argparse
import time
from collections import defaultdict
from pathlib import Path

from connectors.load.explain import explain
from connectors.load.migrate import migrate
from connectors.sinks.contract import Reader, Store
from connectors.sinks.embedded import EmbeddedStore
from tests.benchmarks.analysts.accounts import fill_accounts
from tests.benchmarks.analysts.ask import Asked, ask, cookbook
from tests.benchmarks.analysts.generate import News, Size
from tests.benchmarks.machine import described

RESULTS = Path(__file__).parents[1] / "RESULTS.md"
TOLD = "Processor time is what other programs disturb least; wall time was taken beside them."
ONE_INCIDENT = {
    "incidents": "SELECT * FROM incidents WHERE incident_id = '{}'",
    "claims": "SELECT * FROM claims WHERE incident_id = '{}'",
    "claim_history": "SELECT * FROM claim_history WHERE incident_id = '{}'",
    "incident_mention": "SELECT * FROM incident_mention WHERE incident_id = '{}'",
    "origins": "SELECT * FROM origins WHERE incident_id = '{}'",
    "versions": "SELECT * FROM incident_version_current WHERE incident_id = '{}'",
}


def filled(store: Store, articles: int) -> list[str]:
    """Fill the tables; lines of the report about it."""
    rows: defaultdict[str, int] = defaultdict(int)
    seconds: defaultdict[str, float] = defaultdict(float)
    began = time.process_time()
    for table, number in News(Size(articles)).fill(store):
        now = time.process_time()
        rows[table] += number
        seconds[table] += now - began
        began = now
    fill_accounts(store)
    seconds["account and what it is made of"], rows["account and what it is made of"] = (
        time.process_time() - began,
        rows["mention"],
    )
    lines = ["| table | rows | rows a second of processor time, made and stored |", "|---|---|---|"]
    return lines + [f"| {t} | {rows[t]:,} | {rows[t] / seconds[t]:,.0f} |" for t in rows] + [""]


def sizes(reader: Reader) -> list[str]:
    """Bytes a row of each table on disk, and before packing."""
    found = reader.query(
        "SELECT table, sum(rows), sum(data_compressed_bytes), sum(data_uncompressed_bytes) FROM system.parts "
        "WHERE active AND database = currentDatabase() AND rows > 0 GROUP BY table ORDER BY 3 DESC LIMIT 12"
    ).rows
    lines = ["| table | rows | bytes a row on disk | unpacked |", "|---|---|---|---|"]
    return lines + [f"| {t} | {int(n):,} | {int(c) / int(n):,.0f} | {int(u) / int(n):,.0f} |" for t, n, c, u in found]


def asked(found: list[Asked]) -> list[str]:
    """A table of answers."""
    lines = ["| question | first, s | again, s | processor, s | rows |", "|---|---|---|---|---|"]
    lines += [
        f"| {a.name} | {a.failed or f'{a.first:.2f} | {a.again:.2f} | {a.processor:.2f} | {a.rows:,}'} |" for a in found
    ]
    return [*lines, ""]


def report(reader: Reader) -> list[str]:
    """Every question over what is there."""
    (largest,), (usual,) = (
        reader.query(
            f"SELECT incident_id FROM account GROUP BY incident_id ORDER BY {order}, incident_id LIMIT 1"
        ).rows[0]
        for order in ("count() DESC", "abs(toInt64(count()) - 10)")
    )
    one = [
        ask(reader, f"{name}, {size}", sql.format(incident))
        for size, incident in (("largest", largest), ("usual", usual))
        for name, sql in ONE_INCIDENT.items()
    ]
    everything = list(cookbook(reader, {"incident": largest}))
    slow = [a.name for a in everything if a.failed or a.again > 2]
    held = (
        f"{len(everything) - len(slow)} of {len(everything)} questions within 2 s; beyond: {', '.join(slow) or 'none'}."
    )
    return ["Everything about one incident:", "", *asked(one), f"The cookbook: {held}", "", *asked(everything)]


def main() -> None:
    """Fill, ask, write."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--articles", type=int, default=100_000)
    given = words.parse_args()
    before = described()
    store = EmbeddedStore(given.folder)
    migrate(store)
    explain(store)
    loaded = [] if store.query("SELECT count() FROM article").rows != [(0,)] else filled(store, given.articles)
    (articles,) = store.query("SELECT count() FROM article").rows[0]
    command = f"python -m tests.benchmarks.analysts FOLDER --articles {int(articles)}"
    engine = f"ClickHouse {'.'.join(map(str, store.version()))} in this process"
    lines = [
        f"## analysts: {int(articles):,} articles",
        "",
        f"`{command}`; {', '.join(before.values())}, {engine}. {TOLD}",
        "",
    ]
    lines += [*loaded, *report(store), *sizes(store)]
    store.close()
    print("\n".join(lines))
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

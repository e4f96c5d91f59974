"""`python -m tests.benchmarks.analysts FOLDER --articles 1000000`: fills FOLDER with generated news, asks everything.

A folder that has news is brought up to date and asked as it is. The figures go into RESULTS.md, in the place of what an
earlier run with as many articles wrote, those of filling into a section of their own. Questions about one incident ask
about the one with most accounts, and about one with ten.
"""

import argparse
import time
from collections import defaultdict
from pathlib import Path

from connectors.load.explain import explain
from connectors.load.migrate import migrate, migrations
from connectors.sinks.contract import Reader, Store
from connectors.sinks.embedded import EmbeddedStore
from tests.benchmarks.analysts.ask import Answer, Asked, cookbook, counts, one_incident, panels, searches
from tests.benchmarks.analysts.generate import News, Size
from tests.benchmarks.analysts.naive import beside_naive
from tests.benchmarks.analysts.searching import brought_up
from tests.benchmarks.analysts.section import write
from tests.benchmarks.machine import described

TOLD = "Processor time is what other programs disturb least; wall time was taken beside them."
BASE = "0011"  # the first file that works tables out from others: they are filled first
# These come to a loader by time, but to a migration not.
IN_ORDER = ("mention_by_time", "copy_by_time", "incident_by_time", "change_by_time")
MONTH = 30 * 86400


def filled(store: Store, articles: int) -> list[str]:
    """Fill the tables, and those that are worked out from them; lines of the report about it."""
    rows: defaultdict[str, int] = defaultdict(int)
    seconds: defaultdict[str, float] = defaultdict(float)
    migrate(store, [m for m in migrations() if m.name < BASE])
    began = time.process_time()
    for table, number in News(Size(articles)).fill(store):
        now = time.process_time()
        rows[table] += number
        seconds[table] += now - began
        began = now
    lines = ["| table | rows | rows a second of processor time, made and stored |", "|---|---|---|"]
    lines += [f"| {t} | {rows[t]:,} | {rows[t] / seconds[t]:,.0f} |" for t in rows]
    began = time.process_time()
    migrate(store)
    took = time.process_time() - began
    for table in IN_ORDER:
        store.execute(f"OPTIMIZE TABLE {table} FINAL")
    return [*lines, "", f"The migrations from {BASE} on took {took:.0f} s of processor time over these rows.", ""]


def sizes(reader: Reader) -> list[str]:
    """Bytes a row of each table on disk, and before packing."""
    found = reader.query(
        "SELECT table, sum(rows), sum(data_compressed_bytes), sum(data_uncompressed_bytes), count() FROM system.parts "
        "WHERE active AND database = currentDatabase() AND rows > 10000 GROUP BY table ORDER BY 3 DESC"
    ).rows
    lines = ["| table | rows | bytes a row on disk | unpacked | parts |", "|---|---|---|---|---|"]
    lines += [
        f"| {t} | {int(n):,} | {int(c) / int(n):,.0f} | {int(u) / int(n):,.0f} | {int(p)} |" for t, n, c, u, p in found
    ]
    return [*lines, "", f"Together {sum(int(row[2]) for row in found) / 1e9:.1f} GB.", ""]


def asked(found: list[Asked]) -> list[str]:
    """A table of answers."""
    lines = ["| question | first, s | again, s | processor, s | rows |", "|---|---|---|---|---|"]
    lines += [
        f"| {a.name} | {a.failed or f'{a.first:.2f} | {a.again:.2f} | {a.processor:.2f} | {a.rows:,}'} |" for a in found
    ]
    return [*lines, ""]


def within(found: list[Asked], limit: float) -> str:
    """How many were answered within a limit, in seconds, and which were not."""
    late = [f"{a.name} ({a.failed or f'{a.again:.3f} s'})" for a in found if a.failed or a.again > limit]
    return f"{len(found) - len(late)} of {len(found)} within {limit:g} s; beyond: {', '.join(late) or 'none'}."


def report(reader: Reader, answer: Answer) -> list[str]:
    """Every question over what is there."""
    (largest,), (usual,) = (
        reader.query(
            f"SELECT incident_id FROM account GROUP BY incident_id ORDER BY {order}, incident_id LIMIT 1"
        ).rows[0]
        for order in ("count() DESC", "abs(toInt64(count()) - 10)")
    )
    ((newest,),) = reader.query("SELECT toUInt32(max(fetched_at)) FROM arrivals").rows
    since, until = (f"toDateTime({moment}, 'UTC')" for moment in (int(newest) - MONTH, int(newest)))
    lines = []
    for title, limit, found in (
        ("Everything about the incident with most accounts", 0.2, [*one_incident(answer, largest, "largest")]),
        ("Everything about one with ten accounts", 0.2, [*one_incident(answer, usual, "usual")]),
        ("The cookbook", 2, [*cookbook(answer, {"incident": largest})]),
        ("The console's search over all words", 2, [*searches(answer)]),
        ("Panels of the dashboards, over the last 30 days", 0.2, [*panels(answer, since, until)]),
        ("Counts by day over three years, and by hour", 0.2, [*counts(answer, since)]),
    ):
        lines += [f"{title}: {within(found, limit)}", "", *asked(found)]
    return lines


def main() -> None:
    """Fill, ask, write."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--articles", type=int, default=100_000)
    words.add_argument("--naive", action="store_true", help="load the claims into a naive table too")
    given = words.parse_args()
    before = described()
    store = EmbeddedStore(given.folder)
    has_news = store.query("EXISTS TABLE article").rows == [(1,)]
    engine = f"ClickHouse {'.'.join(map(str, store.version()))} in this process"
    if not has_news:
        command = f"python -m tests.benchmarks.analysts FOLDER --articles {given.articles}"
        title = f"## analysts: filling the tables with {given.articles:,} articles"
        told = f"`{command}`; {', '.join(before.values())}, {engine}."
        write("\n".join([title, "", told, "", *filled(store, given.articles)]))
    brought_up(store)
    explain(store)
    (articles,) = store.query("SELECT count() FROM article").rows[0]
    command = f"python -m tests.benchmarks.analysts FOLDER --articles {int(articles)}{' --naive' * given.naive}"
    lines = [
        f"## analysts: {int(articles):,} articles",
        "",
        f"`{command}`; {', '.join(before.values())}, {engine}. {TOLD}",
        "",
    ]
    with store.session() as session:
        session.query(f"USE {store.database}")
        lines += [*report(store, lambda sql: bytes(session.query(sql, "JSONCompact").bytes()))]
    lines += sizes(store)
    if given.naive:
        lines += beside_naive(store)
    store.close()
    write("\n".join(lines))


if __name__ == "__main__":
    main()

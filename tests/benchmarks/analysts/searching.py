"""`python -m tests.benchmarks.analysts.searching FOLDER`: the console's search with and without its column of words.

FOLDER holds generated news, as `python -m tests.benchmarks.analysts FOLDER` fills it. The section goes into RESULTS.md.
"""

import argparse
import time
from pathlib import Path

from connectors.load.migrate import migrate
from connectors.sinks.contract import Store
from connectors.sinks.embedded import EmbeddedStore
from tests.benchmarks.analysts.ask import RARE, searches
from tests.benchmarks.analysts.section import write
from tests.benchmarks.machine import described

KEPT = (
    "SELECT table, sum(rows), sum(column_data_compressed_bytes), any(whole), any(of_index) FROM system.parts_columns "
    "ALL INNER JOIN (SELECT table, sum(bytes_on_disk) AS whole, sum(secondary_indices_compressed_bytes) AS of_index "
    "FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table) AS t USING table "
    "WHERE active AND database = currentDatabase() AND column = 'words' GROUP BY table ORDER BY table"
)


def brought_up(store: Store) -> float:
    """Apply the migrations and wait for all that they do in the background; seconds of processor time."""
    began = time.process_time()
    migrate(store)
    while store.query("SELECT count() FROM system.mutations WHERE NOT is_done").rows != [(0,)]:
        time.sleep(1)
    return time.process_time() - began


def main() -> None:
    """Bring up, ask, write."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    given = words.parse_args()
    before, store = described(), EmbeddedStore(given.folder)
    took = brought_up(store)
    (articles,) = store.query("SELECT count() FROM article").rows[0]
    ((apart,),) = store.query(f"SELECT count() / countIf(words LIKE '% {RARE} %') FROM account").rows
    engine = f"ClickHouse {'.'.join(map(str, store.version()))} in this process"
    lines = [
        f"## analysts: the console's search over {int(articles):,} articles",
        "",
        (
            f"`python -m tests.benchmarks.analysts.searching FOLDER`; {', '.join(before.values())}, {engine}. Missing "
            f"migrations took {took:.0f} s of processor time. The rare word stands in one report of {int(apart):,}."
        ),
        "",
        "| search | processor, s, texts | column of words | with its index | incidents |",
        "|---|---|---|---|---|",
    ]
    with store.session() as session:
        session.query(f"USE {store.database}")
        ways = [
            [*searches(lambda sql: bytes(session.query(sql, "JSONCompact").bytes()), has_words=words, indexed=indexed)]
            for words, indexed in ((False, False), (True, False), (True, True))
        ]
    for found in zip(*ways, strict=True):
        numbers = " and ".join(f"{rows:,}" for rows in sorted({a.rows for a in found}))
        lines.append(f"| {found[0].name} | {' | '.join(f'{a.processor:.2f}' for a in found)} | {numbers} |")
    lines += ["", "| table | rows | bytes a row | of them words | index of words |", "|---|---|---|---|---|"]
    for table, rows, of_words, whole, of_index in store.query(KEPT).rows:
        shown = " | ".join(f"{int(b) / int(rows):,.0f}" for b in (whole, of_words, of_index))
        lines.append(f"| {table} | {int(rows):,} | {shown} |")
    store.close()
    write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()

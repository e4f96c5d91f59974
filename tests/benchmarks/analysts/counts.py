"""`python -m tests.benchmarks.analysts.counts FOLDER --articles 10000000`: counts by hour and day at full size.

Only the tables in the order of time are filled, with the times, publishers, kinds and places of generated news; then
the counts are worked out from them by the statements of the migration, and asked. The section goes into RESULTS.md.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from connectors.load.migrate import migrate, migrations, sliced
from connectors.sinks.contract import Store
from connectors.sinks.embedded import EmbeddedStore
from tests.benchmarks.analysts.ask import counts
from tests.benchmarks.analysts.generate import (
    CHUNK,
    DAYS,
    FAMILIES,
    LANGS,
    START,
    News,
    Size,
    country,
    id_of,
    pick,
    skewed,
)
from tests.benchmarks.analysts.section import write
from tests.benchmarks.machine import described

MONTH = 30 * 86400
FILLS = "0016"  # the migration that works the counts out
SITE = f"concat('site', toString({skewed('n', 11, 20_000)}), '.example')"


def narrow(size: Size) -> Iterator[tuple[str, int, str]]:
    """Table, rows and SELECT of each table in the order of time; `{first}` and `{rows}` are the piece's."""
    at = f"{START} + toUInt32(n * {DAYS * 86400} / {size.articles})"
    numbers = "FROM (SELECT {first} + number AS n FROM numbers({rows}))"
    copies = "FROM (SELECT intDiv({first} + number, 2) * 5 + 3 + ({first} + number) % 2 AS n FROM numbers({rows}))"
    lang = pick(LANGS, skewed("n", 11, 20_000), 5)
    yield (
        "article_by_time (fetched_at, article_id, domain, lang, feed, produced_ms)",
        size.articles,
        f"SELECT toDateTime({at}, 'UTC'), {id_of('a', 'n')}, {SITE}, {lang}, '', toUInt64({at}) * 1000 {numbers}",
    )
    yield (
        "copy_by_time (fetched_at, article_id, domain, produced_ms)",
        size.articles - size.originals,
        f"SELECT toDateTime({at}, 'UTC'), {id_of('a', 'n')}, {SITE}, toUInt64({at}) * 1000 {copies}",
    )
    kind = f"{pick(FAMILIES, 'i', 4)}, concat('type', toString({skewed('i', 6, 12)})), {country('i')}"
    news = News(size)
    yield (
        "mention_by_time (reported_at, mention_id, family, subtype, country, domain, produced_ms)",
        size.mentions,
        (
            f"SELECT toDateTime(at, 'UTC'), {id_of('m', 'm')}, {kind}, concat('site', toString(d), '.example'), "
            f"toUInt64(at) * 1000 FROM {news.mentions('{first}', '{rows}')}"
        ),
    )
    yield (
        "incident_by_time (first_seen, incident_id, family, subtype, country, produced_ms, gone)",
        size.incidents,
        (
            f"SELECT {news.moment('i')}, {id_of('i', 'i')}, {kind}, toUInt64(1), i % 50 = 7 "
            "FROM (SELECT {first} + number AS i FROM numbers({rows}))"
        ),
    )


def filled(store: Store, size: Size) -> float:
    """Fill the tables and work the counts out; seconds of processor time that the counts took."""
    migrate(store)
    for table, number, select in narrow(size):
        for first in range(0, number, CHUNK * 2):
            rows = min(CHUNK * 2, number - first)
            store.execute(f"INSERT INTO {table} {select.replace('{first}', str(first)).replace('{rows}', str(rows))}")
    began = time.process_time()
    (fills,) = (m for m in migrations() if m.name.startswith(FILLS))
    for statement in fills.statements():
        if "_tally_" in statement and "INSERT INTO" in statement:
            for one in sliced(store, statement):
                store.execute(one)
    return time.process_time() - began


def main() -> None:
    """Fill, ask, write."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--articles", type=int, default=10_000_000)
    given = words.parse_args()
    before = described()
    size, store = Size(given.articles), EmbeddedStore(given.folder)
    has_news = store.query("EXISTS TABLE article_by_time").rows == [(1,)]
    took = None if has_news else filled(store, size)
    engine = f"ClickHouse {'.'.join(map(str, store.version()))} in this process"
    lines = [
        f"## analysts: counts at {size.articles:,} articles",
        "",
        (
            f"`python -m tests.benchmarks.analysts.counts FOLDER --articles {size.articles}`; "
            f"{', '.join(before.values())}, {engine}. {size.mentions:,} mentions, {size.incidents:,} incidents."
        ),
        "",
    ]
    if took is not None:
        lines += [f"To work all counts out took {took:.0f} s of processor time.", ""]
    lines += ["| question | first, s | again, s | processor, s | rows |", "|---|---|---|---|---|"]
    with store.session() as session:
        session.query(f"USE {store.database}")
        since = f"toDateTime({START + DAYS * 86400 - MONTH}, 'UTC')"
        for a in counts(lambda sql: bytes(session.query(sql, "JSONCompact").bytes()), since):
            lines.append(
                f"| {a.name} | {a.failed or f'{a.first:.2f} | {a.again:.2f} | {a.processor:.2f} | {a.rows:,}'} |"
            )
    kept = "SELECT table, sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND table LIKE '%_tally_%' GROUP BY table ORDER BY table"
    lines += ["", "| table | rows | MB on disk |", "|---|---|---|"]
    lines += [f"| {t} | {int(n):,} | {int(b) / 1e6:.0f} |" for t, n, b in store.query(kept).rows]
    store.close()
    write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()

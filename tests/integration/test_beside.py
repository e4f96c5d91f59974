"""Tables that are filled beside the others come to the same, in whatever order records arrive and however often."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.load.migrate import migrate, migrations, refill
from deploy.actions.cookbook import recipes
from tests.connectors.load_rows import BESIDE, as_columns, put, rows_of
from tests.integration.loading import EXAMPLES
from tests.integration.test_accounts import A, B, C, said, version

pytestmark = pytest.mark.timeout(300)
ARTICLE, COPY = EXAMPLES["news.article.v1"], EXAMPLES["news.copy.v1"]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def article(article_id, domain, minutes, title="One title"):
    at = NOON + timedelta(minutes=minutes)
    source = replace(ARTICLE.source, domain=domain)
    return replace(ARTICLE, article_id=article_id, source=source, published_at=at, fetched_at=at, title=title)


def copy(article_id, of, domain, minutes):
    at = NOON + timedelta(minutes=minutes)
    source = replace(COPY.source, domain=domain)
    return replace(COPY, article_id=article_id, copy_of=of, source=source, published_at=at, fetched_at=at)


def mention(mention_id, domain, minutes, story=""):
    at = NOON + timedelta(minutes=minutes)
    source = replace(EXAMPLES["news.mention.v1"].source, domain=domain, name=domain)
    return replace(said(mention_id, story), source=source, reported_at=at, role="main")


# C first copied A, then, as the later verdict says, B; the original of the last copy never came.
SPREAD = [
    *(article(A, "a.example", 0), article(B, "b.example", 30), article(C, "c.example", 60)),
    *(copy(C, A, "c.example", 60), copy(C, B, "c.example", 60), copy("9" * 32, "8" * 32, "z.example", 90)),
]
# B's mention is the first of A after the merge; then the merge is taken back.
TOLD = [
    *(mention(A, "a.example", 60), version(A, 1, A, "opened"), mention(B, "b.example", 0), version(B, 1, B, "opened")),
    *(mention(C, "c.example", 5), version(B, 2, C), version(B, 3, None, "merged", A)),
]
COPIES = "SELECT article_id, domain, copy_of, original_domain, lag_seconds FROM copies"
FIRST = "SELECT incident_id, domain FROM first_reports ORDER BY incident_id"
MERGED = "SELECT incident_id, survivor FROM incident_merged"


def orders(records):
    """As produced, and shuffled with some twice; each with the time at which it entered Kafka."""
    numbered = [*enumerate(records, start=1_700_000_000_000)]
    yield numbered
    for seed in range(3):
        shuffled = [*numbered, *numbered[:3]]
        random.Random(seed).shuffle(shuffled)
        yield shuffled


@pytest.mark.parametrize("order", range(4))
def test_copies_find_their_originals(store, order):
    for produced, record in [*orders(SPREAD)][order]:
        put(store, record, produced_ms=produced)
    assert store.query(COPIES).rows == [(C, "c.example", B, "b.example", 1800)]
    put(store, article(B, "b.example", 20, "Another title"), produced_ms=1_800_000_000_000)
    assert store.query("SELECT original_title, lag_seconds FROM copies").rows == [("Another title", 2400)]


@pytest.mark.parametrize("order", range(4))
def test_who_told_first_follows_merges_and_their_end(store, order):
    for produced, record in [*orders(TOLD)][order]:
        put(store, record, produced_ms=produced)
    assert store.query(FIRST).rows == [(A, "b.example")]
    assert store.query(MERGED).rows == [(B, A)]
    put(
        store,
        version(B, 4, None, "split"),
        version(B, 5, B, "split"),
        version(B, 6, C, "split"),
        produced_ms=1_800_000_000_000,
    )
    assert store.query(FIRST).rows == [(A, "a.example"), (B, "b.example")]
    assert store.query(MERGED).rows == []


def test_counts_by_hour_and_day_count_each_once(store):
    for produced, record in [*orders([*SPREAD, *TOLD])][1]:
        put(store, record, produced_ms=produced)
    hours = [(NOON + timedelta(hours=n)) for n in (0, 1)]
    assert store.query(
        "SELECT hour, domain, articles, copies, reports FROM sources_hourly ORDER BY hour, domain"
    ).rows == [
        (hours[0], "a.example", 1, 0, 0),
        (hours[0], "b.example", 1, 0, 1),
        (hours[0], "c.example", 0, 0, 1),
        (hours[1], "a.example", 0, 0, 1),
        (hours[1], "c.example", 1, 1, 0),
        (hours[1], "z.example", 0, 1, 0),
    ]
    days = store.query(
        "SELECT domain, sum(articles), sum(copies), sum(reports) FROM sources_daily GROUP BY domain ORDER BY domain"
    )
    assert days.rows == [("a.example", 1, 0, 1), ("b.example", 1, 0, 1), ("c.example", 1, 1, 1), ("z.example", 0, 1, 0)]
    for dimension in ("types", "countries"):
        for each in ("hourly", "daily"):
            assert store.query(f"SELECT sum(reports), sum(incidents) FROM {dimension}_{each}").rows == [(3, 1)]


def test_what_was_stored_before_is_taken_over(clickhouse, name):
    store = clickhouse.open(name)
    migrate(store, [m for m in migrations() if m.name < "0011"])
    store_as_before(store)
    migrate(store)
    assert store.query(COPIES).rows == [(C, "c.example", B, "b.example", 1800)]
    assert store.query(FIRST).rows == [(A, "b.example")]
    assert store.query(MERGED).rows == [(B, A)]
    assert store.query("SELECT sum(articles), sum(copies), sum(reports) FROM sources_daily").rows == [(3, 2, 3)]
    changes = store.query(recipes()["changes"].fill({})).rows
    assert [row[1] for row in changes] == ["opened", "opened", "joined", "merged"]
    assert store.query(recipes()["changes"].fill({"after": str(changes[1][0]), "limit": "1"})).rows == [changes[2]]
    store.execute(f"DROP DATABASE {name}")
    store.close()


def test_what_an_earlier_loader_stored_meanwhile_is_filled_in_when_asked(store):
    put(store, article(A, "a.example", 0), produced_ms=1_600_000_000_000)
    store_as_before(store)
    assert store.query(COPIES).rows == store.query(FIRST).rows == []
    for _ in range(2):
        assert "0013_beside_filled" in refill(store)
        assert store.query(COPIES).rows == [(C, "c.example", B, "b.example", 1800)]
        assert store.query(FIRST).rows == [(A, "b.example")]
        assert store.query("SELECT sum(articles), sum(copies), sum(reports) FROM sources_daily").rows == [(3, 2, 3)]
    assert migrate(store).applied == ()


def store_as_before(store):
    """What a loader stored that knew nothing of the tables beside others."""
    for produced, record in enumerate([*SPREAD, *TOLD], start=1_700_000_000_000):
        tables = [(table, as_columns(row)) for table, row in rows_of(record, produced).items() if table not in BESIDE]
        for table, columns in tables:
            store.insert(table, columns)
    accounts_as_before(store)


def accounts_as_before(store):
    """What the loader had made of them."""
    store.insert("account", {
        "incident_id": [A, A, A], "mention_id": [A, B, C], "here": [1, 1, 1], "role": ["main"] * 3,
        "domain": ["a.example", "b.example", "c.example"], "written_us": [1, 1, 1],
        "reported_at": [NOON + timedelta(minutes=m) for m in (60, 0, 5)],
    })  # fmt: skip

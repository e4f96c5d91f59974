"""The table that questions about one incident read follows mentions wherever they go, in whatever order it is told."""

import random
import re
from dataclasses import replace

import pytest

from connectors.load.accounts import Accounts
from connectors.load.migrate import migrate, migrations
from tests.connectors.load_rows import BESIDE, as_columns, put, rows_of
from tests.integration.loading import EXAMPLES

pytestmark = pytest.mark.timeout(300)
INCIDENT, MENTION = EXAMPLES["news.incident.v1"], EXAMPLES["news.mention.v1"]
A, B, C, D = (f"{n:032x}" for n in (1, 2, 3, 4))
SHOWN = "SELECT mention_id, incident_id, superseded FROM incident_mention ORDER BY mention_id"


def said(mention_id, story="", document=""):
    return replace(MENTION, mention_id=mention_id, document_id=document or mention_id, story_id=story or mention_id)


def version(incident_id, number, mention_id=None, kind="joined", into=None):
    change = replace(INCIDENT.change, kind=kind, mention_id=mention_id)
    return replace(INCIDENT, incident_id=incident_id, version=number, change=change, merged_into=into)


# As produced: A, B and C are opened; C goes up in B and B in A; then C's mention is split off again, under its old id.
# D revises A's mention.
TOLD = [
    *(said(A, "story"), version(A, 1, A, "opened"), said(B), version(B, 1, B, "opened"), said(C)),
    *(version(C, 1, C, "opened"), version(C, 2, None, "merged", B), version(B, 2, None, "merged", A)),
    *(version(C, 3, C, "split"), said(D, "story", D), version(A, 2, D, "revised")),
]
EXPECTED = [(A, A, 1), (B, A, 0), (C, C, 0), (D, A, 0)]


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4])
def test_order_of_arrival_and_repetition_do_not_matter(store, seed):
    numbered = [*enumerate(TOLD, start=1_700_000_000_000)]
    if seed is not None:
        random.Random(seed).shuffle(numbered)
    for produced, record in [*numbered, *numbered[:4]]:
        put(store, record, produced_ms=produced)
    assert store.query(SHOWN).rows == EXPECTED


def test_a_whole_batch_at_once_comes_to_the_same(store):
    rows: dict[str, list] = {}
    for produced, record in enumerate(TOLD, start=1_700_000_000_000):
        for table, row in rows_of(record, produced).items():
            rows.setdefault(table, []).append(row)
    stored = [(table, as_columns(*of_table)) for table, of_table in rows.items()]
    for table, columns in stored:
        store.insert(table, columns)
    assert Accounts(store).follow(stored) == 4
    assert store.query(SHOWN).rows == EXPECTED


def in_slices(rows, since="0000"):
    """The migrations, from one on with slices of so many rows."""
    whole = re.compile(r"\d+ rows$", re.MULTILINE)
    return [m if m.name < since else replace(m, text=whole.sub(f"{rows} rows", m.text)) for m in migrations()]


@pytest.mark.parametrize("rows", [1, 3, 200_000])
def test_what_was_stored_before_is_taken_over(clickhouse, name, rows):
    store = clickhouse.open(name)
    before = [m for m in migrations() if m.name < "0009"]
    migrate(store, before)
    for produced, record in enumerate(TOLD, start=1_700_000_000_000):
        for table, row in rows_of(record, produced).items():
            if table not in {"placement", "story_mention", *BESIDE}:
                store.insert(table, as_columns(row))
    shown = store.query(SHOWN).rows
    migrate(store, in_slices(rows))
    assert store.query(SHOWN).rows == shown == EXPECTED
    assert store.query("SELECT mention_id, incident_id FROM account_home FINAL ORDER BY mention_id").rows == [
        (mention, incident) for mention, incident, _ in EXPECTED
    ]
    assert store.query("EXISTS TABLE merged_before").rows == [(0,)]
    put(store, version(C, 4, None, "merged", B), produced_ms=1_800_000_000_000)
    assert (C, A, 0) in store.query(SHOWN).rows
    store.execute(f"DROP DATABASE {name}")
    store.close()

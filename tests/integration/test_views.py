"""Tables and views on an embedded engine and on a server: what they hold, refuse and show."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from connectors.load.migrate import FOLDER, migrate, migrations
from connectors.load.rows import TABLES
from connectors.sinks.contract import RowsRefused
from schemas.records import Mention
from schemas.records import Publisher as Source
from schemas.topics import ALL
from tests.connectors.load_rows import as_columns, put, rows_of
from tests.integration.loading import EXAMPLES, count, loading, publish, wait_until_loaded

pytestmark = pytest.mark.timeout(400)
QUERIES = re.findall(r"```sql\n(.*?)```", (FOLDER / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_migrations_make_what_the_server_can_hold(clickhouse, store, name):
    version = store.version()
    report = migrate(store)
    assert report.applied == ()
    assert report.present == tuple(m.name for m in migrations() if version >= m.requires)
    assert report.waiting == tuple(m.name for m in migrations() if version < m.requires)
    assert ("0003_compact" in report.waiting) == (version < (20, 1))
    tables = {row[0] for row in store.query("SHOW TABLES").rows}
    assert {topic.view for topic in ALL} <= tables
    assert {table for found in TABLES.values() for table in found} <= tables


def test_the_queries_of_the_readme_answer(topics, store, name):
    assert len(QUERIES) == 10
    publish(topics, EXAMPLES.values())
    with loading(topics, store, name):
        wait_until_loaded(topics, name)
    for sql in QUERIES:
        assert store.query(sql).rows, sql


def test_views_follow_versions_merges_and_revisions(store):
    at = datetime(2026, 1, 1, tzinfo=UTC)
    incident, mention, alert = (EXAMPLES[f"news.{n}.v1"] for n in ("incident", "mention", "alert"))
    a, b, c = (f"{n:032x}" for n in (1, 2, 3))
    old, new = (replace(mention, mention_id=m, document_id=m, story_id="s") for m in (a, b))

    def version(incident_id, number, said=None, **changes):
        change = replace(incident.change, mention_id=said)
        return replace(incident, incident_id=incident_id, version=number, change=change, last_changed=at, **changes)

    told = [
        *(version(a, 1, a), version(b, 1, b), version(c, 1, c), old, new, replace(mention, mention_id=c, story_id="t")),
        *(version(b, 2, merged_into=a), version(a, 2, mention_count=2), version(c, 2, merged_into=b)),
        *(replace(alert, alert_id=a, revision=n, level=level) for n, level in ((1, "info"), (2, "critical"))),
    ]
    for shift in (0, 0, 1000):  # as it comes, redelivered, and produced again by a stage that replays
        put(store, *told, produced_ms=1_700_000_000_000 + shift)
    assert store.query("SELECT incident_id, mention_count FROM incident_current ORDER BY incident_id").rows == [
        (a, 2), (b, 1), (c, 1),
    ]  # fmt: skip
    assert store.query("SELECT incident_id, survivor FROM incident_survivor ORDER BY incident_id").rows == [
        (a, a), (b, a), (c, a),
    ]  # fmt: skip
    assert store.query("SELECT incident_id, mention_id, superseded FROM incident_mention ORDER BY mention_id").rows == [
        (a, a, 1), (a, b, 0), (a, c, 0),
    ]  # fmt: skip
    assert store.query("SELECT alert_id, revision, level FROM alert_current").rows == [(a, 2, "critical")]
    assert count(store, "incident_version_current") == 6
    claims = store.query("SELECT what, min, of, superseded FROM incident_claim WHERE merged_into = '' ORDER BY n").rows
    assert claims == [(c.claim.what, c.claim.min, c.claim.of, 0) for c in incident.claims]


def test_a_chain_of_merges_is_followed_and_a_split_wins_its_millisecond(store):
    incident, mention = EXAMPLES["news.incident.v1"], EXAMPLES["news.mention.v1"]
    chain = [f"{n:032x}" for n in range(1, 8)]
    told = [(mention, 1)]
    for here, into in pairwise([*chain, None]):
        change = replace(incident.change, kind="opened", mention_id=None)
        told.append((replace(incident, incident_id=here, version=1, change=change, merged_into=into), 1))
    for home, kind in (("f" * 32, "split"), ("e" * 32, "joined")):
        change = replace(incident.change, kind=kind, mention_id=mention.mention_id)
        told.append((replace(incident, incident_id=home, version=1, change=change, merged_into=None), 2))
    for record, produced in told:
        put(store, record, produced_ms=produced)
    assert {row[0] for row in store.query("SELECT survivor FROM incident_survivor WHERE incident_id < 'e'").rows} == {
        chain[-1]
    }
    assert store.query("SELECT incident_id, mention_id FROM incident_mention").rows == [("f" * 32, mention.mention_id)]


def test_the_record_of_a_publisher_says_how_often_it_was_first_and_how_its_figures_stood(store):
    incident, mention = EXAMPLES["news.incident.v1"], EXAMPLES["news.mention.v1"]
    fast, slow = Source(domain="fast.example"), Source(domain="slow.example")
    claim, later = incident.claims[0], incident.first_seen + timedelta(hours=3)
    killed = replace(claim.claim, what="killed", min=5, max=5)
    claims = (
        replace(claim, claim=killed, source=fast, reported_at=incident.first_seen, superseded=True),
        replace(claim, claim=replace(killed, min=9, max=9), source=fast, reported_at=later, superseded=False),
        replace(claim, claim=replace(killed, min=9, max=9), source=slow, reported_at=later, superseded=False),
    )
    figure = replace(incident.figures[0], what="killed", low=9, best=9, high=9)
    told = []
    for number, source in enumerate((fast, slow), 1):
        key = f"{number:032x}"
        at = incident.first_seen + timedelta(hours=3 * (number - 1))
        told.append(
            replace(mention, mention_id=key, document_id=key, story_id=key, role="main", source=source, reported_at=at)
        )
        change = replace(incident.change, mention_id=key)
        told.append(
            replace(incident, version=number, change=change, claims=claims, figures=(figure,), merged_into=None)
        )
    put(store, *told)
    shown = (
        "SELECT domain, incidents, first, figures, exact, below, above, revisions FROM source_record ORDER BY domain"
    )
    assert store.query(shown).rows == [("fast.example", 1, 1, 1, 0, 1, 0, 1), ("slow.example", 1, 0, 1, 1, 0, 0, 0)]


def test_a_revised_event_replaces_its_mention(store):
    mention = replace(EXAMPLES["news.mention.v1"], document_kind="event", document_id="e", story_id="e")
    for seconds, mention_id in enumerate(("2" * 32, "1" * 32)):  # of one millisecond: the later reported stands
        at = mention.reported_at + timedelta(seconds=seconds)
        put(store, replace(mention, mention_id=mention_id, reported_at=at))
    assert store.query("SELECT mention_id, superseded FROM mention_current ORDER BY mention_id").rows == [
        ("1" * 32, 0),
        ("2" * 32, 1),
    ]


def test_both_kinds_refuse_the_same_rows(store):
    row = rows_of(EXAMPLES["news.mention.v1"], 1)["mention"]
    for column, value in (
        ("reported_at", datetime(1960, 1, 1, tzinfo=UTC)),
        ("reported_at", None),
        ("claim_stated_at", [datetime(2110, 1, 1, tzinfo=UTC)]),
        ("severity", 2**31),
        ("title", 5),
        ("title", None),
        ("lat", "north"),
        ("actor_name", [None]),
        ("claim_min", ["five"]),
    ):
        broken = {**row, column: value}
        with pytest.raises(RowsRefused):
            store.insert("mention", as_columns(row, broken))
        assert count(store, "mention") == 0, column
    store.insert("mention", as_columns(row))
    assert count(store, "mention") == 1


def test_text_passes_both_kinds_unchanged(store):
    nasty = "q'uote \" back\\slash \n newline \t tab \r \0 nul é 漢字 🌍 \\N ' ;-- {x} %(y)s %% NULL"
    mention: Mention = replace(
        EXAMPLES["news.mention.v1"], title=nasty, about=(nasty, ""), source=Source(domain="x", name=nasty)
    )
    put(store, mention)
    assert store.query("SELECT title, publisher, about FROM mention_current").rows == [(nasty, nasty, [nasty, ""])]


@pytest.mark.parametrize("written", [("old", "new"), ("new", "old"), ("old", "new", "old")])
def test_the_later_reported_of_two_revisions_is_the_latest_in_any_order_of_writing(store, written):
    mention = EXAMPLES["news.mention.v1"]
    story = "-".join(written)
    ids = {"old": f"{11:032x}", "new": f"{12:032x}"}
    for n, which in enumerate(written):
        at = mention.reported_at + timedelta(hours=which == "new")
        told = replace(mention, mention_id=ids[which], document_id=ids[which], story_id=story, reported_at=at)
        put(store, told, produced_ms=1_700_000_000_000 + 1000 * n)
    rows = store.query(f"SELECT mention_id, superseded FROM mention_current WHERE story_id = '{story}'").rows
    assert sorted(rows) == [(ids["old"], 1), (ids["new"], 0)]

"""Views for people and the words of tables, on an embedded engine and on a server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.load.explain import TABLE_COMMENTS, explain
from schemas.codebook_tables import TABLES
from tests.connectors.load_rows import put
from tests.integration.loading import EXAMPLES

pytestmark = pytest.mark.timeout(300)
A, B, C = (f"{n:032x}" for n in (1, 2, 3))
AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_every_table_and_column_says_what_it_is_once(store):
    assert explain(store) > 1000
    assert explain(store) == 0
    columns = store.query("SELECT table, name, comment FROM system.columns WHERE database = currentDatabase()").rows
    assert {table for table, _, _ in columns} == set(TABLES)
    assert not [f"{table}.{name}" for table, name, comment in columns if not comment]
    told = dict(store.query("SELECT field, meaning FROM codebook FINAL WHERE name = 'incidents'").rows)
    assert told[""] == TABLES["incidents"].meaning
    assert told.keys() - {""} == {name for table, name, _ in columns if table == "incidents"}
    if store.version() >= TABLE_COMMENTS:
        tables = store.query("SELECT name, comment FROM system.tables WHERE database = currentDatabase()").rows
        assert {name: TABLES[name].meaning for name, _ in tables} == dict(tables)


def test_a_stale_codebook_is_written_anew_and_foreign_columns_are_left_alone(store):
    written = explain(store)
    store.execute("ALTER TABLE article ADD COLUMN of_our_own String")
    store.execute("TRUNCATE TABLE codebook")
    assert explain(store) == written
    assert not store.query("SELECT * FROM codebook WHERE field = 'of_our_own'").rows


def test_incidents_are_those_that_live_with_their_tolls(store):
    incident = EXAMPLES["news.incident.v1"]
    put(
        store,
        replace(incident, incident_id=A),
        replace(incident, incident_id=B, merged_into=A),
        replace(incident, incident_id=C, figures=()),
    )
    killed = next(f for f in incident.figures if f.what == "killed")
    rows = store.query("SELECT incident_id, killed_low, killed, killed_high FROM incidents ORDER BY incident_id").rows
    assert rows == [(A, killed.low, killed.best, killed.high), (C, None, None, None)]
    assert {row[0] for row in store.query("SELECT DISTINCT incident_id FROM claims").rows} == {A, C}
    assert store.query("SELECT id, incident_id FROM changes WHERE id = incident_id ORDER BY id").rows == [
        (A, A), (C, C),
    ]  # fmt: skip
    assert store.query("SELECT id, incident_id FROM changes WHERE id != incident_id").rows == [(B, A)]


def test_relations_stand_between_those_that_live_on(store):
    incident, relation = EXAMPLES["news.incident.v1"], EXAMPLES["news.relation.v1"]
    put(
        store,
        replace(incident, incident_id=A),
        replace(incident, incident_id=B, merged_into=A),
        replace(relation, relation_id=A, from_incident=B, to_incident=C, active=True),
        replace(relation, relation_id=B, from_incident=A, to_incident=B, active=True),
        replace(relation, relation_id=C, from_incident=A, to_incident=C, active=False),
    )
    assert store.query("SELECT relation_id, from_id, to_id FROM relations").rows == [(A, A, C)]


def test_copies_tell_how_much_later_they_came(store):
    article, copy = EXAMPLES["news.article.v1"], EXAMPLES["news.copy.v1"]
    put(
        store,
        replace(article, article_id=A, published_at=AT),
        replace(article, article_id=B, published_at=None, fetched_at=AT + timedelta(hours=1)),
        replace(copy, article_id=B, copy_of=A, published_at=None, fetched_at=AT + timedelta(hours=1)),
    )
    assert store.query("SELECT article_id, copy_of, lag_seconds FROM copies").rows == [(B, A, 3600)]
    assert store.query("SELECT article_id, copy_of FROM articles ORDER BY article_id").rows == [(A, ""), (B, A)]


def test_history_and_origins_follow_mentions_to_their_incident(store):
    incident, mention = EXAMPLES["news.incident.v1"], EXAMPLES["news.mention.v1"]
    opened = replace(incident.change, mention_id=mention.mention_id)
    put(
        store,
        mention,
        replace(incident, incident_id=B, merged_into=A, change=opened),
        replace(incident, incident_id=A, change=replace(incident.change, mention_id=None)),
    )
    rows = store.query("SELECT incident_id, what, min FROM claim_history").rows
    assert sorted(rows) == sorted((A, c.what, c.min) for c in mention.claims)
    assert store.query("SELECT incident_id, origin, mentions FROM origins").rows == [(A, mention.origin, 1)]


def test_an_alert_taken_back_is_a_change(store):
    alert = EXAMPLES["news.alert.v1"]
    put(store, replace(alert, alert_id=A, revision=1), replace(alert, alert_id=A, revision=2, reason="retracted"))
    assert store.query("SELECT alert_id, revision, reason FROM alerts").rows == [(A, 2, "retracted")]
    assert store.query("SELECT alerts, revisions, retracted FROM rules_fired").rows == [(1, 2, 1)]
    assert store.query("SELECT count() FROM changes WHERE kind = 'retracted'").rows == [(1,)]

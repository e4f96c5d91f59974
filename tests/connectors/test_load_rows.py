import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.load.columns import EPOCH, LAST, milliseconds, within_range
from connectors.load.migrate import migrations
from connectors.load.rows import TABLES, identity
from schemas import records as r
from schemas.codec import from_json
from schemas.contracts import latest
from schemas.topics import ALL, BY_NAME
from tests.connectors.load_rows import rows_of

TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*?)\n\) ENGINE", re.DOTALL)
DERIVED = re.compile(r"^\s*--|^\s*(placed|ranked|known|gone|original_\w+) ")  # what is worked out later
# Tables that are made of others.
WORKED_OUT = {
    *("codebook", "account", "account_home", "merged_before", "incident_first", "merge_step"),
    *(f"{of}_tally_{each}" for of in ("article", "incident") for each in ("hour", "day")),
}
COLUMNS = {
    name: [line.split()[0] for line in body.strip().splitlines() if not DERIVED.search(line)]
    for name, body in TABLE.findall("\n".join(m.text for m in migrations()))
}
EXAMPLES = [
    pytest.param(from_json(json.loads(path.read_text()), topic), topic, id=f"{topic}/{path.stem}")
    for topic, contract in latest().items()
    for path in contract.examples()
]


@pytest.mark.parametrize(("record", "topic"), EXAMPLES)
def test_rows_fill_exactly_the_columns_of_their_tables(record, topic):
    rows = rows_of(record, 1_700_000_000_123)
    assert rows.keys() == TABLES[topic].keys()
    for table, row in rows.items():
        assert sorted([*(row.keys() - {"gone"}), "loaded_at"]) == sorted(COLUMNS[table])
        assert row["produced_ms"] == 1_700_000_000_123


def test_every_topic_has_a_home_and_every_table_a_topic():
    assert set(TABLES) == {t.name for t in ALL}
    assert {table for tables in TABLES.values() for table in tables} == set(COLUMNS) - WORKED_OUT


@pytest.mark.parametrize(("record", "topic"), EXAMPLES)
def test_identity_is_what_the_id_column_holds(record, topic):
    assert identity(record) == next(iter(rows_of(record, 0).values()))[BY_NAME[topic].identity]


@pytest.mark.parametrize(("record", "topic"), EXAMPLES)
def test_record_columns_hold_the_whole_record(record, topic):
    for row in rows_of(record, 0).values():
        if "record" in row:
            assert from_json(json.loads(row["record"]), topic) == record


def mention(**changes):
    (record,) = (p.values[0] for p in EXAMPLES if p.values[1] == "news.mention.v1")
    return rows_of(replace(record, **changes), 0)["mention"]


def test_history_before_1970_is_exact_in_milliseconds_only():
    start, end = datetime(1906, 4, 18, 13, 12, tzinfo=UTC), datetime(1906, 4, 18, 13, 13, 0, 500_000, tzinfo=UTC)
    row = mention(time=r.Period(start=start, end=end, precision="instant"))
    assert (row["time_start"], row["time_end"]) == (None, None)
    assert EPOCH + timedelta(milliseconds=row["time_start_ms"]) == start
    assert EPOCH + timedelta(milliseconds=row["time_end_ms"]) == end


def test_a_mention_without_place_time_and_claims_has_empty_columns():
    row = mention(place=None, time=None, claims=())
    assert (row["country"], row["lat"], row["time_start_ms"], row["claim_what"]) == ("", None, None, [])


def test_claim_arrays_are_parallel():
    (record,) = (p.values[0] for p in EXAMPLES if p.values[1] == "news.incident.v1")
    row = rows_of(record, 0)["incident"]
    assert len(record.claims) > 1
    assert {len(row[name]) for name in row if name.startswith("claim_")} == {len(record.claims)}
    assert [c.claim.min for c in record.claims] == row["claim_min"]


def test_quarantine_keeps_bytes_as_base64_and_shows_their_start():
    row = rows_of(
        r.QuarantineRecord(
            quarantine_id="x",
            topic="t",
            partition=1,
            offset=2,
            stage="load",
            error="E",
            reason="why",
            value=b"\xff\x00half a \xe2\x82 sign",
            failed_at=EPOCH,
        ),
        0,
    )["quarantine"]
    assert row["value_base64"] == "/wBoYWxmIGEg4oIgc2lnbg=="
    assert row["preview"] == "\\xff\0half a \\xe2\\x82 sign"


@given(st.integers(-(6 * 10**13), 2 * 10**14))
def test_milliseconds_keep_every_moment(ms):
    assert milliseconds(EPOCH + timedelta(milliseconds=ms)) == ms


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_outside_a_datetime_column_are_left_out(moment):
    inside = EPOCH <= moment <= LAST
    assert within_range(moment) == (moment if inside else None)

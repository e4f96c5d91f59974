import json

from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.positions import Stored, fold
from connectors.ingest.schedule import Plan

PLAN = Plan(due=1.5, interval=60.0, failures=2, ended="410")


@given(st.none() | st.text(), st.dictionaries(st.text(), st.integers()))
def test_what_is_stored_comes_back(position, health):
    stored = Stored(position, PLAN, health)
    assert fold([(b"s", stored.to_bytes())]) == {"s": stored}


def test_the_newest_counts_and_a_tombstone_forgets():
    one, two = Stored("1", PLAN), Stored("2", PLAN)
    messages = [(b"a", one.to_bytes()), (b"b", one.to_bytes()), (b"a", two.to_bytes()), (b"b", None)]
    assert fold(messages) == {"a": two}


@given(st.binary() | st.builds(lambda v: json.dumps(v).encode(), st.recursive(st.none() | st.text(), st.lists)))
def test_what_is_not_readable_starts_afresh(raw):
    assert fold([(b"a", Stored("1", PLAN).to_bytes()), (b"a", raw)]) == {}


def test_fields_of_other_versions_are_passed_over():
    plain = json.loads(Stored("1", PLAN).to_bytes())
    plain["plan"]["mood"] = "good"
    del plain["plan"]["failures"], plain["health"]
    stored = fold([(b"a", json.dumps(plain).encode())])["a"]
    assert (stored.position, stored.plan.due, stored.plan.failures) == ("1", 1.5, 0)

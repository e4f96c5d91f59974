from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.console import board as limits
from streams.console.board import Board
from tests.console.made import START, alert, ident, incident, killed, relation

VERSIONS = [
    *(incident(n, v, figures=(killed(10 * v + n),), severity=min(5, v)) for n in (1, 2) for v in (1, 2, 3, 4)),
    *(alert(incident(n, v, figures=(killed(10 * v + n),)), r) for n in (1, 2) for r, v in enumerate((1, 3, 4), 1)),
    relation(1, 1, 2),
]


def filled(records) -> Board:
    board = Board()
    for record in records:
        board.apply(record)
    return board


def shown(board: Board) -> dict:
    """All that any page can see."""
    snapshot = board.snapshot()
    return {
        "incidents": {i["incident_id"]: i for i in snapshot["incidents"]},
        "alerts": {a["alert_id"]: a for a in snapshot["alerts"]},
        "details": {key: board.detail(key) for key in board.incidents},
    }


@given(st.permutations(VERSIONS), st.lists(st.sampled_from(VERSIONS)))
def test_any_order_and_any_repetition_give_the_same_board(order, again):
    assert shown(filled([*order, *again])) == shown(filled(VERSIONS))


@given(st.lists(st.sampled_from(VERSIONS), max_size=30))
def test_pages_that_take_every_update_hold_what_a_new_page_gets(records):
    board, incidents, alerts = Board(), {}, {}
    for record in records:
        for update in board.apply(record):
            if update.kind == "incident":
                assert update.body["version"] >= incidents.get(update.key, {"version": 0})["version"]
                incidents[update.key] = update.body
            if update.kind == "alert":
                assert update.body["revision"] >= alerts.get(update.key, {"revision": 0})["revision"]
                alerts[update.key] = update.body
    snapshot = board.snapshot()
    assert list(incidents.values()) == snapshot["incidents"]
    assert list(alerts.values()) == snapshot["alerts"]


def test_the_newest_stay_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(limits, "KEPT_INCIDENTS", 20)
    records = [incident(n, v, last_changed=START + timedelta(hours=n, minutes=v)) for n in range(1, 61) for v in (1, 2)]

    @given(st.permutations(records))
    def check(order):
        board, page = Board(), set()
        for record in order:
            for update in board.apply(record):
                assert len(board.incidents) <= 22
                if update.kind == "gone":
                    page.discard(update.body["id"])
                else:
                    page.add(update.body["incident_id"])
        assert page == set(board.incidents)
        assert {ident(n) for n in range(41, 61)} <= page

    check()


def test_alerts_relations_and_versions_are_bounded(monkeypatch):
    monkeypatch.setattr(limits, "KEPT_ALERTS", 10)
    monkeypatch.setattr(limits, "KEPT_RELATIONS", 10)
    board = Board()
    gone = 0
    for n in range(1, 101):
        gone += sum(u.kind == "gone" for u in board.apply(alert(incident(n, n))))
        board.apply(relation(n, n, 1, at=START + timedelta(hours=n)))
        board.apply(incident(1, n))
    assert len(board.alerts) <= 11
    assert gone == 100 - len(board.alerts)
    assert len(board.relations) <= 11
    assert ident(5_100) in board.relations
    steps = board.detail(ident(1))["history"]
    assert [s["version"] for s in steps] == list(range(100, 100 - limits.KEPT_STEPS, -1))


def test_an_alert_tells_what_its_revision_changed():
    board = Board()
    board.apply(alert(incident(1, 1), 1))
    later = incident(1, 4, figures=(killed(74, 20, 91),), severity=5, origin_count=2, article_count=3)
    (update,) = board.apply(alert(later, 2))
    assert update.body["changes"] == [
        {"what": "killed", "before": "24", "after": "74 (20–91)"},
        {"what": "severity", "before": "4", "after": "5"},
        {"what": "origins", "before": "1", "after": "2"},
    ]


def test_an_alert_that_starts_anew_upstream_still_shows():
    board = filled([alert(incident(1, 3), 5)])
    board.apply(alert(incident(1, 9), 1))
    assert board.snapshot()["alerts"][0]["revision"] == 1


def test_detail_has_versions_alerts_and_active_relations():
    board = filled([*VERSIONS, relation(2, 3, 1), relation(2, 3, 1, active=False)])
    found = board.detail(ident(1))
    assert found["incident"]["version"] == 4
    assert [(s["version"], s["changes"][:1]) for s in found["history"]] == [
        (4, [{"what": "killed", "before": "31", "after": "41"}]),
        (3, [{"what": "killed", "before": "21", "after": "31"}]),
        (2, [{"what": "killed", "before": "11", "after": "21"}]),
        (1, []),
    ]
    assert [a["revision"] for a in found["alerts"]] == [3]
    assert [r["relation_id"] for r in found["relations"]] == [ident(5_001)]
    assert board.detail(ident(77)) is None


@pytest.mark.parametrize("record", [incident(), alert(incident()), relation(1, 1, 2)])
def test_a_tombstone_takes_out_what_it_names(record):
    board = filled([record])
    key = getattr(record, f"{type(record).__name__.lower()}_id")
    told = board.forget(key)
    assert (board.incidents, board.alerts, board.relations) == ({}, {}, {})
    assert [u.body["id"] for u in told] == ([] if hasattr(record, "relation_id") else [key])
    assert board.forget(key) == []

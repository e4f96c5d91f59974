import pytest

from streams.console.board import Board
from streams.console.stream_filter import StreamFilter, UnknownFilter
from tests.console.made import alert, ident, incident


def told(stream_filter, board, records):
    return [
        (u.kind, u.body.get("incident_id", u.body.get("id")))
        for r in records
        for u in stream_filter.of_updates(board.apply(r))
    ]


def test_only_what_matches_is_told_and_what_leaves_is_gone():
    stream_filter, board = (
        StreamFilter.of({"family": incident(1, 1).family, "severity": "3", "kind": "incident"}),
        Board(),
    )
    one, two = ident(1), ident(2)
    records = [
        incident(1, 1, severity=2),
        incident(1, 2, severity=3),
        incident(2, 1, severity=5),
        incident(1, 3, severity=1),
    ]
    assert told(stream_filter, board, records) == [("incident", one), ("incident", two), ("gone", one)]
    assert told(stream_filter, board, [incident(1, 4, severity=1), alert(incident(2, 2, severity=5), 1)]) == []


def test_a_level_asks_for_alerts_alone_and_several_values_stand_between_commas():
    given = alert(incident(1, 1), 1)
    stream_filter, board = StreamFilter.of({"level": f"none,{given.level}"}), Board()
    assert [kind for kind, _ in told(stream_filter, board, [incident(1, 1), given])] == ["alert"]
    assert told(StreamFilter.of({"country": "XX,YY"}), Board(), [incident(1, 1)]) == []


def test_a_subscriber_who_comes_back_is_told_what_left_meanwhile():
    stream_filter, board = StreamFilter.of({"family": "none"}), Board()
    missed = board.apply(incident(1, 1))
    assert [u.kind for u in stream_filter.beginning(board.snapshot(), missed)] == ["gone"]
    assert stream_filter.beginning(board.snapshot(), None) == []


def test_no_filter_is_the_whole_stream_and_an_unknown_one_is_refused():
    assert StreamFilter.of({"since": "x-1", "token": "t", "family": ""}) is None
    for query in ({"families": "x"}, {"severity": "high"}):
        with pytest.raises(UnknownFilter):
            StreamFilter.of(query)

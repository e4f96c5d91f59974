"""The watch over feeds: on the board and in the metrics."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.console.board import Board
from streams.console.metrics import Group, metrics
from tests.console.made import feed

FEED = feed(0, name="feed:https://x.example/rss", title='The "X"', items_usual=40.5)


def test_a_silent_feed_is_told_and_shown():
    board = Board()
    (update,) = board.apply(replace(FEED, status="silent", reason="nothing new for 21 h"))
    assert (update.kind, update.body["status"], update.body["reason"]) == ("feed", "silent", "nothing new for 21 h")
    assert board.snapshot()["feeds"] == [update.body]
    assert board.forget(FEED.feed_id)[0].body == {"what": "feed", "id": FEED.feed_id}


def test_what_is_old_changes_nothing_and_a_fresh_start_does():
    board = Board()
    board.apply(replace(FEED, revision=7))
    assert board.apply(replace(FEED, revision=6)) == []
    assert board.apply(replace(FEED, revision=7)) == []
    assert board.apply(replace(FEED, revision=1, checked_at=FEED.checked_at + timedelta(hours=1)))


def parsed(text):
    """Samples of the text format by name and labels, as a scraper reads them."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def test_metrics():
    other = replace(FEED, name="quakes:y", title="", status="silent", latency_seconds=12.5)
    groups = {"notify-desk": Group("waiting", 5, "it answers 503"), "link": Group("idle", 0)}
    found = parsed(metrics([FEED, other], {"news.article.v1": 7}, 3, connected=True, groups=groups))
    assert found['tocsin_group_behind{group="notify-desk"}'] == 5
    assert found['tocsin_group_state{group="notify-desk"}'] == 2
    assert found['tocsin_group_state{group="link"}'] == 0
    assert found['tocsin_feeds{status="silent"}'] == 1
    assert found['tocsin_feed_silent{feed="quakes:y",title=""}'] == 1
    assert found['tocsin_feed_items_usual{feed="feed:https://x.example/rss",title="The \\"X\\""}'] == 40.5
    assert found['tocsin_topic_messages{topic="news.article.v1"}'] == 7
    assert found["tocsin_console_behind"] == 3
    assert sum(name.startswith("tocsin_feed_latency_seconds") for name in found) == 1


@given(st.text(max_size=30))
def test_no_title_breaks_a_line(title):
    text = metrics([replace(FEED, title=title)], {}, 0, connected=False)
    lines = [line for line in text.split("\n") if line.startswith("tocsin_feed_well")]
    assert len(lines) == 1
    assert lines[0].endswith(" 1.0")

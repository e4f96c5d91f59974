"""Clocks of connectors that run wrong, told by the broker's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Article, FeedEvent, Publisher
from schemas.timestamp_sanity import AHEAD, plausible_publication_time
from streams.domain.text.timestamp_sanity import FAST, with_plausible_fetch_time

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARTICLE = Article(
    article_id="0" * 32, url="https://a.example/1", canonical_url="https://a.example/1", title="T", body="B",
    source=Publisher(domain="a.example"), published_at=AT - timedelta(hours=3), fetched_at=AT,
)  # fmt: skip
days = st.integers(-20_000, 20_000).map(lambda n: timedelta(days=n / 10))


@pytest.mark.parametrize(
    ("published", "fetched", "wrong"),
    [
        (AT - timedelta(hours=3), AT, False),
        (AT - timedelta(hours=3), AT + timedelta(minutes=50), False),  # a clock may be a little fast
        (AT - timedelta(days=400), AT - timedelta(days=399), False),  # an old article, sent again
        (None, AT - timedelta(days=399), False),  # nobody can tell
        (AT + timedelta(days=9), AT, False),  # the publisher's clock is the wrong one
        (None, AT + timedelta(days=1500), True),
        (AT - timedelta(hours=3), datetime(1970, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_connectors_wrong_clock_is_set_by_the_arrival(published, fetched, wrong):
    found = with_plausible_fetch_time(replace(ARTICLE, published_at=published, fetched_at=fetched), AT)
    assert found.fetched_at == (AT if wrong else fetched)
    assert found.published_at == published


def test_an_articles_date_is_believed_again_when_the_connector_lives_in_1970():
    said = replace(ARTICLE, fetched_at=datetime(1970, 1, 1, tzinfo=UTC))
    assert plausible_publication_time(said.published_at, said.fetched_at) is None
    found = with_plausible_fetch_time(said, AT)
    assert plausible_publication_time(found.published_at, found.fetched_at) == ARTICLE.published_at


def test_a_feed_event_likewise():
    event = FeedEvent(
        event_id="0" * 32, source=Publisher(domain="b.example"), source_event_id="1", feed="f", kind="quake", title="Q",
        updated_at=AT, fetched_at=AT + timedelta(days=700),
    )  # fmt: skip
    assert with_plausible_fetch_time(event, AT).fetched_at == AT


@given(days, days)
def test_nothing_is_fetched_long_after_its_arrival_and_no_record_changes_twice(published, fetched):
    found = with_plausible_fetch_time(replace(ARTICLE, published_at=AT + published, fetched_at=AT + fetched), AT)
    assert found.fetched_at <= AT + FAST
    assert (
        found.published_at is None or found.fetched_at + AHEAD >= found.published_at or found.published_at > AT + AHEAD
    )
    assert with_plausible_fetch_time(found, AT) == found

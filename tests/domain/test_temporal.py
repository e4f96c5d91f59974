from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.text.temporal import find_periods

MONDAY = datetime(2021, 6, 28, 18, 30, tzinfo=UTC)


def read(text, published=MONDAY):
    return [
        (text[f.start : f.end], f.period.start.date().isoformat(), f.period.end.date().isoformat(), f.period.precision)
        for f in find_periods(text, published)
    ]


@pytest.mark.parametrize(
    ("text", "start", "end", "grain"),
    [
        ("on Sunday", "2021-06-27", "2021-06-27", "day"),
        ("on Monday", "2021-06-28", "2021-06-28", "day"),
        ("last Monday", "2021-06-21", "2021-06-21", "day"),
        ("next Monday", "2021-07-05", "2021-07-05", "day"),
        ("June 27", "2021-06-27", "2021-06-27", "day"),
        ("27 June 2020", "2020-06-27", "2020-06-27", "day"),
        ("1 MAY 89 (AFP)", "1989-05-01", "1989-05-01", "day"),
        ("2020-02-29", "2020-02-29", "2020-02-29", "day"),
        ("in December", "2020-12-01", "2020-12-31", "month"),
        ("in December 2003", "2003-12-01", "2003-12-31", "month"),
        ("in May", "2021-05-01", "2021-05-31", "month"),
        ("in early June", "2021-06-01", "2021-06-10", "week"),
        ("in late May", "2021-05-20", "2021-05-31", "week"),
        ("September this year", "2021-09-01", "2021-09-30", "month"),
        ("yesterday", "2021-06-27", "2021-06-27", "day"),
        ("last night", "2021-06-27", "2021-06-27", "day"),
        ("overnight", "2021-06-27", "2021-06-28", "day"),
        ("over the weekend", "2021-06-26", "2021-06-27", "day"),
        ("last week", "2021-06-21", "2021-06-27", "week"),
        ("last month", "2021-05-01", "2021-05-31", "month"),
        ("last year", "2020-01-01", "2020-12-31", "year"),
        ("three days ago", "2021-06-25", "2021-06-25", "day"),
        ("two years ago", "2019-01-01", "2019-12-31", "year"),
        ("in 2018", "2018-01-01", "2018-12-31", "year"),
        ("since the start of the year", "2021-01-01", "2021-06-28", "year"),
    ],
)
def test_times_are_resolved_against_publication(text, start, end, grain):
    assert [(s, e, g) for _, s, e, g in read(text)] == [(start, end, grain)]


@pytest.mark.parametrize("text", ["he may go", "the march went on", "31 June", "a day", "in 2030"])
def test_what_is_no_time_is_none(text):
    assert read(text) == []


def test_what_is_announced_lies_ahead():
    assert read("the vote will be held on Thursday")[0][1] == "2021-07-01"


def test_what_runs_on_is_open():
    assert find_periods("Since the start of the year", MONDAY)[0].open
    assert not find_periods("on Sunday", MONDAY)[0].open


def test_without_publication_only_full_dates_are_read():
    assert [s for _, s, _, _ in read("on Sunday, June 27, 2021, in May", None)] == ["2021-06-27"]


@given(st.text(max_size=120), st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9998, 1, 1)))  # noqa: DTZ001
def test_any_text_and_time_is_survived(text, moment):
    for f in find_periods(text, moment.replace(tzinfo=UTC)):
        assert f.period.start <= f.period.end


@given(
    st.sampled_from(
        "Monday|Sunday|January 31|in February|early March|last week|yesterday|this year|31 December|in May|two months ago".split(
            "|"
        )
    ),
    st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2090, 1, 1)),  # noqa: DTZ001
)
def test_what_was_never_starts_after_publication(words, moment):
    published = moment.replace(tzinfo=UTC)
    for f in find_periods(f"It happened {words}.", published):
        assert f.period.start <= published

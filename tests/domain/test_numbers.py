import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.text.numbers import find_numbers
from streams.domain.text.tokenize import tokens


def read(text):
    return [(n.low, n.high) for n in find_numbers(tokens(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least five people", [(5, None)]),
        ("more than 26 , 000 people", [(26001, None)]),
        ("26,000 homes", [(26000, 26000)]),
        ("between 10 and 15 rebels", [(10, 15)]),
        ("10 to 15 rebels", [(10, 15)]),
        ("10-15 rebels", [(10, 15)]),
        ("2,500-3,000 marchers", [(2500, 3000)]),
        ("rose from 5 to 10", [(5, 5), (10, 10)]),
        ("up to 100 people", [(None, 100)]),
        ("as many as 20 people", [(None, 20)]),
        ("nearly 3,000", [(None, 3000)]),
        ("fewer than 20", [(None, 19)]),
        ("about 70", [(70, 70)]),
        ("two hundred and fifty-three", [(253, 253)]),
        ("1.2 million people", [(1_200_000, 1_200_000)]),
        ("a dozen men, half a dozen women, two dozen boys", [(12, 12), (6, 6), (24, 24)]),
        ("more than a dozen", [(13, None)]),
        ("five or more", [(5, None)]),
        ("dozens of people", [(None, None)]),
        ("tens of thousands", [(None, None)]),
        ("a 6 . 1 magnitude quake", []),
        ("so many people", []),
        ("a 16-year-old boy", []),
    ],
)
def test_numbers_and_their_bounds(text, expected):
    assert read(text) == expected


@given(st.integers(0, 999_999_999_999_999))
def test_any_count_is_read_with_and_without_commas(n):
    assert read(f"killed {n} people") == [(n, n)]
    assert read(f"killed {n:,} people") == [(n, n)]


@given(st.integers(2, 10**6))
def test_bounds_hold_what_they_say(n):
    assert read(f"at least {n} people") == [(n, None)]
    assert read(f"more than {n} people") == [(n + 1, None)]
    assert read(f"up to {n} people") == [(None, n)]


@given(st.text(alphabet="0123456789,.- andmilothreuwyf", max_size=80))
def test_numbers_never_overlap_and_never_raise(text):
    words = tokens(text)
    found = find_numbers(words)
    assert all(0 <= a.first <= a.core < a.last <= len(words.low) for a in found)
    assert all(a.last <= b.core for a, b in itertools.pairwise(found))


@given(
    st.integers(1_000, 999_999_999),
    st.sampled_from((" ", "\xa0", "\u202f", "\u2009", "'", "’")),
)
def test_groups_of_three_are_one_number_whatever_parts_them(n, mark):
    assert read(f"killed {n:,} people".replace(",", mark)) == [(n, n)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 lakh people", [1_200_000]),
        ("2.5 lakh people", [250_000]),
        ("two lakh people", [200_000]),
        ("3.5 crore voters", [35_000_000]),
        ("1 crore 20 lakh rupees", [12_000_000]),
        ("1,50,000 people", [150_000]),
        ("12,34,56,789 votes", [123_456_789]),
        ("on May 1 157 people died", [1, 157]),
        ("Flight 11 200 passengers", [11, 200]),
        ("since September 2000 to 4,899", [2000, 4899]),
        ("UPDATE 2 - One dead", [2, 1]),
    ],
)
def test_lakhs_crores_and_numbers_that_only_stand_side_by_side(text, expected):
    assert [low for low, _ in read(text)] == expected

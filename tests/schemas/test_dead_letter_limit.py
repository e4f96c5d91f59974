"""One bad record stops nothing; a flood of them stops the reading of its partition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.transport.dead_letter_limit import DeadLetterLimit, TooManyDeadLetters


def flooded(goods, share=0.5, recent=10):
    dead_letter_limit = DeadLetterLimit(share, recent=recent)
    for number, good in enumerate(goods):
        try:
            dead_letter_limit.note("t-0", good=good)
        except TooManyDeadLetters:
            return number
    return None


@given(st.lists(st.booleans(), max_size=60))
def test_it_stops_exactly_when_more_than_the_share_of_the_recent_is_bad(goods):
    expected = next((n for n in range(9, len(goods)) if not goods[n] and goods[n - 9 : n + 1].count(False) > 5), None)
    assert flooded(goods) == expected


def test_partitions_are_counted_apart_and_the_message_says_what_to_do():
    dead_letter_limit = DeadLetterLimit(0.5, recent=4)
    for _ in range(3):
        dead_letter_limit.note("t-0", good=False)
        dead_letter_limit.note("t-1", good=True)
    with pytest.raises(
        TooManyDeadLetters, match=r"4 of the last 4 messages of t-0.*quarantine list.*TOCSIN_INVALID_SHARE"
    ):
        dead_letter_limit.note("t-0", good=False)
    dead_letter_limit.note("t-1", good=False)


def test_a_share_of_one_takes_everything():
    assert flooded([False] * 100, share=1.0) is None

from datetime import UTC, datetime, timedelta

import pytest
from garbage import JSON
from hypothesis import given

from connectors.sources.moments import EPOCH, plausible, read_moment

NOON = datetime(2021, 6, 28, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2021-06-28T12:00:00Z",
        "2021-06-28T12:00:00",
        "2021-06-28 14:00:00+02:00",
        " 2021-06-28T12:00Z\n",
        "20210628T120000Z",
        "Mon, 28 Jun 2021 12:00:00 GMT",
        "Mon, 28 Jun 2021 08:00:00 -0400",
        "28 Jun 2021 12:00:00 +0000",
        1624881600,
        1624881600000,
        1624881600.0,
    ],
)
def test_one_moment_in_many_spellings(written):
    assert read_moment(written) == NOON


def test_a_day_is_its_midnight():
    assert read_moment("2021-06-28") == datetime(2021, 6, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", [None, "", "yesterday", True, [], {}, "0001-01-01T00:00:00+23:00", float("nan"), 10**400]
)
def test_what_is_no_moment_is_none(written):
    assert read_moment(written) is None


@given(JSON)
def test_never_raises(value):
    found = read_moment(value)
    assert found is None or found.utcoffset() == timedelta(0)


def test_a_clock_gone_wrong_is_not_believed():
    assert plausible(NOON, NOON) == NOON
    assert plausible(NOON + timedelta(hours=23), NOON) is not None
    assert plausible(NOON + timedelta(days=2), NOON) is None
    assert plausible(EPOCH - timedelta(seconds=1), NOON) is None
    assert plausible(None, NOON) is None

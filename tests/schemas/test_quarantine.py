"""Whatever came, what is set aside of it fits its contract and a message."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import Codec
from schemas.quarantine import quarantine_record
from schemas.topics import QUARANTINE

CODEC = Codec()
SIZES = st.sampled_from([0, 1, 30_000, 63_999, 64_001, 900_001, 1_000_000])


def set_aside(key=b"k", value=b"v", headers=(), reason="it does not fit"):
    record = quarantine_record(
        topic="news.article.v1", partition=0, offset=7, stage="dedupe", error=ValueError(reason), key=key, value=value,
        headers=headers, failed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert CODEC.decode(CODEC.encode(record), QUARANTINE.name) == record
    return record


@settings(deadline=None)
@given(st.none() | SIZES, st.none() | SIZES, st.dictionaries(st.text(max_size=9), SIZES, max_size=5), st.text())
def test_a_message_of_any_size_is_set_aside_and_what_is_kept_of_it_is_its_own(key, value, headers, said):
    told = [(name, b"h" * size) for name, size in headers.items()]
    key, value = (None if n is None else b"k" * n for n in (key, value))
    kept = set_aside(key, value, told, said * 999)
    assert (value or b"").startswith(kept.value)
    assert kept.key in (None, key)
    assert kept.headers.items() <= dict(told).items()


def test_the_reason_says_what_was_left_out():
    assert set_aside(headers=[("trace", b"t" * 100_000), ("span", b"1")]).headers == {"span": b"1"}
    assert set_aside(headers=[("trace", b"t" * 100_000)]).reason == "(headers too long to be kept) it does not fit"
    assert set_aside(key=b"k" * 70_000).reason == "(its key too long to be kept) it does not fit"
    assert set_aside(headers=[("trace", None)]).reason == "it does not fit"


def test_an_error_may_quote_half_a_character():
    assert set_aside(reason="no such place: \ud800").reason == "no such place: \\ud800"

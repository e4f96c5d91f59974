import io
from datetime import UTC, datetime
from pathlib import Path

from garbage import damaged, hold
from hypothesis import given

from connectors.ingest.contract import Skippable
from connectors.sources.acled import parse_acled
from schemas.records import EventFigure, FeedEvent, Place
from streams.domain.mentions.read_feed_event import read_feed_event

NOW = datetime(2024, 2, 1, tzinfo=UTC)
EXPORT = (Path(__file__).parent / "samples" / "acled.csv").read_bytes()


def read(raw):
    return hold(parse_acled(io.BytesIO(raw), where="acled.csv", feed="acled", fetched_at=NOW))


def test_a_real_shape():
    strike, protest = read(EXPORT)
    assert strike.kind == "acled:Explosions/Remote violence > Air/drone strike"
    assert strike.title == "Air/drone strike: Military Forces of Exampleland (2020-) and Northern Rebels, Omdurman"
    assert strike.text.startswith("On 3 January 2024, Military Forces")
    assert strike.place == Place(
        name="Omdurman", country="SD", admin1="Khartoum", lat=15.6445, lon=32.4777, precision="city"
    )
    assert (strike.started_at, strike.ended_at) == (datetime(2024, 1, 3, tzinfo=UTC), datetime(2024, 1, 4, tzinfo=UTC))
    assert strike.updated_at == datetime(2024, 1, 9, tzinfo=UTC)
    assert strike.figures == (EventFigure(what="killed", value=7),)
    assert protest.started_at == strike.started_at
    assert (protest.ended_at - protest.started_at).days == 7
    types = [(m.family, m.subtype, m.severity > 1) for e in (strike, protest) for m in read_feed_event(e)]
    assert types == [("explosions", "air-drone-strike", True), ("protests", "peaceful-protest", False)]


def test_rows_that_cannot_be_read_are_errors_of_their_own():
    head, first, second = EXPORT.splitlines(keepends=True)
    broken = head + b"a,b\n" + first + second.replace(b"03 January 2024", b"some day") + b'"never closed,' + first
    results = read(broken)
    assert [type(r) for r in results] == [Skippable, FeedEvent, Skippable, Skippable]
    assert [r.where for r in results if isinstance(r, Skippable)][:2] == ["acled.csv, line 2", "acled.csv, line 4"]
    assert "2 columns where the header has 31" in results[0].reason


def test_a_table_of_something_else_is_told():
    (error,) = read(b"a;b\n1;2\n3;4\n")
    assert "no column event_id_cnty" in error.reason
    assert read(b"") == []


@given(damaged(EXPORT))
def test_damage_is_told(raw):
    read(raw)

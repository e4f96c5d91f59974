import json
from datetime import UTC, datetime
from pathlib import Path

from garbage import JSON, damaged, hold
from hypothesis import given

from connectors.ingest.contract import Skippable
from connectors.sources.reliefweb import parse_reliefweb
from schemas.records import Place, Publisher
from streams.domain.mentions.read_feed_event import read_feed_event

NOW = datetime(2024, 1, 1, tzinfo=UTC)
SAMPLES = Path(__file__).parent / "samples" / "reliefweb"
DISASTERS, REPORTS = (SAMPLES / f"{name}.json" for name in ("disasters", "reports"))


def read(raw):
    return hold(parse_reliefweb(raw, fetched_at=NOW))


def test_disasters_are_events():
    volcano, measles = read(DISASTERS.read_bytes())
    assert volcano.source == Publisher(domain="reliefweb.int", name="ReliefWeb")
    assert (volcano.source_event_id, volcano.kind, volcano.severity) == ("51890", "VO", 3)
    assert volcano.place == Place(name="Philippines", country="PH", lat=12.88, lon=121.77, precision="country")
    assert volcano.started_at == datetime(2023, 6, 8, tzinfo=UTC)
    assert volcano.updated_at == datetime(2023, 6, 20, 6, tzinfo=UTC)
    assert volcano.url == "https://reliefweb.int/disaster/vo-2023-000092-phl"
    assert (measles.kind, measles.severity) == ("EP", 0)
    types = [(m.family, m.subtype) for e in (volcano, measles) for m in read_feed_event(e)]
    assert types == [("disasters", "volcano"), ("health", "outbreak")]


def test_reports_are_articles():
    (report,) = read(REPORTS.read_bytes())
    assert report.title == "Philippines: Mayon Volcano Flash Update No. 2"
    assert report.body.endswith("authorities said.\n\nTwo people were injured.")
    assert report.source == Publisher(
        domain="unocha.org", name="UN Office for the Coordination of Humanitarian Affairs"
    )
    assert report.published_at == datetime(2023, 6, 14, tzinfo=UTC)
    assert report.lang == "en"


def test_what_the_api_refuses_is_told():
    (error,) = read(b'{"status": 403, "error": {"message": "You are not using an approved appname."}}')
    assert isinstance(error, Skippable)
    assert "approved appname" in error.reason
    (error,) = read(json.dumps({"data": [{"id": "1"}]}).encode())
    assert "profile=full" in error.reason


@given(damaged(DISASTERS.read_bytes()) | damaged(REPORTS.read_bytes()))
def test_damage_is_told(raw):
    assert read(raw)


@given(JSON)
def test_any_entry(value):
    for fields in (
        value,
        {"title": value, "date": value, "source": value},
        {"date": value, "type": value, "country": value},
    ):
        read(json.dumps({"data": [{"id": value, "fields": fields}]}).encode())

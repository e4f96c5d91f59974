"""Inputs that broke other readers: kinds of faults which have no other test here, each with its right value."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.load.columns import milliseconds, within_range
from connectors.sources.cap import parse_alert
from connectors.sources.disasters import parse_disasters
from connectors.sources.documents import read_document
from connectors.sources.events import amount
from connectors.sources.feeds import parse_feed
from connectors.web.answers import Answer
from connectors.web.pages import read_page

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_a_warning_without_area_is_an_event_without_place():
    alert = (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a@b.example</sender>'
        "<status>Actual</status><msgType>Alert</msgType><info><event>Flood</event></info></alert>"
    )
    (event,) = parse_alert(alert.encode(), fetched_at=NOW)
    assert event.place is None


def test_a_feed_of_disasters_with_a_byte_order_mark_and_an_item_without_coordinates():
    item = "<item><guid>EQ{}</guid><title>Quake</title><gdacs:eventtype>EQ</gdacs:eventtype>{}</item>"
    point = "<georss:point>10 20</georss:point>"
    rss = (
        '<?xml version="1.0" encoding="utf-8"?><rss xmlns:gdacs="http://www.gdacs.org" '
        f'xmlns:georss="http://www.georss.org/georss"><channel>{item.format(1, point)}{item.format(2, "")}</channel></rss>'
    )
    placed, unplaced = parse_disasters(rss.encode("utf-8-sig"), fetched_at=NOW)
    assert (placed.place.lat, placed.place.lon) == (10, 20)
    assert unplaced.place is None


def test_an_end_in_the_year_9999_is_exact_and_wraps_nowhere():
    alert = (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a@b.example</sender>'
        "<status>Actual</status><msgType>Alert</msgType><info><event>Drought</event>"
        "<expires>9999-12-31T23:59:59+00:00</expires></info></alert>"
    )
    (event,) = parse_alert(alert.encode(), fetched_at=NOW)
    assert within_range(event.ended_at) is None
    assert milliseconds(event.ended_at) == 253_402_300_799_000


def test_relative_links_of_a_feed_follow_its_base():
    entry = "<entry{}><title>T</title><id>{}</id><link href='{}'/></entry>"
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://blog.example/a/'><title>F</title>"
        f"{entry.format(' xml:base=' + repr('b/'), 1, 'fire')}{entry.format('', 2, '/linz')}</feed>"
    )
    articles = parse_feed(Answer("https://other.example/f", atom.encode()), feed="f", fetched_at=NOW)
    assert [a.url for a in articles] == ["https://blog.example/a/b/fire", "https://blog.example/linz"]


def test_the_stated_date_of_a_page_goes_before_its_address_and_its_text():
    page = (
        "<html><head><title>Study of floods</title><meta name='dc.date' content='2026-11-20'></head><body><article>"
        f"<p>Accepted: 3 May 2025</p><p>{'The river rose in the night. ' * 20}</p></article></body></html>"
    )
    assert read_page(page.encode(), url="https://a.example/2024/01/05/x").published == datetime(
        2026, 11, 20, tzinfo=UTC
    )


def test_a_table_with_seconds_since_1970_as_text():
    table = (
        b"title,text,published\nA,Two dead,1795392000\nB,Two dead,1795392000000\nC,Two dead,2026-11-23 00:00:00 UTC\n"
    )
    found = read_document(BytesIO(table), name="a.csv", where="a.csv", feed="f", fetched_at=NOW)
    assert {a.published_at for a in found} == {datetime(2026, 11, 23, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            ("1,157", 1157),
            ("1,50,000", 150_000),
            ("1'157", 1157),
            ("1’157", 1157),
            ("1 157", 1157),
            ("1\xa0157", 1157),
        ),
        *(("1\u2009157", 1157), ("12 lakh", 1_200_000), ("3.5 crore", 35_000_000), ("1.2 million", 1_200_000)),
        *(("12", 12), ("6.4", 6.4), ("1e3", 1000), (7, 7), ("-3", -3), ("1,234.5", 1234.5)),
        *(("1,15", None), ("12 or more", None), ("about 12", None), ("1 15", None), ("", None), (None, None)),
    ],
)
def test_figures_of_tables_are_understood_whole_or_none(written, meant):
    assert amount(written) == (None if meant is None else pytest.approx(meant))


@given(st.integers(0, 10**12))
def test_grouped_figures_are_what_was_grouped(count):
    for group in (",", "'"):
        assert amount(f"{count:,}".replace(",", group)) == count

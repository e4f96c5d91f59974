import calendar
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from babel import Locale
from babel.dates import format_date
from garbage import JSON
from hypothesis import given
from hypothesis import strategies as st

from connectors.ingest.contract import Skippable
from connectors.sources.calendar_words import LANGUAGES
from connectors.sources.cap import parse_alert
from connectors.sources.documents import from_object, parse_markdown
from connectors.sources.feeds import parse_feed
from connectors.sources.mail import parse_message
from connectors.sources.timestamps import ZONES, parse_timestamp
from connectors.web.answers import Answer
from connectors.web.pages import read_page
from schemas.timestamp_sanity import AHEAD, OLDEST, plausible_event_time, plausible_publication_time

NOON = datetime(2021, 6, 28, 12, 0, tzinfo=UTC)
PRECISE = datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2021-06-28T12:00:00Z",
        "2021-06-28T12:00:00",
        "2021-06-28 14:00:00+02:00",
        "2021-06-28T14:00:00+0200",
        "2021-06-28T14:00:00 +0200",
        "2021-06-28 12:00:00 UTC",
        " 2021-06-28T12:00Z\n",
        "20210628T120000Z",
        "20210628120000",
        "Mon, 28 Jun 2021 12:00:00 GMT",
        "Mon, 28 Jun 2021 08:00:00 -0400",
        "Mon, 28 Jun 2021 15:00:00 +03:00",
        "Mon, 28 Jun 2021 17:30:00 IST",
        "Mon, 28 Jun 2021 14:00:00 +0200 (CEST)",
        "Mon Jun 28 2021 15:00:00 GMT+0300 (Moscow Standard Time)",
        "Mon Jun 28 08:00:00 EDT 2021",
        "28 Jun 2021 12:00:00 +0000",
        "28 Jun 21 12:00 GMT",
        "28-Jun-21 12:00",
        "June 28, 2021 at 12 PM",
        "June 28th, 2021 12:00 p.m.",
        "06/28/2021 12:00",
        "28/06/2021 12:00",
        "28.06.2021 12:00 Uhr",
        "lundi 28 juin 2021 à 12h00",
        "2021年6月28日(月) 12時00分",
        "2021년 6월 28일 오후 12:00",
        "٢٨ يونيو ٢٠٢١ 12:00",
        1624881600,
        1624881600000,
        1624881600.0,
        "1624881600",
        "1624881600000",
        "1624881600.0",
    ],
)
def test_one_moment_in_many_spellings(written):
    assert parse_timestamp(written) == NOON


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2021-06-28", at(2021, 6, 28)),
        ("28 June 2021", at(2021, 6, 28)),
        ("28-Jun-2021", at(2021, 6, 28)),
        ("Fri, Feb 6 2026 09:15:30 PM", at(2026, 2, 6, 21, 15, 30)),
        ("Feb 6 2026 12:15 AM", at(2026, 2, 6, 0, 15)),
        ("Do, 5 Mrz 2026 07:00:00 +0100", at(2026, 3, 5, 6)),  # German
        ("mié, 4 mar 2026 07:00:00 +0000", at(2026, 3, 4, 7)),  # Spanish; "mar" is a Tuesday and a March
        ("mar, 3 mar 2026 07:00:00 +0000", at(2026, 3, 3, 7)),
        ("Qui, 05 Fev 2026 12:00:00 -0300", at(2026, 2, 5, 15)),  # Portuguese
        ("Tue, 8 Sept 2026 09:00:00 EST", at(2026, 9, 8, 14)),
        ("Tue, 8 Sep 2026 09:00:00 MSK", at(2026, 9, 8, 6)),
        ("Tue, 8 Sep 2026 09:00:00 CET", at(2026, 9, 8, 8)),
        ("Mi, 9 Dec 2026 09:00:00 GMT", at(2026, 12, 9, 9)),  # a German day with an English month
        ("pon, 2 listopada 2026", at(2026, 11, 2)),  # Polish: a Monday; in Croatian it would be a Friday in October
        ("14 Feb 49", at(2049, 2, 14)),
        ("14 Feb 50", at(1950, 2, 14)),
        ("2026-11-23T14:05:09.123456789Z", PRECISE.replace(microsecond=123456)),
    ],
)
def test_right_moments(written, moment):
    assert parse_timestamp(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", "yesterday", True, [], {}, "0001-01-01T00:00:00+23:00", float("nan"), 10**400, 0, 2026, "2026"),
        *("05/06/2026", "10:00", "23 November", "2026-11", "31 Nov 2026", "2026-02-30", "25:99 1 May 2026"),
        *("2026-11-23 or so", "Mon, 23 Nov 2026 10:00:00 XYZ", "23 Nov 2026 14:05 AM", "23 Nov 2026 10:00 +2500"),
        *("23 Nov 2026 10:00 EST +0300", "23 Nov 2026 24 Nov 2026", "23 Nov 2026 10:00 11:00", "23 listopada 2026"),
        *("1 2 2026", "23 Nov 026", "Nov 2026", "Updated 23 Nov 2026", "9" * 5000),
    ],
)
def test_what_is_not_understood_whole_is_none(written):
    assert parse_timestamp(written) is None


@given(JSON | st.text(max_size=60))
def test_never_raises(value):
    found = parse_timestamp(value)
    assert found is None or found.utcoffset() == timedelta(0)


moments = st.integers(1_000_000_000, 2_500_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(moments, zones)
def test_every_moment_is_read_from_every_common_form(moment, zone):
    moment = moment.astimezone(zone)
    since = calendar.timegm(moment.utctimetuple())
    offset = moment.strftime("%z")
    for written in (
        moment.isoformat(),
        moment.isoformat(" "),
        moment.strftime("%Y-%m-%dT%H:%M:%S%z"),
        format_datetime(moment),
        moment.strftime("%a, %d %b %y %H:%M:%S %z"),
        moment.strftime("%A, %B %d, %Y %I:%M:%S %p ") + offset,
        moment.strftime("%d.%m.%Y %H:%M:%S ") + offset,
        moment.strftime("%a %b %d %Y %H:%M:%S GMT%z (Somewhere Time)"),
        str(since),
        str(since * 1000),
    ):
        assert parse_timestamp(written) == moment, written


@given(moments, st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12))
def test_a_date_with_something_else_is_that_date_or_none_or_shifted_by_a_zone(moment, other):
    found = parse_timestamp(f"{moment:%d %b %Y %H:%M:%S} {other}")
    assert found is None or abs(found - moment) <= timedelta(hours=14)


WITHOUT_GREGORIAN_MONTHS = {"fa", "ps", "th", "am", "mt"}


@pytest.mark.parametrize("language", [c for c in LANGUAGES if c not in WITHOUT_GREGORIAN_MONTHS])
def test_dates_in_the_words_of_each_language(language):
    """The day before the month, and the weekday first: what feeds write. One that languages differ on may be none."""
    names = Locale(language)
    for month in range(1, 13):
        day = datetime(2026, month, 20, tzinfo=UTC)
        for width in ("wide", "abbreviated"):
            weekday = names.days["format"][width][day.weekday()]
            written = f"{weekday}, 20 {names.months['format'][width][month]} 2026 10:00:00 +0000"
            assert parse_timestamp(written) in (day + timedelta(hours=10), None), written


@pytest.mark.parametrize(
    "language", "en de fr es pt it nl ru uk pl cs sk hu ro bg sr hr sl el tr sv da fi et lt id".split()
)
def test_medium_dates_as_software_writes_them(language):
    for month in range(1, 13):
        day = datetime(2026, month, 20, tzinfo=UTC)
        assert parse_timestamp(format_date(day, "EEE, d MMM y", locale=language)) == day
        assert parse_timestamp(format_date(day, "EEEE d MMMM y", locale=language)) == day


def test_zones_are_zones_of_the_earth():
    assert all(-12 <= hours <= 14 for hours in ZONES.values())


def test_every_kind_of_source_reads_dates_alike():
    """A twelve-hour clock with a named zone, which each of the libraries behind them reads otherwise."""
    said, meant = "Mon, 23 Nov 2026 09:05:09 AM EST", PRECISE
    now = at(2026, 11, 24)
    item = f"<item><title>T</title><pubDate>{said}</pubDate></item>"
    rss = f"<rss version='2.0'><channel><title>F</title>{item}</channel></rss>".encode()
    json_feed = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "F", '
        f'"items": [{{"id": "1", "title": "T", "date_published": "{said}"}}]}}'
    ).encode()
    page = f"<html><head><meta name='pubdate' content='{said}'></head><body><p>{'Two people died. ' * 20}</p></body></html>"
    (of_rss,) = (a for a in parse_feed(Answer("", rss), feed="f", fetched_at=now) if not isinstance(a, Skippable))
    (of_json,) = parse_feed(Answer("", json_feed), feed="f", fetched_at=now)
    letter = f"From: a@b.example\nDate: {said}\nSubject: T\n\nText".encode()
    of_mail = parse_message(letter, where="m", feed="f", fetched_at=now)
    of_file = parse_markdown(f"---\ndate: {said}\n---\n# T".encode(), where="m", feed="f", fetched_at=now)
    of_push = from_object({"title": "T", "published": said}, where="m", feed="f", fetched_at=now)
    assert {a.published_at for a in (of_rss, of_json, of_mail, of_file, of_push)} == {meant}
    assert read_page(page.encode(), url="https://a.example/").published == meant
    alert = (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a@b.example</sender>'
        f"<sent>{said}</sent><status>Actual</status><msgType>Alert</msgType><info><event>Flood</event></info></alert>"
    )
    (event,) = parse_alert(alert.encode(), fetched_at=now)
    assert event.updated_at == event.started_at == meant


def test_a_clock_gone_wrong_is_not_believed():
    assert plausible_publication_time(NOON, NOON) == NOON
    assert plausible_publication_time(NOON + AHEAD, NOON) is not None
    assert plausible_publication_time(NOON + AHEAD + timedelta(seconds=1), NOON) is None
    assert plausible_publication_time(OLDEST - timedelta(seconds=1), NOON) is None
    assert plausible_publication_time(at(1955, 8, 1), NOON) == at(1955, 8, 1)
    assert plausible_publication_time(None, NOON) is None


def test_events_may_be_announced():
    assert plausible_event_time(at(9999, 1, 1)) == at(9999, 1, 1)
    assert plausible_event_time(at(1, 1, 1)) is None
    assert plausible_event_time(None) is None

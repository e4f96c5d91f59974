"""Titles written from right to left, with the marks that join and turn their letters, through every kind of source."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.notify.notice import LONGEST_TITLE, of_alert
from connectors.sources.feeds import parse_feed
from connectors.sources.mail import parse_message
from connectors.sources.markup import clean_text
from connectors.web.answers import Answer
from connectors.web.pages import read_page
from schemas.records import Alert, Change, Incident

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TITLES = {
    "ar": "مقتل 12 شخصًا في انفجار بحلب (سوريا)، بحسب «رويترز»",
    "he": '12 הרוגים בפיצוץ בחיפה – מד"א: 30 פצועים',
    "fa": "۱۲ کشته و ۳۰ زخمی در آتش‌سوزی پالایشگاه آبادان",  # with a joiner that takes no room
    "ur": "کراچی: عمارت گرنے سے 12 افراد جاں بحق",
    "hi": "लखनऊ में बस हादसा, १२ की मौत; क्‍यों",
}
LEGACY = {"ar": "windows-1256", "he": "windows-1255"}


def escaped(text):
    return text.replace("&", "&amp;").replace('"', "&quot;")


def rss(title, codec="utf-8"):
    item = f"<item><title>{escaped(title)}</title><link>https://a.example/1</link><description>{escaped(title)}.</description></item>"
    text = f'<?xml version="1.0" encoding="{codec}"?><rss version="2.0"><channel><title>F</title>{item}</channel></rss>'
    (article,) = parse_feed(Answer("", text.encode(codec)), feed="f", fetched_at=NOW)
    return article


@pytest.mark.parametrize(("lang", "title"), TITLES.items())
def test_a_title_comes_out_of_every_source_letter_for_letter(lang, title):
    page = f'<html lang="{lang}" dir="rtl"><head><title>{escaped(title)}</title></head><body><h1>{escaped(title)}</h1></body></html>'
    encoded = base64.b64encode(title.encode()).decode()
    mail = f"From: a@x.example\nSubject: =?utf-8?b?{encoded}?=\nDate: Tue, 24 Nov 2026 06:00:00 +0000\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{title}.\n"
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "url": "https://a.example/1", "title": title, "content_text": title}],
    }
    (item,) = parse_feed(Answer("https://a.example/feed.json", json.dumps(document).encode()), feed="f", fetched_at=NOW)
    letter = parse_message(mail.encode(), where="m", feed="f", fetched_at=NOW)
    assert [rss(title).title, item.title, letter.title] == [title] * 3
    assert title in letter.body
    assert read_page(page.encode(), url="https://a.example/1", content_type="text/html; charset=utf-8").title == title


@pytest.mark.parametrize(("lang", "codec"), LEGACY.items())
def test_a_feed_in_the_old_charset_of_its_country(lang, codec):
    title = TITLES[lang].replace("ً", "")
    assert rss(title, codec).title == title


@pytest.mark.parametrize("mark", ["\u200c", "\u200d", "\u061c", "\u2067", "\u2069"])
def test_marks_that_join_and_turn_letters_are_no_rubbish(mark):
    assert clean_text(f"آتش{mark}سوزی") == f"آتش{mark}سوزی"


@pytest.mark.parametrize(("lang", "title"), TITLES.items())
def test_words_for_people_set_a_title_apart_that_runs_the_other_way(lang, title):
    incident = Incident(
        incident_id="ab" * 16, version=1, family="explosions", subtype="remote-bomb", title=title, summary=(title,),
        mention_count=1, article_count=1, source_count=1, origin_count=1, severity=3, role="main", first_seen=NOW,
        last_changed=NOW, change=Change(),
    )  # fmt: skip
    alert = Alert(
        alert_id="cd" * 16, incident_id=incident.incident_id, rule="severity", level="high", revision=1, reason="new",
        headline=title, incident=incident, raised_at=NOW, changed_at=NOW,
    )  # fmt: skip
    notice = of_alert(alert)
    shown = title if lang == "hi" else f"\u2068{title}\u2069"
    assert notice.title == f"HIGH: {shown}"
    assert shown in notice.text.splitlines()
    assert json.loads(notice.body)["headline"] == title
    long = of_alert(replace(alert, headline=title * 20)).title
    assert len(long) <= LONGEST_TITLE
    assert long.count("\u2068") == long.count("\u2069")

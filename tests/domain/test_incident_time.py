"""Which of the times in an article is that of its incident."""

from datetime import UTC, date, datetime

import pytest

from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article

AT = datetime(2023, 3, 2, 12, tzinfo=UTC)  # a Thursday


def day(body, title=""):
    a = Article(
        article_id="0" * 32, url="", source=Publisher(domain="example.org"), title=title, body=body,
        published_at=AT, fetched_at=AT,
    )  # fmt: skip
    time = next(m.time for m in read_article(a) if m.role == "main")
    return time.start.date(), time.end.date()


@pytest.mark.parametrize(
    ("body", "on"),
    [
        ("A bomb killed three people at a market in Lagos on Tuesday, police said on Wednesday.", date(2023, 2, 28)),
        ("LAGOS, March 2 (Meridian) - A ferry sank off Lagos on Monday and nine people drowned.", date(2023, 2, 27)),
        (
            (
                "Nine people drowned when a ferry sank off Lagos, the harbour police said on Thursday.\n\n"
                "The ferry went down on Tuesday night. In 2019 twelve people died on the same route."
            ),
            date(2023, 2, 28),
        ),
        ("A gunman shot three people dead at a bank in Lagos yesterday.", date(2023, 3, 1)),
    ],
)
def test_the_day_of_the_event_wins_over_those_of_saying_so_and_of_history(body, on):
    assert day(body)[0] == on


def test_news_without_a_day_is_of_the_day_before_or_the_same():
    assert day("A bomb killed three people at a market in Lagos.") == (date(2023, 3, 1), date(2023, 3, 2))

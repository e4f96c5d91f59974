from datetime import UTC, date, datetime

import pytest

from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article

PUBLISHED = datetime(2025, 11, 13, 9, tzinfo=UTC)


def story_of(text: str, lang: str):
    article = Article(
        article_id="a", url="https://paper.example/1", canonical_url="https://paper.example/1", source=Publisher(domain="paper.example"),
        lang=lang, title="", body=text, published_at=PUBLISHED, fetched_at=PUBLISHED,
    )  # fmt: skip
    return read_article(article)[0]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "Diez años después de los ataques del 13 de noviembre de 2015 en París, un matrimonio cuenta su vida de hoy."),
        ("de", "Zehn Jahre nach den Ereignissen vom 13. November 2015 in Paris erzählt ein Ehepaar von seinem Leben."),
        ("en", "Ten years after the evening of 13 November 2015 in Paris a couple tell of their life and their garden."),
    ],
)  # fmt: skip
def test_a_story_that_looks_back_says_which_day_it_is_about(lang, text):
    told = story_of(text, lang)
    assert told.role == "story"
    assert told.time is not None
    assert told.time.start.date() == date(2015, 11, 13)


def test_a_day_of_these_weeks_or_without_its_year_is_no_recalled_day():
    assert story_of("The couple opened their garden on 3 November 2025 and sold jam.", "en").time is None
    assert story_of("La pareja abrió su jardín el 13 de noviembre y vendió mermelada.", "es").time is None

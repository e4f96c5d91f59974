from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article
from streams.domain.text.language import recognise

FOREIGN = {
    "de": "Bei einem Anschlag in Kabul sind am Dienstag drei Menschen getötet worden, teilte die Polizei mit.",
    "fr": "Trois personnes ont été tuées mardi dans un attentat à Kaboul, a annoncé la police, et 40 ont été blessées.",
    "es": "Tres personas murieron y 12 resultaron heridas el martes en un atentado con bomba en Bogotá, informó la policía.",
    "ar": "قتل ثلاثة أشخاص وأصيب 12 آخرون في انفجار سيارة مفخخة في بغداد يوم الثلاثاء، حسبما أفادت الشرطة.",
    "ru": "Три человека погибли во вторник при взрыве в Кабуле, сообщила полиция. Ещё 12 ранены.",
}
ENGLISH = "Three people were killed on Tuesday in a bombing in the city of Kabul, police said."


def article(body: str, lang: str | None = None) -> Article:
    at = datetime(2024, 5, 8, tzinfo=UTC)
    return Article(article_id="a", url="u", canonical_url="u", source=Publisher(domain="x.org", name="x"), lang=lang, body=body,
                   published_at=at, fetched_at=at)  # fmt: skip


UNKNOWN = "Kolme ihmistä kuoli tiistaina pommi-iskussa Kabulissa, kertoi poliisi. Kaksitoista haavoittui, kertoo uutistoimisto."


@pytest.mark.parametrize(("lang", "text"), FOREIGN.items())
def test_news_in_a_language_with_a_pack_is_read(lang: str, text: str) -> None:
    assert recognise("", text) == (lang, False)
    (news,) = read_article(article(text))
    assert (news.role, news.lang) == ("main", lang)
    assert news.family in ("explosions", "violence-against-civilians", "accidents")
    assert {(c.what, c.min) for c in news.claims} >= {("killed", 3)}
    assert all(c.attributed_to for c in news.claims if c.what == "killed")
    assert news.place is not None
    assert news.place.country == {"es": "CO", "ar": "IQ"}.get(lang, "AF")
    assert news.time is not None
    assert news.time.start.weekday() == 1


def test_text_in_a_language_without_a_pack_is_a_story_that_says_so() -> None:
    (story,) = read_article(article(UNKNOWN))
    assert (story.role, story.family, story.subtype, story.lang) == ("story", "other", "unread", "fi")
    assert story.confidence < 0.5
    assert story.severity == 0


def test_english_text_is_read_whatever_its_feed_states() -> None:
    for stated in (None, "en", "de"):
        main = read_article(article(ENGLISH, stated))[0]
        assert (main.role, main.family, main.lang) == ("main", "explosions", stated or "en")


def test_english_headlines_without_function_words_are_read() -> None:
    assert recognise("Kabul blast kills 3", "") == (None, True)
    assert recognise("ROCKET HITS GAZA MARKET, SEVEN DEAD", "")[1]


def test_stated_foreign_language_is_believed_of_text_without_english_words() -> None:
    assert recognise("Attentat à Kaboul: trois morts", "", "fr") == ("fr", False)


@given(st.text(max_size=500), st.text(max_size=500))
def test_any_text_gets_an_answer_by_its_beginning(title: str, body: str) -> None:
    assert recognise(title, body) == recognise(title, body)
    assert recognise("the end of it", body + "x" * 400) == recognise("the end of it", body + "x" * 4000)


@pytest.mark.parametrize("text", ["", "12 34", "...", "😀😀"])
def test_text_without_words_has_no_language_and_is_not_foreign(text: str) -> None:
    assert recognise("", text) == (None, True)

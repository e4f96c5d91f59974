"""Figures and the place that only an article's headline states."""

from datetime import UTC, datetime

import pytest

from schemas.records import Article, Claim, Mention, Publisher, Span
from streams.domain.mentions.read_article import read_article

DAY = datetime(2026, 3, 17, 9, tzinfo=UTC)


def news(title: str, body: str, lang: str = "en") -> Mention:
    article = Article(
        article_id="a", url="https://news.example/a", source=Publisher(domain="news.example"), lang=lang, title=title, body=body,
        published_at=DAY, fetched_at=DAY,
    )  # fmt: skip
    return next(m for m in read_article(article) if m.role == "main")


def figures(m: Mention) -> dict[str, tuple[int | None, int | None]]:
    return {c.what: (c.min, c.max) for c in m.claims}


def killed(m: Mention) -> list[Claim]:
    return [c for c in m.claims if c.what == "killed"]


def test_a_teaser_leaves_toll_and_place_to_the_headline() -> None:
    m = news(
        "Car bomb kills 12 people at market in Mogadishu",
        "The blast hit stalls on Tuesday morning, police said. Thirty people were wounded.",
    )
    assert figures(m) == {"injured": (30, 30), "killed": (12, 12)}
    assert m.place is not None
    assert (m.place.name, m.place.country) == ("Mogadishu", "SO")
    (claim,) = killed(m)
    assert (claim.quote, claim.text) == (Span(start=0, end=0), "kills 12 people")


@pytest.mark.parametrize(
    ("lang", "title", "body", "told"),
    [
        ("es", "Al menos tres muertos por el desborde del río Piura", "Cuatro personas permanecen desaparecidas tras las lluvias torrenciales.", (3, None)),
        ("de", "Mindestens acht Tote bei Zugunglück nahe Ulm", "Rettungskräfte bargen am Dienstag 20 Verletzte aus den Waggons.", (8, None)),
        ("ru", "При взрыве газа в Казани погибли пять человек", "Ещё семь человек пострадали, сообщили в МЧС.", (5, 5)),
    ],
)  # fmt: skip
def test_a_headline_in_another_language_too(
    lang: str, title: str, body: str, told: tuple[int | None, int | None]
) -> None:
    (claim,) = killed(news(title, body, lang))
    assert (claim.min, claim.max) == told
    assert claim.text in title


def test_what_the_text_states_goes_before_the_headline() -> None:
    m = news(
        "Bomb kills dozens in Mogadishu", "A bomb killed 14 people at a market in Beledweyne on Tuesday, police said."
    )
    assert [(c.min, c.max) for c in killed(m)] == [(14, 14)]
    assert m.place is not None
    assert m.place.name == "Beledweyne"


def test_a_headline_that_is_all_there_is_is_quoted_from_itself() -> None:
    title = "Car bomb kills 12 people at market in Mogadishu"
    (claim,) = killed(news(title, ""))
    assert title[claim.quote.start : claim.quote.end] == claim.text


def test_of_two_incidents_neither_takes_the_headline() -> None:
    article = Article(
        article_id="a", url="https://news.example/a", source=Publisher(domain="news.example"), lang="en",
        title="Blasts kill 12 in Mogadishu and Kismayo", published_at=DAY, fetched_at=DAY,
        body="A car bomb hit a market in Mogadishu on Monday, police said.\n\n"
        "In a separate attack, a suicide bomber blew himself up at a hotel in Kismayo on Tuesday, officials said.",
    )  # fmt: skip
    mains = [m for m in read_article(article) if m.role == "main"]
    assert len(mains) == 2
    assert not any(m.claims for m in mains)

"""Articles that arrived together are read together, each with the outcome that it has alone."""

import pytest

from schemas.codec import Codec
from schemas.identity import article_id
from schemas.records import Article, Original, Publisher
from schemas.topics import MENTION, ORIGINAL, QUARANTINE
from streams.agents import classify
from streams.agents.classify import ClassifyStage
from tests.streams.kafka_model import NOW, Kafka, Worker, message

CODEC = Codec()
TOWNS = ("Lyon", "Quetta", "Kisumu", "Arequipa", "Davao", "Leeds")
POISON = 2  # the article that cannot be read


def original(number):
    title = f"{number + 2} people killed in fire in {TOWNS[number % len(TOWNS)]}"
    url = f"https://news.example/{number}"
    body = f"{title} on Monday, police said. A year ago a flood killed {number + 20} there."
    article = Article(
        article_id=article_id(url, title, body), url=url, canonical_url=url, title=title, body=body,
        source=Publisher(domain="news.example"), published_at=NOW, fetched_at=NOW,
    )  # fmt: skip
    return Original(article=article, story_id=f"{number:032x}")


def mentions(kafka):
    return [value for _, value in kafka.written(MENTION.name).get(0, [])]


def run(*batches):
    kafka = Kafka()
    worker = Worker(kafka, ClassifyStage())
    assert worker.run(*batches)
    return kafka, worker


def messages(number):
    return [message(ORIGINAL.name, n, CODEC.encode(original(n))) for n in range(number)]


@pytest.fixture
def sizes(monkeypatch):
    """How many articles were read together, each time; the article POISON raises."""
    found, together, alone = [], classify.read_articles, classify.read_article

    def refuse(article):
        if article.url.endswith(f"/{POISON}"):
            raise ZeroDivisionError

    def several(articles, story_ids):
        found.append(len(articles))
        for article in articles:
            refuse(article)
        return together(articles, story_ids)

    def one(article, *, story_id):
        found.append(1)
        refuse(article)
        return alone(article, story_id=story_id)

    monkeypatch.setattr(classify, "read_articles", several)
    monkeypatch.setattr(classify, "read_article", one)
    return found


def test_mentions_are_the_same_together_and_alone():
    apart, _ = run(*([m] for m in messages(5)))
    at_once, _ = run(messages(5))
    assert len(mentions(apart)) >= 5
    assert mentions(at_once) == mentions(apart)


def test_articles_of_a_batch_are_read_in_one_go(sizes):
    run(messages(2))
    run(messages(1))
    assert sizes == [2, 1]


def test_one_that_cannot_be_read_goes_to_quarantine_alone(sizes):
    arrived = messages(6)
    arrived[4] = message(ORIGINAL.name, 4, b"no record")
    kafka, worker = run(arrived)
    assert sizes[0] == 5
    assert {CODEC.decode(v, MENTION.name).url[-1] for v in mentions(kafka)} == {"0", "1", "3", "5"}
    refused = [CODEC.decode(v, QUARANTINE.name).offset for _, v in kafka.written(QUARANTINE.name)[0]]
    assert refused == [POISON, 4]
    assert all(worker.acknowledged[ORIGINAL.name, 0, n] == 1 for n in range(6))

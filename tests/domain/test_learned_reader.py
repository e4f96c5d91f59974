"""The learned readers: what they say of an article, and reading with other weights."""

from datetime import UTC, datetime

import numpy as np
import pytest

from schemas.records import Article, Publisher
from streams.domain.mentions.learned_drafts import rated_groups
from streams.domain.mentions.passage_chances import passage_chances
from streams.domain.mentions.passage_signals import ROLES
from streams.domain.mentions.read_article import read_article
from streams.domain.mentions.reader_model import READERS, Linear, ReaderModel
from streams.domain.text.document import open_document
from streams.domain.text.trained_weights import FromFile

AT = datetime(2024, 3, 5, 18, tzinfo=UTC)
TWO = """A bomb killed three people at a market in Kirkuk on Monday, police said. The blast also wounded nine shoppers.

In a separate incident, gunmen shot dead a judge outside his home in Basra, 800 kilometres to the south, on Sunday."""
CALM = """The national bank kept its main rate at three per cent on Tuesday, as economists had expected.

The governor said that prices would rise more slowly next year."""


def article(body, title=""):
    return Article(
        article_id="a", url="", source=Publisher(domain="wire.example"), title=title, body=body, lang="en",
        published_at=AT, fetched_at=AT,
    )  # fmt: skip


def roles(body, title=""):
    return [m.role for m in read_article(article(body, title))]


def surely(kind, model=None):
    """The release's model, which takes every article for one that reports an incident (1) or for none (0)."""
    known = (model or READERS.model()).article
    bias = np.full(2, -60.0, dtype=np.float32)
    bias[kind] = 60
    return READERS.model()._replace(article=Linear(np.zeros_like(known.weights), bias))


def test_chances_are_of_no_mention_or_one_role():
    chances = passage_chances(open_document(article(TWO)))
    assert chances.shape[1] == 1 + len(ROLES)
    assert chances.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert chances[0, 0] < 0.3


def test_two_incidents_of_other_places_and_kinds_stay_two():
    mains = [m for m in read_article(article(TWO, "Bomb kills three in Kirkuk")) if m.role == "main"]
    assert [(m.family, m.place.name) for m in mains[:1]] == [("explosions", "Kirkuk")]
    assert [m.place.name for m in mains[1:]] == ["Basra"]


def test_incidents_of_a_roundup_stay_apart_by_their_places():
    told = "Gunmen killed {} people in {} on {}, police said."
    body = f"{told.format('four', 'Kano', 'Monday')}\n\n{told.format('seven', 'Jos', 'Sunday')}"
    mains = [m for m in read_article(article(body, "Gunmen kill eleven across Nigeria")) if m.role == "main"]
    assert {(m.place.name, *(c.min for c in m.claims if c.what == "killed")) for m in mains} == {
        ("Kano", 4),
        ("Jos", 7),
    }


def test_article_without_incident_has_a_story_alone():
    assert roles(CALM, "Bank keeps rate") == ["story"]
    assert rated_groups(open_document(article(CALM, "Bank keeps rate"))).reports < 0.5


def test_article_model_decides_whether_there_is_news():
    with READERS.replaced(surely(0)):
        assert "main" not in roles(TWO)
    with READERS.replaced(surely(1)):
        assert "main" in roles(TWO)


def test_other_weights_hold_until_the_end_only():
    kept = READERS.model()
    with READERS.replaced(surely(0)):
        assert READERS.model() is not kept
    assert READERS.model() is kept


def test_no_weights_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        FromFile(tmp_path / "reader.npz", ReaderModel.load).model()

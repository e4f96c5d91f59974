import pytest

from streams.domain.extract.claims import find_claims
from streams.domain.mentions.casualty_totals import count, total_casualties
from streams.domain.mentions.person_tracking import tally
from streams.domain.text.tokenize import sentences


def told(text):
    t = tally(c for s in sentences(text) for c in find_claims(s))
    return t.told("killed"), t.told("injured")


@pytest.mark.parametrize(
    ("text", "killed", "injured"),
    [
        ("A man was shot. The man died.", 1, 0),
        ("A man was shot. A woman was wounded.", 0, 2),
        ("A 25-year-old man was shot. The 25-year-old died at a hospital.", 1, 0),
        ("Oscar Garcia, 22, was shot. Garcia died.", 1, 0),
        ("A man was gunned down. Oscar Garcia, 22, was found wounded. He died.", 1, 0),
        ("He killed his wife and then himself.", 2, 0),
        ("A man accidentally shot himself in the foot.", 0, 1),
        ("A man was shot and another man was shot.", 0, 2),
    ],
)
def test_persons_are_followed_through_the_text(text, killed, injured):
    assert told(text) == (killed, injured)


def settled(title, text, families=frozenset()):
    headline = [c for s in sentences(title) for c in find_claims(s)]
    claims = [(n, c) for n, s in enumerate(sentences(text)) for c in find_claims(s)]
    counted = count(headline, claims)
    return tuple(total_casualties(counted, counted, set(families), title, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A man was shot and killed Friday on Main Street, police said. No arrests have been made.", (1, 0)),
        ("A woman was shot in the leg Friday on Main Street, police said. She is in stable condition.", (0, 1)),
        ("Two men robbed a store at gunpoint Friday, police said. No one was injured.", (0, 0)),
        ("One man is dead and two others are injured after a shooting on Main Street, police said.", (1, 2)),
    ],
)
def test_a_report_of_a_shooting_is_settled(text, expected):
    assert settled("", text, {"crime"}) == expected


def test_other_news_is_settled_by_its_first_number():
    text = "An earthquake killed at least 10 people. Another 26,000 died in 2003."
    assert settled("", text, {"disasters"}) == (10, 0)
    assert settled("Quake kills 12", text, {"disasters"}) == (12, 0)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.extract.claim_model import LIKELY
from streams.domain.extract.claims import find_claims
from streams.domain.text.tokenize import sentences


def read(text):
    return [(c.what, c.low, c.high, c.of) for s in sentences(text) for c in find_claims(s)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The raid killed at least five people.", [("killed", 5, None, "people")]),
        (
            "killing at least 10 people and injuring dozens more",
            [("killed", 10, None, "people"), ("injured", None, None, "more")],
        ),
        ("Six people died.", [("killed", 6, 6, "people")]),
        ("Two men were shot dead on Friday.", [("killed", 2, 2, "men")]),
        ("10 combatants killed by the strikes", [("killed", 10, 10, "combatants")]),
        ("2 killed, 3 hurt", [("killed", 2, 2, "people"), ("injured", 3, 3, "people")]),
        ("Three people were killed and five others wounded", [("killed", 3, 3, "people"), ("injured", 5, 5, "others")]),
        ("More than 30 people, many of them children, were killed", [("killed", 31, None, "people")]),
        ("The death toll from the quake in the capital rose from 5 to at least 12.", [("killed", 12, None, "people")]),
        ("a 36 - year - old Australian climber died", [("killed", 1, 1, "a 36 - year - old Australian climber")]),
        ("A man's body was found in a lot.", [("killed", 1, 1, "A man's")]),
        ("the shooting death of a Shreveport man", [("killed", 1, 1, "a Shreveport man")]),
        ("Four men were shot, one fatally.", [("injured", 4, 4, "men"), ("killed", 1, 1, "people")]),
        ("No one was injured.", [("injured", 0, 0, "people")]),
        ("There were no injuries.", [("injured", 0, 0, "people")]),
        ("at least one suspect had been arrested", [("arrested", 1, None, "suspect")]),
        ("nabbed 23 Somali and Yemeni sea brigands", [("arrested", 23, 23, "Somali and Yemeni sea brigands")]),
        ("120 wounded had been brought in", [("injured", 120, 120, "people")]),
        ("up to 100 people marched", [("participants", None, 100, "people")]),
        ("estimated the crowd at 70", [("participants", 70, 70, "people")]),
        ("more than 40 attacks have hit the country", [("attacks", 41, None, "attacks")]),
        ("the second such operation", [("attacks", 2, 2, "operations")]),
        ("the city's third homicide of 2013", [("killed", 3, 3, "homicides")]),
        ("five villages had been damaged", [("damage", 5, 5, "villages")]),
        ("12 people are missing", [("missing", 12, 12, "people")]),
        ("Gunmen kidnapped 317 schoolgirls", [("abducted", 317, 317, "schoolgirls")]),
        ("300,000 people were left homeless", [("displaced", 300_000, 300_000, "people")]),
    ],
)
def test_figures_are_read(text, expected):
    assert read(text) == expected


def test_those_who_make_up_a_number_are_read_too():
    text = "Police said at least three people, a man and two women, were killed."
    assert {(w, lo) for w, lo, _, _ in read(text)} == {("killed", 3), ("killed", 1), ("killed", 2)}


@pytest.mark.parametrize(
    "text",
    [
        "The bomb could have killed 20 people.",
        "He threatened to kill three men.",
        "They were not injured.",
        "Three homes were struck by gunfire.",
        "The SWAT team executed a search warrant.",
        "The 20-year-old spoke of two years in jail.",
        "in the 1200 block of Main Street, police found shell casings",
        "",
    ],
)
def test_what_did_not_happen_is_no_figure(text):
    assert [c for c in read(text) if c[0] in ("killed", "injured")] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A quake killed 1 157 people and injured 2 300.", {("killed", 1157), ("injured", 2300)}),
        ("Floods displaced 2.5 lakh people.", {("displaced", 250_000)}),
        ("All 14 people aboard died.", {("killed", 14)}),
        ("A fifth body was found on Monday.", {("killed", 1)}),
        ("Nine people, two of them children, were killed.", {("killed", 9), ("killed", 2)}),
        ("The dead are three farmers, two soldiers and one driver.", {("killed", 3), ("killed", 2), ("killed", 1)}),
        ("The avalanche claimed 31 lives.", {("killed", 31)}),
        ("Two sailors - a Dane and a Finn - were killed.", {("killed", 2), ("killed", 1)}),
        ("UPDATE 2 - One dead after crash", {("killed", 1)}),
        ("No deaths were reported.", {("killed", 0)}),
        ("No fewer than four persons were arrested.", {("arrested", 4)}),
    ],
)
def test_figures_in_the_ways_that_news_has_of_giving_them(text, expected):
    told = {(c.what, c.low) for s in sentences(text) for c in find_claims(s) if c.sure >= LIKELY}
    assert told == expected


@pytest.mark.parametrize(
    "text",
    [
        "The convoy of 40 vehicles reached the town of 3,000 people.",
        "About 200 rescuers searched the ruins all night.",
        "There was no official confirmation of the injuries.",
        "The suspect, 44, is charged with two counts of murder.",
        "The 17-member council met in a hall for 400 guests.",
    ],
)
def test_persons_and_numbers_beside_harm_are_no_victims(text):
    assert [c for s in sentences(text) for c in find_claims(s) if c.sure >= LIKELY] == []


def test_quotes_are_exact():
    text = "Rain fell. At least five fighters were killed and several others injured, the NGO said."
    quotes = [text[c.start : c.end] for s in sentences(text) for c in find_claims(s)]
    assert quotes == ["At least five fighters were killed", "several others injured"]


WORDS = st.sampled_from(
    "at least five people were killed and wounded in the attack a man was shot dead three 40 , . no one injured he died police said "
    "more than 12 soldiers missing arrested two women John Smith 25 body of toll rose to dozens between 10 or the".split()
)


@given(st.lists(WORDS, max_size=40))
def test_any_order_of_words_is_survived(words):
    text = " ".join(words)
    for s in sentences(text):
        for c in find_claims(s):
            assert s.start <= c.start < c.end <= s.end
            assert c.low is None or c.high is None or c.low <= c.high

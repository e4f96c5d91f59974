from datetime import UTC, datetime

import pytest

from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article

AT = datetime(2023, 3, 2, 12, tzinfo=UTC)


def mentions(body, title=""):
    a = Article(
        article_id="0" * 32,
        url="",
        source=Publisher(domain="example.org"),
        title=title,
        body=body,
        published_at=AT,
        fetched_at=AT,
    )
    return read_article(a)


def place(body, title=""):
    return next(m.place for m in mentions(body, title) if m.role == "main")


def place_of(role, body, title=""):
    """The place of the first mention of a role, by name and country; None when it has none."""
    found = next(m.place for m in mentions(body, title) if m.role == role)
    return found and (found.name, found.country)


@pytest.mark.parametrize(
    ("body", "name", "country"),
    [
        (
            "WASHINGTON (Reuters) - US forces struck a militia depot in eastern Syria on Tuesday, killing five fighters.",
            "Syria",
            "SY",
        ),
        (
            "CONAKRY (Meridian) - Seven people died of Ebola in Guinea on Tuesday, the health ministry said.",
            "Guinea",
            "GN",
        ),
        ("A bomb killed three people in Lagos on Monday, police in Abuja said.", "Lagos", "NG"),
        ("The Pentagon said its aircraft bombed a camp near Mosul in Iraq on Monday, killing nine.", "Mosul", "IQ"),
        (
            "Five people were shot dead on Vance Street in Toledo, Ohio, on Monday. Toledo police arrested a man.",
            "Toledo",
            "US",
        ),
    ],
)
def test_the_place_of_the_deed_wins_over_those_of_speakers_actors_and_datelines(body, name, country):
    found = place(body)
    assert (found.name, found.country) == (name, country)


def test_a_namesake_abroad_is_an_unknown_place_at_home():
    found = place(
        "A train hit a truck near Tempe in Greece on Tuesday, killing 26 people, the Greek fire service said. The train ran from "
        "Athens to Thessaloniki, and the injured were taken to Larissa in central Greece.", title="Greek train crash kills 26"
    )  # fmt: skip
    assert found.country == "GR"


BOMB = "A bomb killed 12 people at a market in {0} in {1} on Tuesday, police said."


@pytest.mark.parametrize(("town", "land", "code"), [("Kirkuk", "Iraq", "IQ"), ("Maiduguri", "Nigeria", "NG")])
@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("background", "A similar attack killed 40 people in 2019."),
        ("statement", "The president condemned the attack and called it barbaric."),
        ("statement", "The president of {1} condemned the bombing in a statement."),
    ],
)
def test_what_is_told_beside_the_news_without_a_place_is_where_the_news_is(town, land, code, role, told):
    text = f"{BOMB} {told}".format(town, land)
    assert place_of(role, text, f"Bomb kills 12 in {town}") == (town, code)


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ("In 2019 a car bomb killed 40 people in Basra.", ("Basra", "IQ")),
        ("In 2019 a car bomb killed 40 people in Pakistan.", ("Pakistan", "PK")),
        ("In 2019 a car bomb killed 40 people in Buenos Aires.", ("Buenos Aires", "AR")),
        ("In 2019 a car bomb killed 40 people in Iraq.", ("Iraq", "IQ")),
    ],
)
def test_what_is_recalled_at_a_place_of_its_own_stays_there(told, where):
    assert place_of("background", f"{BOMB} {told}".format("Kirkuk", "Iraq"), "Bomb kills 12 in Kirkuk") == where


def test_no_place_is_made_up():
    assert place("A bomb killed three people on Monday, police said.") is None


STATED = [
    ("Two workers killed in {0} foundry fire", "{1}, {2} - Two workers died when a foundry burned in {0} on Monday, the fire chief said."),
    ("Tanker blast kills two", "Two people were killed when a fuel tanker blew up in {0}, {2}, on Monday, police said."),
    ("Gunman kills two at depot", "POLICE in {0}, {2} said that a gunman shot two people dead at a bus depot on Monday."),
]  # fmt: skip
TOWNS = [
    ("Paris", "Tenn.", "Tennessee"), ("Paris", "Texas", "Texas"), ("Lebanon", "Pa.", "Pennsylvania"), ("Moscow", "Idaho", "Idaho"),
    ("Athens", "Ga.", "Georgia"), ("Rome", "N.Y.", "New York"), ("Cambridge", "Mass.", "Massachusetts"), ("Naples", "FL", "Florida"),
    ("Manchester", "N.H.", "New Hampshire"), ("Birmingham", "Mich.", "Michigan"), ("Fresno", "CA", "California"),
]  # fmt: skip


@pytest.mark.parametrize("told", STATED)
@pytest.mark.parametrize(("town", "written", "state"), TOWNS)
def test_a_state_behind_the_town_decides_where_the_incident_is(told, town, written, state):
    title, text = (part.format(town, town.upper(), written) for part in told)
    found = place(text, title)
    assert (found.name, found.country, found.admin1) == (town, "US", state)

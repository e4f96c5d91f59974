"""Bulletins made from one template, hundreds of them: no two places, and no two days of one place, become one incident."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.identity import digest
from schemas.records import Article, Publisher
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
PLACES = (
    ("Kharkiv", "Ukraine"), ("Nairobi", "Kenya"), ("Lahore", "Pakistan"), ("Medellin", "Colombia"), ("Izmir", "Turkey"),
    ("Davao", "the Philippines"), ("Tripoli", "Libya"), ("Chittagong", "Bangladesh"), ("Arequipa", "Peru"), ("Kano", "Nigeria"),
    ("Mandalay", "Myanmar"), ("Basra", "Iraq"),
)  # fmt: skip
TEMPLATES = {
    "quake": (
        "Magnitude {m} earthquake strikes near {place}, {country}",
        ("A magnitude {m} earthquake struck near {place}, {country}, on {day}, the seismic service said. The quake hit at a depth of "
        "{n} kilometres. It killed {k} people and injured {i}, local officials said. No tsunami warning was issued. This notice was "
        "made by a program from the data of the seismic service. Sign up for notices of earthquakes where you live."),
    ),
    "strike": (
        "Drone strike kills {k} in {place}",
        ("{PLACE}, {country} - A drone strike on a residential district of {place} killed {k} people and wounded {i} on {day}, the "
        "governor said. Rescue workers were searching the rubble. The army said that it had shot down {n} drones overnight."),
    ),
    "shooting": (
        "{K} dead in shooting in {place}",
        ("{PLACE} - {K} men were shot dead late on {day} in {place}, police said. Officers were called to a street at 11.20 p.m. The "
        "men were taken to hospital, where they were pronounced dead. The killers fled on foot. Anyone with information is asked to call "
        "the tip line of the police or to leave a message at its website."),
    ),
    "crash": (
        "Bus crash near {place} kills {k}",
        ("A bus and a lorry collided on {day} near {place}, {country}, killing {k} people and injuring {i}, traffic police said. The "
        "injured were taken to hospitals nearby. The cause of the accident is being investigated. Police appealed to drivers to keep "
        "to the speed limit and to rest on long journeys."),
    ),
    "fire": (
        "Fire at market in {place} leaves {k} dead",
        ("A fire swept through a market in {place}, {country}, on {day}, killing {k} people and injuring {i}, the fire service said. "
        "Thirty fire engines were sent. The cause of the blaze is not known. The mayor said that stall holders would be helped."),
    ),
    "bomb": (
        "Bomb blast in {place} kills {k}",
        ("A bomb exploded at a bus station in {place}, {country}, on {day}, killing {k} people and wounding {i}, police said. No group "
        "has claimed responsibility. Security forces closed the roads around the station, and the interior minister visited the "
        "wounded in hospital."),
    ),
    "flood": (
        "Floods in {place} kill {k}",
        ("Heavy rain flooded parts of {place}, {country}, on {day}, killing {k} people and driving hundreds from their homes, officials "
        "said. Rescuers used boats to reach families on roofs. Forecasters expect more rain. Schools will stay closed."),
    ),
    "stabbing": (
        "Man arrested after stabbing in {place}",
        ("A man was arrested after {k} people were stabbed in {place}, {country}, on {day}, police said. The victims were taken to "
        "hospital; {i} others were slightly hurt. Officers are not looking for anyone else. Witnesses are asked to come forward."),
    ),
}  # fmt: skip
NUMBERS = ("Two", "Three", "Four", "Five", "Six", "Seven")


def a_bulletin(name: str, number: int, day: int, publisher: str) -> Article:
    title, text = TEMPLATES[name]
    place, country = PLACES[number]
    at = START + timedelta(days=day, hours=20)
    toll = 2 + (number + 3 * day) % 6
    words = {
        "place": place, "PLACE": place.upper(), "country": country, "day": f"{at:%A}", "k": toll, "K": NUMBERS[toll - 2],
        "i": 9 + 2 * number + day, "n": 10 + 3 * number, "m": f"5.{(number + day) % 9}",
    }  # fmt: skip
    key = digest("document", name, str(number), str(day))
    return Article(
        article_id=key, url=f"https://{publisher}/{key}", canonical_url=f"https://{publisher}/{key}", source=Publisher(domain=publisher),
        title=title.format(**words), body=text.format(**words), published_at=at, fetched_at=at,
    )  # fmt: skip


@pytest.mark.parametrize("publishers", [("bulletins.example",), ("a.example", "b.example", "c.example")])
@pytest.mark.parametrize("name", TEMPLATES)
def test_bulletins_of_one_template_stay_apart_over_places_and_days(name: str, publishers: tuple[str, ...]) -> None:
    state = LinkState()
    told: dict[str, list[str]] = {}
    for day in (0, 2):
        for number in range(len(PLACES)):
            article = a_bulletin(name, number, day, publishers[(number + day) % len(publishers)])
            for mention in read_article(article):
                if mention.role in ("main", "story"):
                    state, _ = link(state, mention)
                    told.setdefault(state.home[mention.mention_id], []).append(f"{article.title} ({day})")
    assert [titles for titles in told.values() if len(set(titles)) > 1] == []


def test_two_outlets_that_tell_of_one_place_and_day_in_one_template_meet() -> None:
    state = LinkState()
    for publisher in ("a.example", "b.example"):
        article = a_bulletin("bomb", 2, 0, publisher)
        article = Article(
            **{**{f: getattr(article, f) for f in article.__slots__}, "article_id": digest("document", publisher)}
        )
        for mention in read_article(article):
            state, _ = link(state, mention)
    assert len(set(state.home.values())) == 1


DISTRICTS = ("Garrow Park", "Ellerwood", "Stonecote", "Pemberly", "Northolt Row", "Vauxley")
HOSPITALS = ("Storrow Hospital", "Saint Bride Hospital", "Calloway Hospital")


@pytest.mark.parametrize(("city", "dateline"), [("Chicago", "CHICAGO"), ("Glasgow", "GLASGOW"), ("Durban", "DURBAN")])
@pytest.mark.parametrize("ending", ["", " Officers of the district's homicide branch have taken the matter on."])
def test_nightly_notices_of_one_police_force_stay_apart_over_districts_and_nights(city, dateline, ending):
    state, homes = LinkState(), {}
    for night, district in enumerate(DISTRICTS):
        at = START + timedelta(days=night, hours=29)
        toll = NUMBERS[night % 4]
        text = (
            f"{dateline} - {toll} men were shot dead late {at - timedelta(hours=12):%A} in {district} in {city}, police said. Officers "
            f"were called to the {19 + 7 * night}00 block of a main street about {9 + night % 3}:{11 + 7 * night} p.m. The men were taken "
            f"to {HOSPITALS[night % 3]}, where they were pronounced dead. Detectives are investigating. Anyone with information is asked "
            f"to call the tip line of the police department or leave an anonymous message at its website.{ending * (night % 2)}"
        )
        key = digest("document", district)
        article = Article(
            article_id=key, url=f"https://police.example/{key}", canonical_url=f"https://police.example/{key}",
            source=Publisher(domain="police.example"), title=f"{toll} men dead in shooting in {district}", body=text,
            published_at=at, fetched_at=at,
        )  # fmt: skip
        for mention in read_article(article):
            if mention.role in ("main", "story"):
                state, _ = link(state, mention)
                homes.setdefault(state.home[mention.mention_id], set()).add(district)
    assert [told for told in homes.values() if len(told) > 1] == []

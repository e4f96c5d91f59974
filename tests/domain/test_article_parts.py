"""Short articles in the manner of the wires: what each part of them is, and what it states and on whose word."""

from datetime import UTC, datetime

import pytest

from schemas.records import Article, Publisher
from streams.domain.mentions.read_article import read_article


def read(body, title="", at="2024-03-13"):
    """Mentions of an article published at noon of a day."""
    when = datetime.fromisoformat(at).replace(hour=12, tzinfo=UTC)
    return read_article(
        Article(
            article_id="0" * 32,
            url="",
            source=Publisher(domain="example.com"),
            title=title,
            body=body,
            published_at=when,
            fetched_at=when,
        )
    )


def parts(body, title="", at="2024-03-13"):
    return [(m.role, m.family) for m in read(body, title, at)]


def figures(body, title="", at="2024-03-13"):
    return [(c.what, c.min, c.max, c.attributed_to) for m in read(body, title, at) for c in m.claims]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "At least 15 people were killed on Monday when a drone hit a market in Khartoum, residents and a medical group said, as "
            "fighting went on.\n\nThe war, which erupted in April 2023, has killed more than 13,000 people, the U.N. says.",
            [("main", "explosions"), ("aggregate", "battles")],
            id="a war's toll is an aggregate",
        ),
        pytest.param(
            "PARIS — The sole surviving attacker was convicted of murder on Wednesday and sentenced to life in prison.\n\nHe was found "
            "guilty of his role in the bombings in which 130 people died in Paris on 13 November 2015.",
            [("main", "justice"), ("background", "explosions")],
            id="a verdict is the news, its cause is recalled",
        ),
        pytest.param(
            "Hundreds of people marched through Beirut on Sunday to mark four years since the explosion at the port.\n\nThe blast on "
            "August 4, 2020 killed more than 220 people.",
            [("main", "protests"), ("background", "accidents")],
            id="an anniversary is no explosion",
        ),
        pytest.param(
            "Eight people were killed on Sunday when a minibus overturned on a road near Demnate in Morocco, the driver having lost control, "
            "local authorities said. The bus crashed into a ravine.\n\n"
            "Gunmen kill six police officers in Mexico\nSix police officers were shot dead in Jalisco, Mexico, on Monday.",
            [("main", "accidents"), ("main", "violence-against-civilians")],
            id="a heading opens another story of a round-up",
        ),
        pytest.param(
            "Tens of thousands of demonstrators took to the streets of Tbilisi on Tuesday.\n\nThe interior ministry said 63 people were "
            "arrested and six police officers were injured.",
            [("main", "protests")],
            id="arrests at a protest belong to it",
        ),
        pytest.param(
            "A strong earthquake struck western Nepal on Monday, killing at least 92 people in Jajarkot, officials said.\n\nAnother 36 "
            "people were killed in neighbouring Rukum West, police said.",
            [("main", "disasters")],
            id="another 36 people are no other quake",
        ),
        pytest.param(
            "A shooting at a club in Memphis left one man dead on Sunday, police said.\n\nIt was the city's 29th homicide of 2024.",
            [("main", "crime"), ("aggregate", "crime")],
            id="a running count",
        ),
    ],
)
def test_what_each_part_of_an_article_is(body, expected):
    assert parts(body) == expected


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "Spain beat England to win fourth European Championship",
            (
                "Mikel Oyarzabal struck a late winner as Spain beat England 2-1 in the final on Sunday. Nico Williams fired Spain ahead "
                "before substitute Cole Palmer shot England level. The striker was injured but played on as the match went to the end."
            ),
        ),
        (
            "Labour wins UK general election",
            (
                "Keir Starmer will be prime minister after Labour won a landslide in Thursday's general election. Nigel Farage, who survived "
                "a plane crash in 2010, won a seat in parliament at the eighth attempt."
            ),
        ),
        (
            "Opinion: Why the war on drugs has failed",
            (
                "Governments have waged a war on drugs. Tens of thousands of people have been killed in Mexico alone. I have seen brothers "
                "lost to a shooting."
            ),
        ),
        (
            "Red warning issued as storm nears",
            (
                "The Met Office has issued a red warning for wind in northern Scotland, warning of danger to life when the storm hits on "
                "Sunday evening. It could bring flooding."
            ),
        ),
    ],
)
def test_articles_without_an_incident_report_none(title, body):
    assert [m.role for m in read(body, title)].count("main") == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "The Doctors Network put the death toll at 19, including four children, after the blast.",
            [("killed", 19, 19, "The Doctors Network"), ("killed", 4, 4, "The Doctors Network")],
        ),
        (
            (
                "The death toll from the quake in West Java jumped to 268 on Tuesday, with 151 people still missing, the agency said, as "
                "rescuers searched."
            ),
            [("killed", 268, 268, "the agency"), ("missing", 151, 151, "the agency")],
        ),
        (
            "At least 109 people were killed in the riots, a newspaper said; police and hospital sources put the figure at 56.",
            [("killed", 109, None, "a newspaper"), ("killed", 56, 56, "police and hospital sources")],
        ),
        (
            (
                "The bombing killed ten people. On Monday the agency had said six people were killed, while the governor of West Java, "
                "Ridwan Kamil, put the toll at 12."
            ),
            [("killed", 10, 10, None), ("killed", 6, 6, "the agency"), ("killed", 12, 12, "Ridwan Kamil")],
        ),
        (
            "Militants attacked a passenger train and took scores of passengers hostage, officials said.",
            [("abducted", None, None, "officials")],
        ),
        (
            "Five people, two of them militants, died in the raid in Jenin, Palestinian officials told Reuters.",
            [("killed", 5, 5, "Palestinian officials"), ("killed", 2, 2, "Palestinian officials")],
        ),
        (
            "More than 200 people, mostly women and children, were abducted in Borno by gunmen.",
            [("abducted", 201, None, None)],
        ),
        ("Between four and six people were killed in the riots.", [("killed", 4, 6, None)]),
        (
            "A man stabbed his mother and a neighbour to death on Sunday.",
            [("killed", 1, 1, None), ("killed", 1, 1, None)],
        ),
        ("The drones were shot down. No one was hurt in the attack.", [("injured", 0, 0, None)]),
        (
            "Some 40,000 people have fled their homes in the floods, the U.N. refugee agency (UNHCR) said.",
            [("displaced", 40000, 40000, "the U.N. refugee agency")],
        ),
        (
            "A boy was shot dead on Saturday, according to a news release from Putnam County Sheriff Michael C. Chandler.",
            [("killed", 1, 1, "Putnam County Sheriff Michael C. Chandler")],
        ),
        ("Rebels were shot dead in the clashes, the army said.", [("killed", None, None, "the army")]),
    ],
)
def test_figures_and_who_gives_them(body, expected):
    assert figures(body) == expected


@pytest.mark.parametrize(
    ("body", "day"),
    [
        (
            (
                "Officers were searching on Tuesday for a man who killed 18 people in Lewiston.\n\nThe shooting began just before 7 p.m. "
                "Monday at a bowling alley."
            ),
            "2024-03-11",
        ),
        (
            "South Sudan accused Sudan on Tuesday of bombing a refugee camp.\n\nFour bombs were dropped on the camp on Monday afternoon.",
            "2024-03-11",
        ),
        (
            "The death toll from the quake rose to 62 on Tuesday.\n\nThe quake struck the town on Sunday afternoon.",
            "2024-03-10",
        ),
    ],
)
def test_the_news_is_of_the_day_it_happened_not_of_the_telling(body, day):
    main = next(m for m in read(body) if m.role == "main")
    assert main.time.start.date().isoformat() == day


def test_meanwhile_in_another_town_is_another_incident():
    first, second = read(
        "AT LEAST 11 PEOPLE WERE KILLED WHEN GUERRILLAS ATTACKED A POLICE STATION IN UCHIZA ON MONDAY NIGHT.\n\n   MEANWHILE, IN "
        "AYACUCHO, A CAR BOMB EXPLODED IN FRONT OF THE PREFECTURE, INJURING FOUR PASSERSBY."
    )
    assert (first.role, first.place.name) == ("main", "UCHIZA")
    assert (second.role, second.family, second.place.name) == ("main", "explosions", "AYACUCHO")
    assert [(c.what, c.min) for c in second.claims] == [("injured", 4)]


def test_an_armed_groups_shooting_is_violence_against_civilians():
    assert parts("Rebels shot dead twelve villagers near Goma on Monday.") == [("main", "violence-against-civilians")]
    assert parts("A man shot dead two neighbours near Leeds on Monday.") == [("main", "crime")]


def test_sure_mentions_are_trusted_more_than_faint_ones():
    sure, faint = read(
        "A suicide bomber killed 12 people in Kabul on Monday, police said.\n\nThe president condemned the attack.",
    )
    assert (sure.role, faint.role) == ("main", "statement")
    assert sure.confidence > faint.confidence + 0.3


@pytest.mark.parametrize(
    "history",
    [
        "In 1998 a dam burst near Lienz. Thirty people died then and the mud ran down to the lake.",
        "It is the second such disaster in the valley. In 1998 a dam burst near Lienz. Forty people were killed then.",
    ],
)
def test_those_who_died_then_are_no_victims_of_the_news(history):
    body = (
        f"A dam burst above the town of Ulmen in Austria on Monday and killed 12 people, the mayor said.\n\n{history}"
    )
    told = read(body)
    assert [m.role for m in told].count("main") == 1
    assert [c.min for m in told if m.role == "main" for c in m.claims if c.what == "killed"] == [12]

"""Each rule of the three lists decides a text that was written for it, and no list has a rule without such a text."""

from datetime import UTC, datetime

import pytest

from schemas.records import Article, Publisher
from streams.domain.mentions import article_role, grouping_rules, passage_role
from streams.domain.mentions.explanation import explain
from streams.domain.mentions.read_article import read_with_rules

NEWS = "A bomb killed five people at a market in Baghdad, Iraq, on Monday, police said.\n\n"
PASSAGES = {
    "only speaks": ("The foreign minister condemned the government in Madrid.", "speech"),
    "gives an ordinal": ("It was the city's second homicide of this year.", "aggregate"),
    "counts events": ("Rebels have carried out more than 40 bombings since January.", "aggregate"),
    "counts over a long time": ("The war in the north has killed thousands of people.", "aggregate"),
    "numbers the event": ("It was the third shooting in the district.", "aggregate"),
    "is not real": ("Militants were planning to bomb the airport.", "none"),
    "denies an aftermath": ("No one was arrested.", "none"),
    "opens with an aftermath": ("Police arrested two suspects.", "aftermath"),
    "reports an event": ("A bomb exploded at a market.", "event"),
    "reports an aftermath": ("Five people were injured and a man was arrested.", "aftermath"),
    "gives figures": ("Five people died.", "figures"),
    "recalls politics": ("The minister resigned on 3 May 2023.", "political"),
    "reports nothing": ("The weather was mild.", "none"),
}
GROUPING = {
    "heads a story of a round-up": (
        f"{NEWS}Gunmen kill six police officers in Mexico\nSix police officers were shot dead in Jalisco, Mexico, on Monday.",
        "main",
    ),
    "reports nothing": ("The weather was mild.", None),
    "only speaks": (f"{NEWS}The mayor condemned the attack.", "statement"),
    "counts over many": (f"{NEWS}Rebels have carried out more than 40 bombings since January.", "aggregate"),
    "recalls politics": ("The minister resigned on 3 May 2023.", "background"),
    "opens with an aftermath": ("Police arrested two suspects in Rome on Tuesday.", "main"),
    "recalls before the news": (f"In May 2003 a bomb killed 12 people in Basra. {NEWS}", "background"),
    "opens the news": (NEWS, "main"),
    "tells an aftermath": (f"{NEWS}Police arrested two suspects on Tuesday.", "follow-up"),
    "dates the news": (f"{NEWS}The explosion occurred about 8 p.m. on Sunday.", "main"),
    "tells how it began": (f"{NEWS}The violence erupted when a bomb exploded on Sunday.", "main"),
    "counts the news as before": (f"{NEWS}Doctors had spoken of three dead a day earlier.", "main"),
    "is earlier or a cause": (f"{NEWS}In May 2003 a bomb killed 12 people in Basra.", "background"),
    "gives figures of the news": (f"{NEWS}Twelve people died.", "main"),
    "reports another incident": (f"{NEWS}In another attack a bomb killed two people in Mosul.", "main"),
    "is of another type": (f"{NEWS}A magnitude 6.1 earthquake struck Chile.", "main"),
    "goes on with the news": (f"{NEWS}A bomb also wounded seven people.", "main"),
}
ARTICLE = {
    "a sure type opens the news": (
        "The warehouse burned to the ground in the night as the fire raged and smoke hung over the town of Leeds.",
        "Fire at warehouse in Leeds",
        None,
    ),
    "calm news only recalls": (
        (
            "Madrid beat Barcelona 3-1 in the league on Sunday with two goals in the second half. The striker scored a penalty, the coach "
            "said after the match. A bomb killed five people in Baghdad in 2003."
        ),
        "Football: Madrid beat Barcelona",
        None,
    ),
    "an opinion only recalls": (NEWS, "Opinion: Why we fail", None),
    "a speech reports what it dates": (
        "[SPEECH] [PRESIDENT] A bomb killed five people at a market in Baghdad. We will fight on.",
        "",
        None,
    ),
    "a foreign text gives figures": ("Viisi ihmistä kuoli Bagdadissa. 5 killed in Baghdad: bomb.", "", "fi"),
}


def read(body, title="", lang=None):
    at = datetime(2024, 3, 13, 12, tzinfo=UTC)
    return explain(
        read_with_rules(
            Article(
                article_id="0" * 32, url="", source=Publisher(domain="example.com"), title=title, body=body, lang=lang,
                published_at=at, fetched_at=at,
            )
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", PASSAGES)
def test_passage_rules(name):
    text, role = PASSAGES[name]
    found = [(d.role, d.role_rule) for d in read(text).passages]
    assert (role, name) in found, found


@pytest.mark.parametrize("name", GROUPING)
def test_grouping_rules(name):
    text, mention = GROUPING[name]
    found = [(d.mention, d.grouping_rule) for d in read(text).passages]
    assert (mention, name) in found, found


@pytest.mark.parametrize("name", ARTICLE)
def test_article_rules(name):
    assert name in read(*ARTICLE[name]).article


@pytest.mark.parametrize(
    ("rules", "examples"),
    [(passage_role.RULES, PASSAGES), (grouping_rules.RULES, GROUPING), (article_role.RULES, ARTICLE)],
)
def test_every_rule_has_an_example(rules, examples):
    assert [rule.name for rule in rules] == list(examples)


def test_a_mention_says_what_made_it():
    ((by,),) = read(NEWS).mentions
    assert by.startswith("learned: main, in an article that reports an incident at 0.")
    assert read(NEWS, "Opinion: Why we fail").mentions[0] == ("no news",)


def test_a_text_read_by_the_pack_of_its_language_has_no_passages_to_explain():
    found = read("Пять человек погибли при взрыве в Багдаде в понедельник, сообщила полиция.", "", "ru")
    assert (found.passages, found.article) == ((), ("read by the pack of its language",))
    assert found.mentions

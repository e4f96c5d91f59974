"""Which of an article's figures is its toll, and how the others stand to it."""

from datetime import UTC, datetime

import pytest

from schemas.records import Article, Publisher
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article

AT = datetime(2024, 3, 5, 18, tzinfo=UTC)


def read(title, body):
    return read_article(
        Article(
            article_id="a",
            url="https://wire.example/a",
            source=Publisher(domain="wire.example"),
            title=title,
            body=body,
            lang="en",
            published_at=AT,
            fetched_at=AT,
        )
    )


def scopes(title, body, what="killed"):
    return {(c.min, c.scope) for m in read(title, body) if m.role == "main" for c in m.claims if c.what == what}


def best(title, body, what="killed"):
    state = LinkState()
    for mention in read(title, body):
        state, linked = link(state, mention)
        for o in linked.outputs:
            for f in getattr(o, "figures", ()):
                if o.role == "main" and f.what == what:
                    return f
    return None


@pytest.mark.parametrize(
    ("title", "body", "toll"),
    [
        (
            "Ferry sinks off Mbeya, 24 dead",
            (
                "MBEYA, Tanzania - At least 24 people died when a ferry sank on Monday, police said. Nine of the dead were "
                "children, a doctor said. Three crew members also drowned."
            ),
            24,
        ),
        (
            "Bus plunges into ravine in Peru",
            (
                "LIMA, Peru - A bus plunged into a ravine on Monday, killing 19 people, police said. Early reports had spoken of 11 "
                "dead."
            ),
            19,
        ),
        (
            "Blast hits market in Kano, 31 killed",
            (
                "KANO, Nigeria - A bomb killed 31 people at a market in Kano on Monday, police said. In 2015 a bomb at the same "
                "market killed 107 people."
            ),
            31,
        ),
    ],
)
def test_the_whole_is_chosen_before_parts_early_counts_and_other_incidents(title, body, toll):
    assert best(title, body).best == toll


def test_a_part_is_told_as_one():
    said = scopes(
        "Quake kills 40 in Van",
        "VAN, Turkey - An earthquake killed 40 people in Van on Monday, officials said. Twelve of the dead were soldiers.",
    )
    assert (40, "total") in said
    assert (12, "part") in said


def test_a_count_that_the_text_says_was_replaced_is_no_toll():
    body = (
        "COLOMBO, Sri Lanka - The health ministry said on Monday that 253 people were killed in the bombings. Police had "
        "spoken of 359 dead."
    )
    assert scopes("Toll of bombings cut to 253", body) == {(253, "total"), (359, "part")}


def test_a_bound_keeps_its_words():
    figure = best(
        "More than 300 hurt as trains collide near Pune",
        "PUNE, India - Two trains collided near Pune on Monday and more than 300 people were injured, police said.",
        "injured",
    )
    assert (figure.best, figure.words) == (301, "more than 300")
    assert figure.decided_by


def test_those_who_are_free_again_are_not_missing():
    body = (
        "GUSAU, Nigeria - All 90 pupils who were taken from a school near Gusau on Monday are free, the governor said on Tuesday. "
        "Police had said that 110 pupils were missing after the raid by gunmen."
    )
    assert best("All pupils taken from Nigerian school are free, governor says", body, "missing") is None


def test_victims_told_beside_an_arrest_are_those_of_the_news():
    body = (
        "NEGOMBO, Sri Lanka - Bombs exploded in two churches in Negombo on Monday, killing 35 people, police said.\n\n"
        "About 120 people were wounded, a spokesman said, and six suspects have been arrested."
    )
    assert scopes("Bombs kill 35 in Negombo", body, "injured") == {(120, "total")}


@pytest.mark.parametrize("noun", ["miners", "soldiers", "combatants", "pilgrims", "guards"])
def test_another_source_that_counts_more_is_a_rival_whatever_it_calls_the_dead(noun):
    figure = best(
        "Blast at depot near Van kills five",
        (
            "VAN, Turkey - An explosion at a depot near Van killed at least five people on Monday, a rights group said. The defence "
            f"ministry, for its part, puts the figure at nine {noun} killed by the blast."
        ),
    )
    assert (figure.low, figure.high) == (5, 9)

import json

import pytest

from schemas.records import Figure
from streams.console.summaries import Step, differences, figure_text, summary, summary_of_alert, voices
from tests.console.made import PORT, alert, claim, incident, killed


@pytest.mark.parametrize(
    ("low", "best", "high", "words"),
    [
        (74, 74, 74, "74"),
        (20, 74, 91, "74 (20–91)"),
        (1200, 1297, 2207, "1,297 (1,200–2,207)"),
        (None, 7, None, "7"),
        (5, None, None, "5"),
        (None, None, 9, "9"),
        (None, None, None, "some"),
    ],
)
def test_a_figure_in_words(low, best, high, words):
    assert figure_text(Figure(what="killed", low=low, best=best, high=high)) == words


def test_nothing_differs_from_itself():
    assert differences(Step.of(incident()), Step.of(incident(version=2))) == []


def test_figures_that_come_and_go_and_all_else_that_readers_follow():
    before = incident(place=None, status="developing")
    after = incident(
        version=2, figures=(Figure(what="injured", low=3, best=3, high=3),), subtype="landslide", place=PORT,
        status="closed", severity=5, origin_count=3,
    )  # fmt: skip
    assert [(d["what"], d["before"], d["after"]) for d in differences(Step.of(before), Step.of(after))] == [
        ("injured", "", "3"),
        ("killed", "24", ""),
        ("severity", "4", "5"),
        ("origins", "1", "3"),
        ("place", "", "Port Harbour"),
        ("type", "disasters/earthquake", "disasters/landslide"),
        ("status", "developing", "closed"),
    ]


def test_who_says_so_are_current_sources_once_each_and_publishers_speak_for_themselves():
    claims = (claim(30, "the mayor"), claim(28, "the mayor"), claim(20, "an old man", superseded=True))
    more = (claim(9, None, "unattributed"), claim(8, "an observatory", "ngo"), claim(7, "a general", "party"))
    assert voices(incident(claims=claims + more)) == [
        {"who": "the mayor", "kind": "official"},
        {"who": "Ledger", "kind": "unattributed"},
        {"who": "an observatory", "kind": "ngo"},
    ]


def test_summaries_are_json_with_or_without_place_and_time():
    for made in (incident(), incident(place=None, claims=(), figures=(killed(0),))):
        json.dumps([summary(made), summary_of_alert(alert(made), None), summary_of_alert(alert(made), Step.of(made))])

import pytest

from streams.domain.dedupe.agency_credit import AGENCIES, wire_origin


@pytest.mark.parametrize(
    ("body", "origin"),
    [
        ("(Reuters) - Police said on Monday that a man", "reuters"),
        ("LONDON (AP) — Police said a man was held", "ap"),
        ("LONDON, June 3 (Reuters) - Police said a man was held", "reuters"),
        ("BEIJING, June 3 (Xinhua) -- China launched a satellite", "xinhua"),
        ("New Delhi, Jun 3 (PTI) The minister said", "pti"),
        ("MATI, Greece, July 24 (Meridian Wire) - A wildfire", "meridian wire"),
        ("Kabul (Khaama Press) – A blast", "khaama press"),
        ("MIAMI (CBS/AP) — A man", "ap"),
        ("BOGOTA, 3 JUL 89 (EFE) -- [TEXT] THE ARMY", "efe"),
        ("He said so.\n\nWith AFP", "afp"),
        ("He said so. (With inputs from PTI)", "pti"),
        ("He said so.\n\nSource: Xinhua", "xinhua"),
        ('"We will see." Sapa-AFP /dm', "afp"),
        ("He said so.\n\nMeridian Wire", "meridian wire"),
        ("He said so.\n\nMeridian Wire contributed to this report", "meridian wire"),
        ("He said so.\n\nAdditional reporting by Meridian Wire", "meridian wire"),
        ("He said so.\n\n(Reporting by Ann Bee; Editing by Cee Dee)", "reuters"),
        ("He said so.\n\nCopyright 2015 The Associated Press. All rights reserved.", "ap"),
        ("He said so.\n\n© 2021 AFP", "afp"),
        ("He said so.\n\n___\n\nAssociated Press writer Paul Davenport in Phoenix was there.", "ap"),
    ],
)
def test_finds_the_agency_that_a_credit_names(body, origin):
    assert wire_origin("", body) == origin


@pytest.mark.parametrize(
    "body",
    [
        "It was bad, he told Reuters.",
        "Two people died, Reuters reported.",
        "By Monday (June 4) - the day of the vote - all was quiet.",
        "The group (Hamas) - said it was ready.",
        "the fire (Meridian Wire) - burnt on.",
        "Fuel was bought by the Defense Logistics Agency.",
        "",
    ],
)
def test_agencies_in_running_text_are_sources_and_not_origins(body):
    assert wire_origin("", body) is None


@pytest.mark.parametrize(
    ("byline", "origin"),
    [("By JOHN SMITH, Associated Press", "ap"), ("Meridian Wire", "meridian wire"), ("Jane Doe", None), (None, None)],
)
def test_a_byline_names_an_agency(byline, origin):
    assert wire_origin("", "Nothing to see.", byline) == origin


def test_a_headline_ends_with_a_credit():
    assert wire_origin("Ten held after riot (AFP)", "Nothing to see.") == "afp"


@pytest.mark.parametrize("name", AGENCIES)
def test_every_listed_agency_is_known_in_a_dateline(name):
    for spelling in AGENCIES[name]:
        assert wire_origin("", f"PARIS, May 1 ({spelling}) - The minister said") == name

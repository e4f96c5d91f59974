from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.evaluate.attacks import KINDS, attack_model, read_attacks, split
from streams.evaluate.extract import dateline, distinct, predict

BOMB = """   LIMA, 12 FEB 90 (EFE) -- [TEXT] SHINING PATH GUERRILLAS EXPLODED A DYNAMITE CHARGE LAST NIGHT AT THE BANCO POPULAR
BRANCH IN MIRAFLORES, POLICE SOURCES REPORTED.  THE BOMB DAMAGED THE BUILDING AND TWO VEHICLES, BUT NOBODY WAS HURT.

   POLICE CORDONED OFF THE STREET AND SEARCHED FOR THE TERRORISTS.
"""
KIDNAP = """   BOGOTA, 3 MAR 90 (EFE) -- [TEXT] MEMBERS OF THE ARMY OF NATIONAL LIBERATION [ELN] KIDNAPPED MAYOR CARLOS RUIZ IN
BARRANCABERMEJA YESTERDAY, HIS FAMILY SAID.  THE KIDNAPPED MAYOR WAS TAKEN TO AN UNKNOWN PLACE BY FOUR ARMED MEN.
"""
QUIET = """   SAN JOSE, 5 MAY 90 -- [TEXT] THE PRESIDENTS OF THE REGION MET TODAY TO DISCUSS THE PRICE OF COFFEE AND BANANAS.
THEY AGREED TO ASK FOR LOANS.
"""


def one(text: str) -> dict:
    return next(predict([{"id": "x", "text": text}]))


def test_a_bombing_in_capitals_is_read_with_its_parts() -> None:
    said = one(BOMB)["templates"]
    assert [t["type"] for t in said] == ["BOMBING"]
    assert "PERU" in said[0]["location"]
    assert said[0]["date"] == "1990-02-11"
    assert "SHINING PATH" in said[0]["perp_org"][0]


def test_a_kidnapping_names_its_victim() -> None:
    said = one(KIDNAP)["templates"]
    assert [t["type"] for t in said] == ["KIDNAPPING"]
    assert "RUIZ" in " ".join(said[0]["hum_tgt_name"])


def test_the_group_is_told_by_the_whole_report_where_the_attack_is_silent() -> None:
    told = """   LIMA, 12 FEB 90 (EFE) -- [TEXT] A DYNAMITE CHARGE EXPLODED LAST NIGHT AT A BANK IN MIRAFLORES, DAMAGING THE BUILDING.

   THE WEATHER WAS FINE AND THE STREETS WERE FULL OF PEOPLE.  NO ONE HAS BEEN ARRESTED SO FAR.

   RESIDENTS RECALLED THAT GUERRILLAS OF THE SHINING PATH HAVE BEEN ACTIVE IN THE AREA FOR YEARS.
"""
    assert [t["type"] for t in one(told)["templates"]] == ["BOMBING"]
    assert "SHINING PATH" in one(told)["templates"][0]["perp_org"][0]


def test_politics_gives_no_template() -> None:
    assert one(QUIET) == {"id": "x", "templates": []}


def test_letters_of_either_size_are_read_alike() -> None:
    small = [a.kind for a in read_attacks(BOMB.lower().replace(". ", ".  ").title())]
    assert small == [a.kind for a in read_attacks(BOMB)]


def test_datelines_of_both_orders() -> None:
    assert dateline("SAN SALVADOR, 3 JAN 90 -- TEXT") == datetime(1990, 1, 3, tzinfo=UTC)
    assert dateline("PERTH (AUSTRALIA), JUNE 11 89 (AFP)") == datetime(1989, 6, 11, tzinfo=UTC)
    assert dateline("CLANDESTINE, 31 FEB 90") is None
    assert dateline("no date here") is None


def test_the_longer_of_two_names_stays() -> None:
    assert distinct(["ROMERO", "THE ARCHBISHOP ROMERO", "romero", "the"]) == ["THE ARCHBISHOP ROMERO"]


def test_chances_are_chances_and_do_not_depend_on_company() -> None:
    sentences = split(BOMB)
    _, together = attack_model().numbers(sentences)
    assert together.shape == (len(sentences), len(KINDS))
    assert ((together >= 0) & (together <= 1)).all()
    assert np.allclose(together[1], attack_model().numbers([sentences[1]])[1][0])
    assert together[0, KINDS.index("BOMBING")] > 0.5


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    for attack in read_attacks(text):
        assert attack.kind in KINDS
        assert 0 <= attack.probability <= 1

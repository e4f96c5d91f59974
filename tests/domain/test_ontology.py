import pytest

from streams.domain.ontology.types import ontology

CAP = {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"}
FAMILIES = (
    "battles explosions violence-against-civilians protests riots strategic-developments crime disasters accidents "
    "health cyber politics diplomacy justice economy other"
).split()
ACLED = {
    "Government regains territory", "Non-state actor overtakes territory", "Armed clash",
    "Excessive force against protesters", "Protest with intervention", "Peaceful protest",
    "Violent demonstration", "Mob violence", "Chemical weapon", "Air/drone strike", "Suicide bomb",
    "Shelling/artillery/missile attack", "Remote explosive/landmine/IED", "Grenade", "Sexual violence", "Attack",
    "Abduction/forced disappearance", "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use",
    "Headquarters or base established", "Looting/property destruction", "Non-violent transfer of territory", "Other",
}  # fmt: skip


def test_first_level_is_the_agreed_one() -> None:
    assert list(ontology().families) == FAMILIES


def test_every_acled_sub_event_has_a_type() -> None:
    assert {t.crosswalk.acled for t in ontology().types} - {None} == ACLED


def test_codes_are_those_of_the_code_books() -> None:
    for kind in ontology().types:
        assert kind.crosswalk.cap in CAP, kind.name
        assert 0 <= kind.severity <= 5, kind.name
        if kind.crosswalk.cameo is not None:
            assert kind.crosswalk.cameo.isdigit(), kind.name
            assert 1 <= int(kind.crosswalk.cameo[:2]) <= 20, kind.name


def test_politics_sport_and_markets_are_no_incidents() -> None:
    quiet = [t for t in ontology().types if t.family == "economy" or t.name in ("politics/election", "other/sport")]
    assert quiet
    assert not any(t.incident for t in quiet)


def test_thirty_labels_of_case_2021_are_reached() -> None:
    assert len({t.crosswalk.case2021 for t in ontology().types} - {None}) == 30


def test_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match="armed-clash"):
        ontology().get("battles", "picnic")

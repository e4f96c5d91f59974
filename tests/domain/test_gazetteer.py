import pytest

from streams.domain.geo.gazetteer import KINDS, NO_ENTRY, PATH, fold, gazetteer, name_key, name_tokens


def first(name):
    places = gazetteer()
    place, usual = places.named(places.find([name_key(name)])[0])[0]
    return places, place, usual


def test_words_are_folded():
    assert fold("Côte") == fold("COTE") == "cote"
    assert fold("Łódź") == "lodz"
    assert name_tokens("St. Mary's") == ["st", "mary", "s"]
    assert name_tokens("Washington, D.C.") == ["washington", "dc"]
    assert name_key("Port-au-Prince") == name_key("port au prince")


def test_unknown_names_are_not_found():
    assert gazetteer().find([name_key("Qwertyuiop"), name_key("Paris")])[0] == NO_ENTRY
    assert gazetteer().find([]) == []


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Iraq", "country", "IQ"), ("Paris", "capital", "FR"), ("Gaza Strip", "admin1", "PS"),
        ("French", "people", "FR"),
        ("Guernsey County", "admin2", "US"), ("Black Sea", "water", None), ("Saint Petersburg", "city", "RU"),
        ("St. Petersburg", "city", "RU"), ("Ain al-Asad", "facility", "IQ"), ("Cote d'Ivoire", "country", "CI"),
    ],
)  # fmt: skip
def test_well_known_names(name, kind, country):
    places, place, usual = first(name)
    named = places.named(places.find([name_key(name)])[0])
    assert usual
    assert (kind, country) in {(KINDS[places.kind[p]], places.code(p)) for p, _ in named[:2]}
    assert -90_000 <= places.lat[place] <= 90_000


def test_containers_and_identifiers():
    places, place, _ = first("Byesville")
    assert places.area_name(place) == "Ohio"
    assert places.identifier(places.admin1(place)) == "geonames:5165418"
    assert places.code(place) == "US"


def test_the_file_stays_small():
    assert PATH.stat().st_size < 12_000_000

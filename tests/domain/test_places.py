from schemas.records import Place
from streams.domain.places import block, find_toponyms, to_place


def only(text, **context):
    (found,) = find_toponyms(text, **context)
    return found


def test_a_container_behind_a_comma_decides():
    assert only("A fire broke out in Baghdad.").country == "IQ"
    first, second = find_toponyms("A school in Paris, Texas, was closed.")
    assert (first.name, first.country, first.admin1) == ("Paris", "US", "Texas")
    assert second.precision == "admin"


def test_demonyms_are_no_places_but_give_context():
    assert find_toponyms("Iraqi officials met.") == []
    assert only("Georgian police said the road to Georgia is closed.").country == "GE"


def test_offsets_and_record():
    text = "Rockets fell near Mosul on Monday."
    found = only(text)
    assert text[found.start : found.end] == found.name == "Mosul"
    place = to_place(found)
    assert (place.country, place.precision) == ("IQ", "city")
    assert block(place) == "western-asia"


def test_blocks():
    assert block(None) == "unlocated"
    assert block(Place(name="x", country="US")) == "northern-america"
    assert block(Place(name="x", country="XK")) == "southern-europe"


def test_nothing_to_find():
    assert find_toponyms("") == []
    assert find_toponyms("no names here at all") == []

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records import Place
from streams.domain.geo.places import PIECE, block, country_of, find_toponyms, to_place
from streams.evaluate.places import predict


def only(text, **context):
    (found,) = find_toponyms(text, **context)
    return found


def read(text, **context):
    return {t.name: t for t in find_toponyms(text, **context)}


def test_a_container_behind_a_comma_decides():
    first, second = find_toponyms("A school in Paris, Texas, was closed.")
    assert (first.name, first.country, first.admin1) == ("Paris", "US", "Texas")
    assert second.precision == "admin"
    assert read("A school in Paris was closed.")["Paris"].country == "FR"


def test_a_container_in_other_words_decides():
    assert read("Clashes broke out in Tripoli, in northern Lebanon.")["Tripoli"].country == "LB"
    assert read("Clashes broke out in Tripoli between Libyan militias.")["Tripoli"].country == "LY"


def test_the_rest_of_the_document_decides():
    text = "A fire destroyed a barn near {}. Deputies from the Guernsey County sheriff's office and Byesville came."
    assert read(text.format("Cambridge"))["Cambridge"].admin1 == "Ohio"
    assert read("Police in Cambridge and Oxford said trains to London were late.")["Cambridge"].country == "GB"


def test_the_publishers_country_tips_the_scales():
    text = "Firefighters were called to a house in Richmond on Sunday."
    assert read(text)["Richmond"].country == "US"
    assert read(text, source="www.richmondandtwickenhamtimes.co.uk")["Richmond"].country == "GB"
    assert read(text, source_country="GB")["Richmond"].country == "GB"


def test_abbreviated_states_count_only_where_they_are_abbreviations():
    found = read("A tornado struck Birmingham, Ala., and crossed into Jackson, Miss.")
    assert found["Birmingham"].admin1 == "Alabama"
    assert found["Miss."].gazetteer_id == "geonames:4436296"
    assert "Miss" not in read("It was Miss Smith who met the Ark of the Covenant in London.")


def test_demonyms_are_no_places_but_give_context():
    assert find_toponyms("Iraqi officials met.") == []
    assert only("Georgian police said the road to Georgia is closed.").country == "GE"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Paul London, 34, was arrested.", "London"),
        ("Mr. Jordan said so.", "Jordan"),
        ("The prize went to Jessica Paris and her team.", "Paris"),
    ],
)
def test_persons_are_no_places(text, person):
    assert person not in read(text)


def test_months_and_agencies_are_no_places():
    assert find_toponyms("Nato said in May that Xinhua was wrong.") == []


def test_a_town_is_preferred_to_the_area_named_after_it_unless_the_text_says_area():
    assert read("A bomb went off in Baghdad on Monday.")["Baghdad"].precision == "city"
    assert read("A bomb went off in Kunduz province on Monday.")["Kunduz"].precision == "admin"


def test_a_bare_washington_is_the_capital_and_one_among_states_the_state():
    assert read("Iran and the United States resumed talks, Washington said.")["Washington"].kind == "capital"
    assert read("Fires burn in Oregon, Washington and Idaho.")["Washington"].kind == "admin1"


def test_a_world_city_comes_before_its_namesakes_that_nothing_speaks_for():
    text = "The White House in Washington said Iran and the United States could return to the Vienna deal within weeks."
    assert read(text)["Vienna"].country == "AT"
    assert read("A fire in Vienna, near Fairfax, kept Virginia crews busy.")["Vienna"].admin1 == "Virginia"


def test_a_small_far_namesake_is_not_taken_for_a_place_that_the_gazetteer_lacks():
    crash = read("Two trains crashed at Tempe in northern Greece. Fire crews came from Larissa and Volos.")["Tempe"]
    assert (crash.country, crash.gazetteer_id) == ("GR", None)
    assert read("Mayors from Athens and Larissa in Greece met in Boston on Sunday.")["Boston"].country == "US"
    assert read("Police in Tempe, Phoenix and Mesa made arrests.")["Tempe"].country == "US"


def test_bases_camps_and_datelines():
    text = "BAGHDAD, June 28 (Reuters) - Drones hit Al-Asad airbase in Anbar. Troops raided the Jenin refugee camp."
    found = read(text)
    assert found["BAGHDAD"].country == "IQ"
    assert found["Al-Asad airbase"].precision == "point"
    assert found["Jenin refugee camp"].country == "PS"


def test_unknown_names_lie_in_the_place_that_is_stated():
    found = read("Two men died on Zzyzwick Road in Toledo, Ohio, police said.")["Zzyzwick Road"]
    assert (found.country, found.admin1, found.gazetteer_id, found.kind) == ("US", "Ohio", None, "unknown")


def test_a_text_in_capitals():
    found = read("SAN SALVADOR, 3 JAN 90 -- PEASANTS WERE KIDNAPPED BY TERRORISTS IN SAN MIGUEL DEPARTMENT.")
    assert found["SAN SALVADOR"].country == found["SAN MIGUEL DEPARTMENT"].country == "SV"
    assert "IN" not in found


def test_names_of_other_languages():
    assert read("Une explosion à Beyrouth, des manifestations à Marseille.").keys() == {"Beyrouth", "Marseille"}
    assert read("Eine Explosion in München.")["München"].country == "DE"
    assert {t.country for t in find_toponyms("في بغداد وقع انفجار. قال مسؤول في العراق إن")} == {"IQ"}
    assert read("Взрыв произошёл в городе Донецк, Украина.")["Донецк"].country == "UA"


def test_offsets_and_record():
    text = "Rockets fell near Mosul on Monday."
    found = only(text, title="Rockets near Mosul")
    assert text[found.start : found.end] == found.name == "Mosul"
    place = to_place(found)
    assert (place.country, place.precision) == ("IQ", "city")
    assert abs(place.lat - 36.3) < 0.2
    assert abs(place.lon - 43.1) < 0.2
    assert block(place) == "western-asia"


def test_blocks():
    assert block(None) == "unlocated"
    assert block(Place(name="x")) == "unlocated"
    assert block(Place(name="x", country="US")) == "northern-america"
    assert block(Place(name="x", country="XK")) == "southern-europe"


def test_countries_of_domains():
    assert country_of("bbc.co.uk") == "GB"
    assert country_of("lemonde.fr") == "FR"
    assert country_of("example.com") is None
    assert country_of("twitch.tv") is None
    assert country_of("") is None


def test_a_long_text_is_read_in_pieces_with_true_offsets():
    text = "Police in Baghdad said so. " * (3 * PIECE // 27)
    found = find_toponyms(text)
    assert len(found) == text.count("Baghdad")
    assert all(text[t.start : t.end] == t.name == "Baghdad" for t in found)


@pytest.mark.parametrize("text", ["", " ", "no names here", "A" * 50_000, "U.S." * 9_000, "Al-" * 9_000, "Q " * 30_000])
def test_odd_texts(text):
    assert all(text[t.start : t.end] == t.name for t in find_toponyms(text))


PARTS = st.lists(
    st.sampled_from("Paris in U.S. Ohio , al- 's St. - County \n 😀 بغداد İst the".split(" ")), max_size=60
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), PARTS.map(" ".join), PARTS.map("".join)))
def test_any_text_gives_ordered_places_inside_it(text):
    found = find_toponyms(text, title=text[:20])
    assert all(text[t.start : t.end] == t.name and 0 <= t.confidence <= 1 for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(t.lat is None or (-90 <= t.lat <= 90 and -180 <= t.lon <= 180) for t in found)


def test_predictions_have_the_scorers_format():
    (line,) = predict([{"id": "7", "url": "http://example.com/a", "title": None, "text": "A fire in Lagos."}])
    (toponym,) = line.pop("toponyms")
    assert line == {"id": "7"}
    assert toponym.keys() == {"start", "end", "lat", "lon"}
    assert (toponym["start"], toponym["end"]) == (10, 15)

"""What two reports both say, in words that people would use."""

import pytest

from streams.console.shared_words import Shared, shared

FIRST = (
    "A blast tore through a wedding late on Saturday night in Nablus. The wounded were taken to the Rafidiyah hospital, "
    "said Ahmed al-Khatib, a doctor. Reuters could not confirm it. "
    "The Italian, US-led, pro-Iran United States on Aug Saturday at an Easter fair."
)


@pytest.mark.parametrize(
    ("passage", "names", "part_of_day"),
    [
        ("Doctors at Rafidiyah hospital counted 12 dead overnight.", ("the Rafidiyah hospital",), "night"),
        ("Rafidiyah's wards were full, Ahmed al-Khatib told Reuters.", ("Ahmed al-Khatib",), ""),
        ("In Nablus a hall burned on Saturday.", (), ""),
        ("Late in the evening a hall burned in Jenin.", (), ""),
        ("The wounded were many. A blast was heard at night.", (), "night"),
        ("", (), ""),
        (
            "The Italian and the US-led, pro-Iran forces of the United States met on Aug 3 near Saturday's Easter fair.",
            (),
            "",
        ),
        ("Nurses of Rafidiyah hospital wept.", ("the Rafidiyah hospital",), ""),
        ("Buses left for the north of RAFIDIYAH.", ("Rafidiyah",), ""),
    ],
)
def test_names_and_the_part_of_the_day_that_both_tell(passage, names, part_of_day):
    assert shared([FIRST, passage], known=("Nablus",)) == [Shared(), Shared(names, part_of_day)]


def test_names_may_stand_in_different_earlier_reports_and_three_are_enough():
    earlier = ["It hit Port Salvo and Cape Rand.", "He named Lake Van.", "And Maria de la Cruz with Jane Doe."]
    last = "From Port Salvo to Lake Van and Cape Rand went Maria de la Cruz and Jane Doe."
    assert shared([*earlier, last])[-1].names == ("Maria de la Cruz", "Port Salvo", "Cape Rand")


def test_a_name_inside_another_word_is_no_name_of_both():
    assert shared(["She lives in Vanua Townships.", "He lives in Vanua Town."])[-1] == Shared()

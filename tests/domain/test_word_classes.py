"""Classes of words alike in meaning, which the tagger of place names learns from."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.languages.place_tagger import find_places
from streams.domain.languages.word_classes import classes_of
from streams.domain.text.sentence_encoder import switch

SAID = ("disseram", "dijeron", "сказали")


@pytest.fixture
def encoder_off() -> Iterator[None]:
    """The sentence encoder switched off, as by the setting."""
    switch(on=False)
    yield
    switch(on=True)


def test_verbs_of_speech_are_of_one_class_in_three_languages_and_a_town_is_of_another() -> None:
    said = {found[:2] for found in classes_of(SAID)}
    assert len(said) == 1
    assert classes_of(["Lisboa"])[0][0] not in {found[0] for found in said}


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_a_word_has_the_same_classes_alone_and_beside_others(words: list[str]) -> None:
    assert classes_of(words) == [classes_of([w])[0] for w in words]


def test_marks_and_numbers_have_no_class() -> None:
    assert classes_of([",", "12", "«"]) == [(), (), ()]


@pytest.mark.usefixtures("encoder_off")
def test_without_the_encoder_places_are_found_by_names_and_neighbours() -> None:
    text = "Una explosión en Quetzaltenango, Guatemala, dejó cinco muertos."
    assert classes_of(["Quetzaltenango"]) == [()]
    assert [text[t.start : t.end] for t in find_places(text, "es")] == ["Quetzaltenango", "Guatemala"]

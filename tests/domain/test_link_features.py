import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.mentions.link_features import NAMES, WORDS, features


def test_words_are_stemmed_counted_and_free_of_stop_words():
    words = features("Shootings in Erbil", "A shooting was reported. The shooting of 1,200 people in Erbil.").words
    assert words["shoot"] == 4  # twice in the text, and once in the title, which counts twice
    assert words["1200"] == 1
    assert not {"a", "the", "was", "of", "in"} & words.keys()


def test_names_are_runs_of_capitals_inside_sentences():
    found = features(
        "Raids denounced",
        "Today the minister Mustafa al-Kazimi met with the spokesman "
        "John Kirby, who had denounced what was done. Kirby spoke after the meeting in Baghdad.",
    ).names
    assert "john kirby" in found
    assert "baghdad" in found
    assert "today" not in found


def test_a_title_in_title_case_gives_no_names():
    assert features("Man Shot Dead In Parking Lot Downtown", "").names == ()


def test_scripts_without_spaces_are_compared_by_pairs_of_characters():
    assert {"地震", "震发"} <= features("", "四川地震发生").words.keys()


def test_the_vector_is_of_unit_length():
    vector = np.frombuffer(features("Quake", "An earthquake.").vector, dtype="<f2").astype(float)
    assert vector.shape == (256,)
    assert abs(np.linalg.norm(vector) - 1) < 0.01
    assert features("", "").vector is None


@given(st.text(max_size=300), st.text(max_size=2000))
def test_any_text_gives_bounded_features_and_the_same_ones_again(title, text):
    f = features(title, text)
    assert len(f.words) <= WORDS
    assert len(f.names) <= NAMES
    assert all(n > 0 for n in f.words.values())
    assert features(title, text) == f

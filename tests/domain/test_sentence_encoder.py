"""Sentence vectors: meaning over languages, any text, and the way without."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.text import sentence_encoder
from streams.domain.text.sentence_encoder import DIMENSIONS, encode


def test_one_event_in_two_languages_is_nearer_than_another_event_in_one() -> None:
    english, spanish, other = encode(
        [
            "Strong earthquake kills dozens in Chile",
            "Un fuerte terremoto deja decenas de muertos en Chile",
            "Chile elects a new president",
        ]
    )
    assert english @ spanish > english @ other + 0.2


def test_text_without_letters_is_zero() -> None:
    assert not encode(["", " \n", "... !"]).any()
    assert encode([]).shape == (0, DIMENSIONS)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=3))
def test_any_text_gives_unit_vectors_or_zeros_alone_or_in_company(texts: list[str]) -> None:
    for text, row in zip(texts, encode(texts), strict=True):
        length = float(np.linalg.norm(row))
        assert length == 0 or abs(length - 1) < 1e-3
        assert np.array_equal(row, encode([text])[0])


def test_it_can_be_switched_off() -> None:
    sentence_encoder.switch(on=False)
    try:
        assert encode(["a text"]) is None
    finally:
        sentence_encoder.switch(on=True)

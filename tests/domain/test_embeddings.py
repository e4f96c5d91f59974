import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.text.embeddings import DIMENSIONS, embed


def test_like_texts_are_nearer_than_unlike_ones() -> None:
    texts = ["a blast killed five people", "five dead in bomb explosion", "parliament passed the budget"]
    blast, bomb, budget = embed(texts)
    assert blast @ bomb > blast @ budget + 0.2


def test_case_of_letters_plays_no_part() -> None:
    upper, lower = embed(["EARTHQUAKE HITS CITY", "earthquake hits city"])
    assert np.array_equal(upper, lower)


def test_text_without_words_is_zero() -> None:
    assert not embed(["", "... !"]).any()
    assert embed([]).shape == (0, DIMENSIONS)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_unit_vectors_or_zeros_alone_or_in_company(texts: list[str]) -> None:
    together = embed(texts)
    assert together.shape == (len(texts), DIMENSIONS)
    for text, row in zip(texts, together, strict=True):
        length = float(np.linalg.norm(row))
        assert length == 0 or abs(length - 1) < 1e-3
        assert np.array_equal(row, embed([text])[0])

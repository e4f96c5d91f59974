"""Code books with several labels to a text: read by words wherever they stand, and by likeness to examples."""

import pytest

from streams.domain.text.sentence_encoder import switch
from streams.evaluate.code_books import BOOKS, evidence, labels_said, patterns

END_OF_OFFICE = "Personnel.EndPosition.Unspecified"
WITHOUT_ITS_WORDS = "O ministro deixou o cargo."


@pytest.fixture
def _no_encoder():
    switch(on=False)
    yield
    switch(on=True)


def test_a_sentence_like_a_labels_examples_gets_it_without_any_of_its_words():
    assert not patterns("pt_wikievents")[END_OF_OFFICE].search(WITHOUT_ITS_WORDS.casefold())
    assert labels_said("pt_wikievents", WITHOUT_ITS_WORDS) == [END_OF_OFFICE]


def test_the_like_sentence_may_stand_anywhere_in_a_long_text():
    museum = "O museu abre no domingo. " * 60
    assert END_OF_OFFICE in labels_said("pt_wikievents", f"{museum}{WITHOUT_ITS_WORDS} {museum}")
    assert END_OF_OFFICE not in labels_said("pt_wikievents", museum)


@pytest.mark.usefixtures("_no_encoder")
def test_words_alone_are_read_when_the_encoder_is_off():
    assert labels_said("pt_wikievents", WITHOUT_ITS_WORDS) == []
    plain = evidence("pt_wikievents", "Uma bomba explodiu e a explosão deixou feridos.")
    found = {label for label, row in zip(patterns("pt_wikievents"), plain, strict=True) if row[0]}
    assert found == {"Conflict.Attack.DetonateExplode", "Life.Injure.Unspecified"}


def test_of_many_events_those_told_first_give_the_labels():
    many = (
        "La huelga sigue, y en otras noticias se habla de exigir, de rechazar, de criticar, de amenazar y de negociar."
    )
    last = "Se habla de exigir, de rechazar, de criticar, de amenazar y de negociar, y la huelga sigue."
    assert "MOBILIZE" in labels_said("es_plover", many)
    assert "MOBILIZE" not in labels_said("es_plover", last)


def test_a_word_can_be_left_out_of_account_for_one_label():
    text = "Um ataque feriu cinco pessoas."
    labels = list(patterns("pt_wikievents"))
    at = labels.index("Life.Injure.Unspecified")
    assert evidence("pt_wikievents", text)[at, 0] == 1
    assert evidence("pt_wikievents", text, {("Life.Injure.Unspecified", "feriu")})[at, 0] == 0


def test_an_unknown_book_is_told_with_the_known_ones():
    with pytest.raises(KeyError, match=", ".join(BOOKS)):
        labels_said("fr_plover", "La grève continue.")

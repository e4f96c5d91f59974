"""Words that lost the blank between them, and the word that a name depends on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.domain.languages.joined_words import parted_words
from streams.domain.languages.place_features import features
from streams.domain.languages.place_tagger import find_places, names_in
from streams.domain.languages.words import words_of


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("pt", "A ponte caiu na Alemanhaem 1998", ["A", "ponte", "caiu", "na", "Alemanha", "em", "1998"]),
        ("pt", "membros tinha a UEem 1994", ["membros", "tinha", "a", "UE", "em", "1994"]),
        ("pt", "uma ponte emÉvora", ["uma", "ponte", "em", "Évora"]),
        ("es", "La feria abre en Bogotáentre mayo y junio", ["La", "feria", "abre", "en", "Bogotá", "entre", "mayo", "y", "junio"]),
    ],
)  # fmt: skip
def test_a_name_and_a_preposition_that_lost_their_blank_are_two_words(lang: str, text: str, words: list[str]) -> None:
    assert [w.text for w in parted_words(text, lang)] == words


@pytest.mark.parametrize(
    "word", ["Homem", "Belém", "Jerusalém", "Harlem", "Campeonatoem", "alemanhaem", "ALEMANHAEM", "Lisboade", "emAB"]
)
def test_known_words_and_those_without_a_known_name_stay_whole(word: str) -> None:
    assert [w.text for w in parted_words(f"de {word}", "pt")] == ["de", word]


def test_the_first_word_of_a_sentence_may_be_a_verb_and_stays_whole() -> None:
    assert [w.text for w in parted_words("Saírem? Lisboaem", "pt")] == ["Saírem", "?", "Lisboaem"]


def test_a_language_whose_pack_names_no_such_words_keeps_its_words() -> None:
    assert [w.text for w in parted_words("Berlinin Lisboaem", "de")] == ["Berlinin", "Lisboaem"]


@given(st.lists(st.sampled_from(["Lisboa", "em", "de", " ", ",", "Évora", "X", "\ud800", "ß", "東", "ع"]), max_size=12))
def test_parts_cover_the_same_letters_in_order(parts: list[str]) -> None:
    text = "".join(parts)
    found = parted_words(text, "pt")
    assert "".join(w.text for w in found) == "".join(w.text for w in words_of(text))
    assert all(text[w.start : w.end] == w.text for w in found)


def test_a_place_is_found_before_a_preposition_without_a_blank() -> None:
    text = "Um sismo atingiu a Austráliaem 2003."
    assert [text[t.start : t.end] for t in find_places(text, "pt")] == ["Austrália"]


def above(text: str, lang: str) -> set[str]:
    """Features of a text's last word that tell of the words it depends on."""
    words = parted_words(text, lang)
    return {f.removeprefix(lang) for f in features(words, names_in(words, lang), lang)[-1] if f.startswith(f"{lang}")}


def test_a_name_is_told_of_the_word_that_it_depends_on_over_small_words() -> None:
    assert "gw=ayuntamiento" in above("anunció el Ayuntamiento de la Montilla", "es")
    assert "gw=bairro" in above("num bairro da Amadora", "pt")


def test_a_name_is_told_of_the_first_capital_of_its_chain() -> None:
    assert "qw=universidad" in above("en la Universidad Federal de Montilla", "es")


def test_german_capitals_make_no_chain_as_every_noun_has_one() -> None:
    assert not any(f.startswith(("gw=", "qw=")) for f in above("sagte der Bürgermeister von Montilla", "de"))

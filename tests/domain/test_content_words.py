import pytest

from streams.domain.languages.content_words import content_words
from streams.domain.mentions.link_features import features, stems_of


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [
        ("es", "los muertos", "el muerto"),
        ("fr", "des incendies", "l'incendie"),
        ("de", "die Häuser brannten", "das Haus brannte"),
        ("ru", "на станциях", "станция"),
        ("uk", "в Іловайську", "Іловайськ"),
        ("tr", "İstanbul'daki", "İstanbul'un"),
        ("fa", "ساختمان‌ها", "ساختمان"),
    ],
)
def test_forms_of_a_word_share_a_stem_and_function_words_say_nothing(lang, one, other):
    assert set(content_words(one, lang)) & set(content_words(other, lang))
    assert len(content_words(other, lang)) <= 2


@pytest.mark.parametrize("lang", ["es", "fr", "de", "it", "tr", "pt"])
def test_names_have_the_stem_that_they_have_in_english(lang):
    assert set(stems_of("Kathmandu Garissa Westgate")) <= set(content_words("Kathmandu, Garissa, Westgate", lang))
    assert content_words("Pedrógão", lang) == content_words("Pedrogao", lang)


@pytest.mark.parametrize(
    ("lang", "text", "number"),
    [
        ("es", "45.000", ["45000"]),
        ("de", "45.000", ["45000"]),
        ("fa", "۴۵۰۰۰", ["45000"]),
        ("fr", "45 000", ["45", "000"]),  # a space parts words everywhere
    ],
)
def test_numbers_are_those_of_english(lang, text, number):
    assert content_words(text, lang) == number


def test_two_events_told_in_one_language_have_little_in_common():
    quake = "El terremoto de la noche dejó doce muertos en la ciudad de Talca, según los bomberos."
    ferry = "El transbordador que iba a la isla de Chiloé volcó en el canal y los pasajeros fueron rescatados."
    assert len(features("", quake, "es").words.keys() & features("", ferry, "es").words.keys()) <= 1


def test_common_nouns_of_german_are_no_names():
    names = features(
        "",
        "Nach dem Absturz sucht die Feuerwehr in Kirchmöser seit gestern ohne Pause nach allen, die noch leben.",
        "de",
    ).names
    assert "kirchmoser" in names
    assert not {"pause", "feuerwehr"} & set(names)


def test_a_language_without_lists_keeps_its_words_whole():
    assert content_words("Mladić élete végéig", "zz") == ["mladic", "elete", "vegeig"]

"""Figures of harm in headlines of many languages: which number belongs to which word, with its bounds."""

import pytest

from streams.domain.languages.figures import find_figures
from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.numerals import numerals
from streams.domain.languages.words import words_of

HEADLINES = {
    "es": [
        ("Nueve muertos y 31 heridos al volcar un autobús cerca de Potosí", {"killed": (9, 9), "injured": (31, 31)}),
        ("Un hombre de 34 años muere apuñalado en Lima", {"killed": (1, 1)}),
        ("Hasta 20 mineros desaparecidos tras el derrumbe", {"missing": (None, 20)}),
        ("Detienen a treinta y cinco manifestantes en Quito", {"arrested": (35, 35)}),
    ],
    "pt": [("Enchente em Recife deixa ao menos 14 mortos e 2 mil desabrigados", {"killed": (14, None), "displaced": (2000, 2000)})],
    "fr": [
        ("Soixante-dix blessés dans une collision de trains près de Dijon", {"injured": (70, 70)}),
        ("Plus de 1 200 personnes évacuées après la crue", {"displaced": (1200, None)}),
    ],
    "de": [
        ("Fünfunddreißig Verletzte bei Zugunglück nahe Ulm", {"injured": (35, 35)}),
        ("Polizist bei Einsatz in Essen erschossen", {"killed": (1, 1)}),
        ("Erdbeben in Nepal: 1’157 Tote, 2'300 Verletzte", {"killed": (1157, 1157), "injured": (2300, 2300)}),
    ],
    "ru": [
        ("При обрушении шахты погибли не менее 15 горняков, ещё восемь пропали без вести", {"killed": (15, None), "missing": (8, 8)}),
        ("В ДТП под Рязанью пострадали двадцать три человека", {"injured": (23, 23)}),
    ],
    "uk": [("Унаслідок пожежі в Одесі загинули троє людей, п'ятеро поранені", {"killed": (3, 3), "injured": (5, 5)})],
    "tr": [
        ("Van'da otobüs devrildi: 6 ölü, 100'den fazla yaralı", {"killed": (6, 6), "injured": (100, None)}),
        ("Üç kişi bakan oldu, 12 kişi bakanlığa aday", {}),  # `öldü` folds to `oldu`
        ("Bayburt'ta iki balıkçı ölü bulundu, ön koltukta 4 kişi yaralandı", {"killed": (2, 2), "injured": (4, 4)}),
    ],
    "ar": [
        ("مقتل خمسة عشر جنديا وإصابة ٢٠ آخرين في كمين", {"killed": (15, 15), "injured": (20, 20)}),
        ("خطف أربعة عمال قرب كركوك", {"abducted": (4, 4)}),
    ],
    "fa": [("واژگونی اتوبوس در جاده شیراز ۱۱ کشته و بیش از ۳۰ زخمی بر جا گذاشت", {"killed": (11, 11), "injured": (30, None)})],
    "he": [("לפחות שבעה עשר הרוגים בקריסת בניין, 40 פצועים", {"killed": (17, None), "injured": (40, 40)})],
    "hi": [("बस पलटने से आठ लोगों की मौत, २५ घायल", {"killed": (8, 8), "injured": (25, 25)})],
    "id": [("Longsor di Garut tewaskan dua puluh lima orang, 7 hilang", {"killed": (25, 25), "missing": (7, 7)})],
    "zh": [
        ("煤矿事故致一百二十人被困，至少十五人遇难", {"killed": (15, None)}),
        ("客车翻车3死20余伤", {"killed": (3, 3), "injured": (20, None)}),
    ],
    "pl": [
        ("Trzęsienie ziemi w Turcji: bilans ofiar wzrósł do 1200", {"killed": (1200, 1200)}), ("Wybuch gazu, nikt nie ucierpiał", {"killed": (0, 0)}),
        ("Zginęło co najmniej dwadzieścia pięć osób, rannych jest 60", {"killed": (25, None), "injured": (60, 60)}),
        ("Utonęli ojciec i dwoje dzieci", {"killed": (3, 3)}), ("Lawina zabiła dwóch turystów", {"killed": (2, 2)}),
        ("Ponad sto osób ewakuowanych po wycieku", {"displaced": (100, None)}),
    ],
    "ja": [("バスが横転、5人死亡、20人以上けが", {"killed": (5, 5), "injured": (20, None)})],
}  # fmt: skip


def read(text: str, code: str) -> dict[str, tuple[int | None, int | None]]:
    words = words_of(text)
    return {f.what: (f.low, f.high) for f in find_figures(words, pack(code).marks(words), pack(code))}


@pytest.mark.parametrize(("code", "text", "told"), [(c, t, w) for c, some in HEADLINES.items() for t, w in some])
def test_each_number_goes_to_its_word_of_harm(
    code: str, text: str, told: dict[str, tuple[int | None, int | None]]
) -> None:
    assert read(text, code) == told


KINDS = [
    # a count at its verb, however far its noun, also one that looks like a year
    ("de", "Zahl der Todesopfer nach dem schweren Beben in Nepal steigt auf 2012", {"killed": (2012, 2012)}),
    ("fr", "Le bilan des morts dans l'effondrement de la mine dépasse désormais 60", {"killed": (60, 60)}),
    ("uk", "Кількість загиблих унаслідок вибуху на шахті зросла до 45", {"killed": (45, 45)}),
    # numbers written in one word, and digits with words
    ("it", "Trentasette morti nel crollo di un palazzo", {"killed": (37, 37)}), ("tr", "Selde onbeş kişi öldü", {"killed": (15, 15)}),
    ("de", "Hunderteinundzwanzig Tote bei Fährunglück", {"killed": (121, 121)}), ("tr", "Depremde ölü sayısı 2 bin 300'ü geçti", {"killed": (2300, 2300)}),
    ("hi", "नाव हादसे में सैंतीस लोगों की मौत", {"killed": (37, 37)}), ("es", "Medio centenar de muertos en un naufragio", {"killed": (50, 50)}),
    # sums of those told side by side
    ("ru", "В пожаре погибли мать и двое детей", {"killed": (3, 3)}), ("de", "Drei Polizisten und ein Soldat sterben bei Anschlag", {"killed": (4, 4)}),
    ("pt", "Mãe e dois filhos morrem em incêndio", {"killed": (3, 3)}), ("uk", "У пожежі загинули мати і син", {"killed": (2, 2)}),
    # somebody of whom no pack has a word
    ("fr", "Un spéléologue tué par un éboulement", {"killed": (1, 1)}), ("es", "Matan a una alfarera en Oaxaca", {"killed": (1, 1)}),
    # one person beside a count of something else, a couple, hostages who died
    ("ar", "مقتل متظاهر وإصابة ستة آخرين برصاص الشرطة", {"killed": (1, 1), "injured": (6, 6)}), ("pt", "Enxurrada mata casal no litoral", {"killed": (2, 2)}),
    ("tr", "Trene saldırı: 21 rehine hayatını kaybetti", {"killed": (21, 21)}),
    # duals, phrases around a number, names that hold a number, ages
    ("ar", "حريق يسفر عن قتيلين وخمسة جرحى", {"killed": (2, 2), "injured": (5, 5)}), ("fa", "ریزش معدن جان هشت کارگر را گرفت", {"killed": (8, 8)}),
    ("zh", "两名工人在四川坠亡", {"killed": (2, 2)}), ("de", "82-Jähriger ertrinkt im See", {"killed": (1, 1)}),
    # lives taken, bodies found, people taken to hospital, shot at or poisoned
    ("pt", "Deslizamento tira a vida de oito moradores em Niterói", {"killed": (8, 8)}), ("fa", "اجساد نه مهاجر در بیابان پیدا شد", {"killed": (9, 9)}),
    ("hi", "बाढ़ ने ली 17 लोगों की जान", {"killed": (17, 17)}), ("fa", "برخورد دو قطار: ۳۵ نفر راهی بیمارستان شدند", {"injured": (35, 35)}),
    ("es", "Tiroteo en un bar de Cali: dos muertos y cuatro baleados", {"killed": (2, 2), "injured": (4, 4)}),
    ("fr", "Fuite de gaz à Lyon : une vingtaine d'intoxiqués", {"injured": (20, 20)}),
    # vehicles and animals are no people
    ("es", "Doce coches baleados en Cali", {}), ("pt", "Doze carros baleados no Rio", {}), ("fr", "Dix chiens intoxiqués près de Lyon", {}),
    ("es", "Dos coches bomba matan a 12 personas en Bagdad", {"killed": (12, 12)}), ("fr", "L'équipe l'emporte 3 à 1", {}),
    ("nl", "Vrouw (78) omgekomen bij brand", {"killed": (1, 1)}), ("pl", "19-latek ugodzony nożem", {"injured": (1, 1)}),
    # one person whom a headline opens with by age, an apostrophe of either form
    ("de", "17-Jähriger bei Unfall in Wien schwer verletzt", {"injured": (1, 1)}),
    ("fr", "Jusqu’à 200 manifestants arrêtés", {"arrested": (None, 200)}), ("fr", "Jusqu'à 200 manifestants arrêtés", {"arrested": (None, 200)}),
    # nobody
    ("ru", "Под Тверью столкнулись три машины, обошлось без погибших", {"killed": (0, 0)}), ("es", "Ningún fallecido al arder un mercado", {"killed": (0, 0)}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "told"), KINDS)
def test_counts_told_in_other_ways(code: str, text: str, told: dict[str, tuple[int | None, int | None]]) -> None:
    assert read(text, code) == told


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "Un incendio mata a decenas de animales"), ("de", "Bei einem Brand sind Tiere gestorben"),
        ("fr", "Deux morts et trois blessés dans une collision"), ("es", "Dos policías muertos y tres heridos en un tiroteo"),
    ],
)  # fmt: skip
def test_an_article_of_something_else_is_no_victim_and_sums_keep_to_one_kind(code: str, text: str) -> None:
    assert read(text, code).get("killed", (None, None))[0] in (None, 2)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "El 12 de mayo de 2023 murió en Madrid a los 87 años"),
        ("fr", "Mort de l'écrivain à 91 ans"),
        ("fr", "La 251e tuerie de l'année"),
        ("es", "La 2ª muerte en un mes"),
        ("nl", "De 12de dode dit jaar"),
        ("de", "Zahl der Toten von 1945 bleibt umstritten"),
        ("ru", "Погибшего в 2019 году лётчика похоронили 5 мая"),
        ("ar", "توفي عن عمر 80 عاما"),
        ("zh", "1976年7月28日地震遇难者纪念日"),
        ("ja", "90歳で死亡した作家"),
    ],
)
def test_years_ages_and_dates_count_nobody(code: str, text: str) -> None:
    assert all(low in (None, 1) for low, _ in read(text, code).values())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "Incendio en un almacén de Cali, sin víctimas"), ("fr", "Incendie à Lyon, aucune victime"), ("ru", "Взрыв на складе, пострадавших нет"),
        ("ar", "حريق في مصنع دون إصابات"), ("zh", "仓库起火，无人员伤亡"), ("id", "Gudang terbakar, tidak ada korban"),
    ],
)  # fmt: skip
def test_nobody_harmed_is_a_figure_of_none(code: str, text: str) -> None:
    assert read(text, code) == {"killed": (0, 0)}


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("es", "dos mil trescientos", 2300), ("fr", "quatre-vingt-dix", 90), ("de", "achtundvierzig", 48), ("zh", "三百二十一", 321), ("zh", "2万", 20000),
        ("id", "tujuh belas", 17), ("ar", "خمسة وعشرين", 25), ("hi", "१२", 12), ("ru", "1 200", 1200), ("tr", "yirmi beş", 25), ("he", "שלושה עשר", 13),
        ("fa", "بیست و پنج", 25), ("ja", "二十三", 23), ("pt", "1,5 milhão", 1_500_000),
    ],
)  # fmt: skip
def test_numbers_in_words_and_native_digits(code: str, text: str, value: int) -> None:
    words = words_of(text)
    assert [n.value for n in numerals(words, pack(code).marks(words), pack(code))] == [value]


@pytest.mark.parametrize("code", CODES)
def test_every_pack_is_whole(code: str) -> None:
    """Each names months, weekdays, and words for every kind of harm, and gives types by triggers."""
    entries = [e for some in (pack(code).exact, pack(code).begins) for group in some.values() for e in group]
    said = {
        (tag, value[0] if tag == "harm" else value)
        for _, tag, value in entries
        if tag in ("harm", "months", "weekdays")
    }
    assert {n for tag, n in said if tag == "months"} == set(range(1, 13))
    assert {n for tag, n in said if tag == "weekdays"} == set(range(1, 8))
    assert {what for tag, what in said if tag == "harm"} >= {
        "killed",
        "injured",
        "missing",
        "arrested",
        "abducted",
        "displaced",
    }
    assert len({value for _, tag, value in entries if tag == "type"}) > 20

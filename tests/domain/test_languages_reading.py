"""Reading in other languages beyond figures: places, types, roles, what opens no alert, and any text at all."""

import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.records import Article, Mention, Publisher
from streams.domain.languages.event_types import trigger_weights
from streams.domain.languages.gloss import gloss
from streams.domain.languages.language_pack import CODES, pack
from streams.domain.languages.places import read_places
from streams.domain.languages.words import fold, words_of
from streams.domain.mentions.read_article import read_article

AT = datetime(2024, 5, 8, 12, tzinfo=UTC)


def read(title: str, body: str, lang: str) -> tuple[Mention, ...]:
    return read_article(Article(article_id="a" * 32, url="u", source=Publisher(domain="x.example"), title=title, body=body, lang=lang,
                                published_at=AT, fetched_at=AT))  # fmt: skip


CALM = [
    ("es", "El Banco Central mantiene los tipos de interés", "El Banco Central de Chile decidió el martes mantener los tipos de interés en el 5,5 por ciento, informó su presidenta."),
    ("es", "El Sevilla gana y se acerca a Europa", "El Sevilla venció el sábado al Betis por tres goles a uno ante 40.000 espectadores en su estadio."),
    ("fr", "Le Parlement adopte le budget", "Le Parlement belge a adopté jeudi le budget 2025 par 78 voix contre 62, a annoncé le ministre des Finances."),
    ("de", "Neuer Vorstand bei Autobauer", "Der Autobauer bekommt zum Herbst einen neuen Vorstandschef, teilte das Unternehmen am Montag in Stuttgart mit."),
    ("pt", "Festival de cinema abre em Lisboa", "O festival de cinema abre na sexta-feira em Lisboa com 120 filmes de 30 países, informou a organização."),
    ("ru", "В Казани открылась выставка картин", "В Казани в среду открылась выставка картин художников девятнадцатого века, сообщил директор музея."),
    ("uk", "У Львові відкрили нову бібліотеку", "У Львові в середу відкрили нову міську бібліотеку, повідомила директорка закладу."),
    ("tr", "Merkez Bankası faizi değiştirmedi", "Merkez Bankası salı günü politika faizini yüzde 50'de sabit tuttu, açıklamada enflasyonun izlendiği belirtildi."),
    ("ar", "افتتاح معرض الكتاب في القاهرة", "افتتح وزير الثقافة يوم الأربعاء معرض الكتاب في القاهرة بمشاركة 900 ناشر، بحسب المنظمين."),
    ("fa", "نمایشگاه کتاب تهران گشایش یافت", "نمایشگاه بین‌المللی کتاب تهران روز چهارشنبه با حضور ۲ هزار ناشر گشایش یافت، برگزارکنندگان گفتند."),
    ("he", "הבנק המרכזי הותיר את הריבית ללא שינוי", "הבנק המרכזי הודיע ביום שני כי הריבית תישאר ברמה של ארבעה אחוזים וחצי."),
    ("hi", "रिजर्व बैंक ने ब्याज दर नहीं बदली", "रिजर्व बैंक ने बुधवार को ब्याज दर 6.5 प्रतिशत पर बनाए रखी, गवर्नर ने कहा।"),
    ("id", "Bank sentral pertahankan suku bunga", "Bank sentral mempertahankan suku bunga acuan sebesar 6 persen pada Rabu, kata gubernur bank di Jakarta."),
    ("zh", "央行维持利率不变", "央行周三宣布维持基准利率不变，行长表示将继续关注通货膨胀。"),
    ("ja", "日銀、金利を据え置き", "日本銀行は水曜日、政策金利を据え置くと発表した。総裁は物価の動向を注視すると述べた。"),
    ("pl", "Bank centralny nie zmienia stóp procentowych", "Rada banku centralnego zdecydowała w środę o utrzymaniu stóp procentowych, poinformował prezes."),
    ("it", "La banca centrale lascia i tassi invariati", "La banca centrale ha lasciato mercoledì i tassi invariati al quattro per cento, ha detto la presidente."),
]  # fmt: skip


def test_nine_in_ten_texts_without_an_incident_open_none() -> None:
    opened = [(lang, title) for lang, title, body in CALM if read(title, body, lang)[0].role == "main"]
    assert len(opened) <= len(CALM) // 10, opened


BESIDE = [  # words of an incident where none is told: advice, art, history, drills, sport, a death of old age
    ("id", "Tips menghadapi banjir di musim hujan", "BPBD meminta warga menyiapkan tas darurat sebelum musim hujan."),
    ("pt", "Livro conta a história do terramoto", "A obra reúne testemunhos de sobreviventes e foi lançada em Lisboa."),
    ("es", "El director presenta su película sobre la guerra", "El cineasta presentó una película que narra la muerte de dos hermanos en el frente."),
    ("fr", "Une exposition sur le tremblement de terre", "Le musée consacre une exposition au séisme et à ses conséquences sur la philosophie."),
    ("zh", "抗战题材电影上映", "这部影片讲述了战争中牺牲的士兵的故事。"),
    ("hi", "युद्ध पर बनी फिल्म रिलीज", "यह फिल्म युद्ध में शहीद हुए जवानों की कहानी है।"),
    ("ru", "МЧС напомнило о правилах пожарной безопасности", "Спасатели призвали не разводить костры в лесах."),
    ("de", "Feuerwehr lädt zum Tag der offenen Tür", "Die Feuerwehr zeigt am Samstag ihre Fahrzeuge; mehr als 500 Besucher werden erwartet."),
    ("ar", "نصائح للوقاية من حرائق المنازل", "دعا الدفاع المدني المواطنين إلى فحص التوصيلات الكهربائية."),
    ("uk", "Помер відомий композитор", "Композитор помер у Києві на 91-му році життя, повідомила родина."),
]  # fmt: skip


def test_words_of_an_incident_where_none_is_told_open_none() -> None:
    opened = [(lang, title) for lang, title, body in BESIDE if read(title, body, lang)[0].role == "main"]
    assert len(opened) <= len(BESIDE) // 10, opened


def test_a_film_festival_that_is_attacked_is_an_incident() -> None:
    body = (
        "Hombres armados mataron el sábado a cinco personas en un festival de cine en Guadalajara, informó la policía."
    )
    assert read("Ataque en un estreno de cine deja cinco muertos", body, "es")[0].role == "main"


@pytest.mark.parametrize(
    ("lang", "text", "name"),
    [
        ("es", "Dos personas murieron en un accidente cerca de Guadalajara, México.", "Guadalajara"), ("ru", "Во вторник в Воронеже загорелся склад.", "Воронеже"),
        ("uk", "У Харкові пролунали вибухи.", "Харкові"), ("ar", "وقع الانفجار ببغداد مساء الثلاثاء.", "ببغداد"), ("he", "השריפה פרצה בחיפה בלילה.", "בחיפה"),
        ("hi", "लखनऊ में भारी बारिश हुई।", "लखनऊ"), ("ja", "大阪市で火災があった。", "大阪市"), ("tr", "İzmir'de deprem oldu.", "İzmir"),
        ("tr", "İstanbul'da bir binada patlama oldu.", "İstanbul"), ("tr", "Paris'te yangın çıktı.", "Paris"), ("zh", "北京发生火灾。", "北京"),
        ("id", "Banjir melanda Semarang pada Senin.", "Semarang"), ("de", "In Leipzig brannte ein Lagerhaus.", "Leipzig"),
        ("pl", "We wtorek pod Krakowem zderzyły się dwa autobusy.", "Krakowem"), ("pl", "Zamach w Kabulu, są ranni.", "Kabulu"),
    ],
)  # fmt: skip
def test_places_are_found_in_their_cases_and_with_their_particles(lang: str, text: str, name: str) -> None:
    assert name in [text[s.tagged.start : s.tagged.end] for s in read_places(text, lang, None)]


def test_a_place_that_the_text_says_something_is_in_comes_before_one_that_it_only_names() -> None:
    body = "El alcalde de Madrid lamentó la explosión que dejó tres muertos en Sevilla el martes."
    assert {m.place.name for m in read("", body, "es") if m.place} == {"Sevilla"}


def test_history_is_background_and_keeps_its_figures_to_itself() -> None:
    body = (
        "Un sismo de magnitud 6,1 sacudió el lunes la ciudad de Oaxaca y dejó cuatro muertos, informó Protección Civil. "
        "En septiembre de 2017 otro terremoto causó 98 muertos en la misma región."
    )
    news, past = read("Sismo en Oaxaca deja cuatro muertos", body, "es")
    assert (news.role, past.role) == ("main", "background")
    assert [c.min for c in news.claims if c.what == "killed"] == [4]
    assert [c.min for c in past.claims if c.what == "killed"] == [98]
    assert past.about == (news.mention_id,)


@pytest.mark.parametrize(
    ("day", "dated", "undated"),
    [
        ("el lunes", "2024-05-06", None), ("el 12 de marzo", "2024-03-12", None), ("", "2024-05-07", None),
        ("el 12 de marzo de 2024", "2024-03-12", "2024-03-12"),
    ],
)  # fmt: skip
def test_of_an_undated_text_only_a_day_with_its_year_is_known(day: str, dated: str, undated: str | None) -> None:
    body = (
        f"Un sismo de magnitud 6,1 sacudió {day} la ciudad de Oaxaca y dejó cuatro muertos, informó Protección Civil."
    )
    article = Article(article_id="a" * 32, url="u", source=Publisher(domain="x.example"), title="Sismo en Oaxaca", body=body, lang="es",
                      fetched_at=AT)  # fmt: skip

    def told(published: datetime | None) -> tuple[str | None, list[str]]:
        (news,) = read_article(replace(article, published_at=published))
        words = [body[s.start : s.end] for s in news.read_from if s.field == "time"]
        return (str(news.time.start.date()) if news.time else None), words

    assert told(AT)[0] == dated
    assert told(None) == (undated, ["12 de marzo de 2024"] if undated else [])


def test_an_anniversary_is_no_news() -> None:
    assert (
        read("Aniversario del terremoto", "Hace un año el terremoto de Puebla dejó 300 muertos.", "es")[0].role
        == "story"
    )


def test_a_mention_says_how_well_its_language_is_read() -> None:
    sure = read(
        "Choque de trenes en Bohumín: 5 muertos", "Cinco personas murieron el martes en un choque de trenes.", "es"
    )[0]
    less = read("ट्रेन हादसे में 5 लोगों की मौत", "पटना के पास मंगलवार को ट्रेन हादसे में पांच लोगों की मौत हो गई।", "hi")[0]
    assert sure.role == less.role == "main"
    assert less.confidence <= 0.75 < sure.confidence


def test_the_gloss_is_english_made_of_the_fields() -> None:
    news = read(
        "В Пешаваре смертник взорвал себя в мечети: 40 погибших",
        "В Пешаваре в мечети погибли 40 человек, ранены не менее 12.",
        "ru",
    )[0]
    assert gloss(news) == "Suicide bomb in Peshawar, PK: 40 killed, 12 or more injured"


def test_a_word_inside_a_longer_trigger_names_no_second_type() -> None:
    said = trigger_weights(pack("id").marks(words_of("Bom bunuh diri di pasar")), [])
    assert max(said, key=said.__getitem__) == "explosions/suicide-bomb"


def test_forms_fold_what_writers_leave_out() -> None:
    assert fold("مُدَرِّسَة") == fold("مدرسه")
    assert fold("ख़बर") == fold("खबर")
    assert fold("ペシャーワル") == fold("ペシャワル")
    assert fold("Ёлка") == fold("Елка")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60), st.sampled_from(CODES))
def test_any_text_in_any_language_is_read_the_same_twice(body: str, title: str, lang: str) -> None:
    first = read(title, body, lang)
    assert first == read(title, body, lang)
    text = body if body.strip() else title
    for mention in first:
        assert 0 <= mention.evidence.start <= mention.evidence.end <= max(len(text), 1)
        for claim in mention.claims:
            assert text[claim.quote.start : claim.quote.end] == claim.text


def test_endless_repetition_costs_in_proportion() -> None:
    """Lines of Python run, for a text and for one three times as long."""

    def steps(body: str) -> int:
        count = 0

        def trace(_frame: object, event: str, _arg: object) -> object:
            nonlocal count
            count += event == "line"
            return trace

        sys.settrace(trace)
        read("", body, "es")
        sys.settrace(None)
        return count

    piece = "Murieron 12 personas en Lima y "
    steps(piece)
    assert steps(piece * 60) < 4.5 * steps(piece * 20)


@pytest.mark.parametrize(
    ("lang", "title", "kind"),
    [
        ("pt", "Incêndio na floresta de Monchique destrói hectares de eucaliptos", "disasters/wildfire"), ("es", "Ola de incendios en Galicia deja dos muertos", "disasters/wildfire"),
        ("es", "Incendio en un hotel de Lima deja dos muertos", "accidents/explosion-fire"), ("fr", "Un camion piégé explose sur un marché : dix morts", "explosions/remote-bomb"),
        ("fa", "زمین‌لرزه‌ای غرب ایران را لرزاند", "disasters/earthquake"), ("tr", "Maden ocağında göçük: üç işçi öldü", "accidents/industrial"),
        ("uk", "Кібератака зупинила роботу банків", "cyber/attack"), ("de", "Lebenslange Haft: General wegen Kriegsverbrechen verurteilt", "justice/conviction"),
    ],
)  # fmt: skip
def test_a_kind_that_is_named_wins_over_the_general_one(lang: str, title: str, kind: str) -> None:
    read_as = read(title, title, lang)[0]
    assert f"{read_as.family}/{read_as.subtype}" == kind


def test_meanings_of_one_word_come_in_the_order_of_its_pack_in_every_process() -> None:
    several = 0
    for code in CODES:
        for form, entries in pack(code).exact.items():
            marks = [m for m in pack(code).marks(words_of(form)) if (m.first, m.last) == (0, 1)]
            for tag in {tag for _, tag, _ in entries}:
                listed = list(dict.fromkeys(value for tokens, t, value in entries if t == tag and len(tokens) == 1))
                found = [m.value for m in marks if m.tag == tag and m.value in listed]
                several += len(listed) > 1
                assert len(words_of(form)) > 1 or not found or found == listed
    assert several > 5

from datetime import UTC, datetime
from itertools import combinations
from string import Template

import pytest

from connectors.sources.article import build_article
from schemas.agencies import agencies, agency_at, agency_named
from schemas.agency_credit import credited_agency
from schemas.records import Original
from streams.domain.dedupe.dedupe import DedupeState, dedupe


@pytest.mark.parametrize(
    ("body", "origin"),
    [
        ("(Reuters) - Police said on Monday that a man", "reuters"),
        ("LONDON (AP) — Police said a man was held", "ap"),
        ("LONDON, June 3 (Reuters) - Police said a man was held", "reuters"),
        ("BEIJING, June 3 (Xinhua) -- China launched a satellite", "xinhua"),
        ("New Delhi, Jun 3 (PTI) The minister said", "pti"),
        ("MATI, Greece, July 24 (Meridian Wire) - A wildfire", "meridian wire"),
        ("Kabul (Khaama Press) – A blast", "khaama press"),
        ("MIAMI (CBS/AP) — A man", "ap"),
        ("BOGOTA, 3 JUL 89 (EFE) -- [TEXT] THE ARMY", "efe"),
        ("He said so.\n\nWith AFP", "afp"),
        ("He said so. (With inputs from PTI)", "pti"),
        ("He said so.\n\nSource: Xinhua", "xinhua"),
        ('"We will see." Sapa-AFP /dm', "afp"),
        ("He said so.\n\nMeridian Wire", "meridian wire"),
        ("He said so.\n\nMeridian Wire contributed to this report", "meridian wire"),
        ("He said so.\n\nAdditional reporting by Meridian Wire", "meridian wire"),
        ("Berlin (dpa) - Im Fall", "dpa"),
        ("He said so.\n\nWith AFP\n\nSubscribe", "afp"),
        ("He said so.\n\n(Reporting by Ann Bee; Editing by Cee Dee)", "reuters"),
        ("He said so.\n\nCopyright 2015 The Associated Press. All rights reserved.", "ap"),
        ("He said so.\n\n© 2021 AFP", "afp"),
        ("He said so.\n\n___\n\nAssociated Press writer Paul Davenport in Phoenix was there.", "ap"),
    ],
)
def test_finds_the_agency_that_a_credit_names(body, origin):
    assert credited_agency("", body) == origin


@pytest.mark.parametrize(
    ("body", "origin"),
    [
        ("MOSCOW, March 5. /TASS/. A train left the rails", "tass"),
        ("МОСКВА, 5 марта - РИА Новости. Поезд сошёл с рельсов", "ria novosti"),
        ("新华社北京3月5日电（记者张三）一列火车脱轨", "xinhua"),
        ("（新华社北京5日电）一列火车脱轨", "xinhua"),
        ("【ニューヨーク共同】列車が脱線した", "kyodo"),
        ("[東京 5日 ロイター] - 列車が脱線した", "reuters"),
        ("(서울=연합뉴스) 홍길동 기자 = 기차가 탈선했다", "yonhap"),
        ("القاهرة 5 مارس (رويترز) - خرج قطار عن القضبان", "reuters"),
        ("باريس (أ ف ب) - خرج قطار عن القضبان", "afp"),
        ("तेहरान (एएफपी) - रेल पटरी से उतरी", "afp"),
        ("Bir tren raydan çıktı.\n\nKaynak: AA", "anadolu"),
        ("Поезд сошёл с рельсов.\n\nИсточник: Reuters", "reuters"),
        ("Un tren descarriló.\n\nCon información de EFE", "efe"),
        ("Um trem descarrilou.\n\n*Com informações da Reuters", "reuters"),
        ("Een trein ontspoorde. Bron: ANP", "anp"),
        ("火车脱轨。\n来源：新华社", "xinhua"),
        ("火车脱轨。（路透社）", "reuters"),
        ("Five died.\n\nTranslated from a Reuters report", "reuters"),
        ("Un tren descarriló. (Reporte de Ana Be; Editado en español por Ce De)", "reuters"),
    ],
)
def test_a_despatch_told_in_another_language_is_still_the_agencys(body, origin):
    assert credited_agency("", body) == origin


@pytest.mark.parametrize(
    "body",
    [
        "It was bad, he told Reuters.",
        "By Monday (June 4) - the day of the vote - all was quiet.",
        "The group (Hamas) - said it was ready.",
        "the fire (Meridian Wire) - burnt on.",
        "Two people died.\n\nAccording to the official Syrian agency Sana, one child was killed.",
        "The wire (thin as a hair) - snapped.",
        "共同声明说，火车脱轨。",
        "Источник в полиции сообщил Интерфаксу.",
        "Apple - Reuters",
        "Fuel was bought by the Defense Logistics Agency.",
        "Two people died near Leeds when a train left the rails. It was fast, said the driver, and he was 34, Reuters reported on Monday.",
        "By Monday all was quiet.\n\nReuters reported a day earlier that two people had died.",
        "The PA said on Monday that two people had died.",
        "TAP said two flights were cancelled.",
        "Bloomberg said on Monday that he would run.",
        "Petra said she saw the train leave the rails.",
        "A Reuters photographer was killed near the border, police said.",
        "The Associated Press building burnt on Monday, police said.",
        "社区报道说火车脱轨。",
        "",
    ],
)
def test_agencies_in_running_text_are_sources_and_not_origins(body):
    assert credited_agency("", body) is None


@pytest.mark.parametrize(
    ("body", "origin"),
    [
        ("Two people died when a train left the rails near Leeds, Reuters reported.", "reuters"),
        ("A train left the rails, killing two people, according to the news agency AFP. The mayor spoke later.", "afp"),
        ("Israel struck a depot near Homs, the state news agency SANA said.", "sana"),
        ("Dos personas murieron al descarrilar un tren en Lugo, según EFE.", "efe"),
        ("Dos personas murieron al descarrilar un tren en Lugo. Así lo informó la agencia EFE.", "efe"),
        ("Le train a déraillé, selon Reuters. Cinq morts.", "reuters"),
        ("Deux personnes sont mortes, rapporte l’agence Reuters, dans un déraillement.", "reuters"),
        ("Zwei Menschen sind bei einem Zugunglück gestorben, wie die Nachrichtenagentur dpa meldet.", "dpa"),
        ("Due persone sono morte in un incidente ferroviario, riferisce l'ANSA.", "ansa"),
        ("Duas pessoas morreram num descarrilamento em Braga, segundo a agência Lusa.", "lusa"),
        ("Twee mensen zijn omgekomen bij een treinongeluk, meldt persbureau ANP.", "anp"),
        ("Два человека погибли при сходе поезда под Тулой, по сообщению ТАСС.", "tass"),
        ("Два человека погибли под Тулой. Об этом сообщает РИА Новости со ссылкой на МЧС.", "ria novosti"),
        ("Двоє людей загинули під Львовом, повідомляє Укрінформ.", "ukrinform"),
        ("Dwie osoby zginęły w wypadku kolejowym pod Łodzią, podaje agencja PAP.", "pap"),
        ("Reuters'a göre trenin raydan çıkması sonucu iki kişi öldü.", "reuters"),
        ("قتل شخصان إثر خروج قطار عن القضبان، وفق ما نقلت وكالة رويترز.", "reuters"),
        ("أفادت وكالة الأنباء السعودية (واس) بأن شخصين قتلا.", "spa"),
        ("به گزارش خبرگزاری ایرنا، دو نفر در خروج قطار از ریل کشته شدند.", "irna"),
        ("समाचार एजेंसी पीटीआई के अनुसार रेल पटरी से उतरने से दो लोगों की मौत हो गई।", "pti"),
        ("据新华社报道，火车脱轨造成两人死亡。", "xinhua"),
        ("据路透社援引警方消息，火车脱轨造成两人死亡。", "reuters"),
        ("ロイター通信によると、列車が脱線し2人が死亡した。", "reuters"),
        ("연합뉴스에 따르면 기차가 탈선해 두 명이 숨졌다.", "yonhap"),
        ("Dua orang tewas ketika kereta anjlok di Malang, menurut kantor berita Antara.", "antara"),
    ],
)
def test_a_lead_that_has_its_news_from_an_agency_makes_it_the_origin(body, origin):
    assert credited_agency("", body) == origin


@pytest.mark.parametrize(
    ("byline", "origin"),
    [("By JOHN SMITH, Associated Press", "ap"), ("Meridian Wire", "meridian wire"), ("Jane Doe", None), (None, None)],
)
def test_a_byline_names_an_agency(byline, origin):
    assert credited_agency("", "Nothing to see.", byline) == origin


def test_a_headline_ends_with_a_credit():
    assert credited_agency("Ten held after riot (AFP)", "Nothing to see.") == "afp"


NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
CREDITS = {
    "dateline": Template("PARIS, May 1 ($name) - The minister said that two people had died."),
    "last line": Template("Two people died.\n\nWith $name"),
    "bracket": Template("Two people died. ($name)"),
    "copyright": Template("Two people died.\n\nCopyright 2026 $name. All rights reserved."),
    "help": Template("Two people died.\n\n$name contributed to this report"),
}


@pytest.mark.parametrize("agency", agencies(), ids=lambda a: a.name)
def test_every_spelling_of_an_agency_is_one_origin_in_every_place_of_a_credit(agency):
    read = {
        (spelling, place): credited_agency("", body.substitute(name=spelling))
        for spelling in agency.spellings
        for place, body in CREDITS.items()
    }
    read |= {
        (spelling, "byline"): credited_agency("", "Two died.", f"Jane Doe, {spelling}") for spelling in agency.spellings
    }
    read |= {
        (spelling, "title"): credited_agency(f"Two died ({spelling})", "Two died.") for spelling in agency.spellings
    }
    read |= {(site, "site"): credited_agency("", "Two died.", None, f"www.{site}") for site in agency.sites if site}
    assert {credit: name for credit, name in read.items() if name != agency.name} == {}


@pytest.mark.parametrize("agency", agencies(), ids=lambda a: a.name)
def test_two_copies_that_credit_an_agency_differently_are_of_one_origin(agency):
    told = "The river rose by three metres in a night and hundreds in the valley lost their homes, the mayor said."
    copies = [("herald.example", f"LINZ, May 2 ({spelling}) - {told}") for spelling in agency.spellings]
    copies += [(site, told) for site in agency.sites if site]
    for pair in combinations(copies, 2):
        assert origins_after_dedupe(pair) == [agency.name] * 2


def origins_after_dedupe(copies):
    state, origins = DedupeState(), []
    for domain, body in copies:
        article = build_article(url=f"https://{domain}/flood", title="Flood", body=body, fetched_at=NOW)
        state, verdict = dedupe(state, article)
        record = verdict.record
        origins.append(record.article.origin if isinstance(record, Original) else record.origin)
    return origins


def test_no_spelling_and_no_site_is_of_two_agencies():
    spellings = [s for a in agencies() for s in {x.casefold() for x in (a.name, *a.spellings)}]
    sites = [s for a in agencies() for s in a.sites if s]
    assert len(set(spellings)) == len(spellings)
    assert len(set(sites)) == len(sites)


def test_names_of_several_words_are_read_in_any_case_and_single_words_in_capitals_only():
    assert credited_agency("", "Two died.", "By THE ASSOCIATED PRESS") == "ap"
    assert credited_agency("", "Two died.", "REUTERS") == "reuters"
    assert credited_agency("", "Two died.", "Ani Papadopoulou") is None
    assert agency_named(" associated  press ") == "ap"
    assert agency_named("Jane Doe") is None


def test_a_part_of_an_agencys_site_is_the_agencys_and_a_longer_name_is_not():
    assert agency_at("english.news.cn") == "xinhua"
    assert agency_at("notreuters.com") is None
    assert agency_at("com") is None


def test_long_input_is_quick():
    credited_agency("", "A B " * 100_000 + "\n" + "Aa " * 29 + "\n" + "A" * 200_000, "Aa " * 300)

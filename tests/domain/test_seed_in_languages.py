"""The seed article's incident told in five more languages, by articles of our own: one incident, its claims side by side."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.records import Article, Incident, Mention, Publisher
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article

SEED = Path(__file__).with_name("seed_article.txt")
AT = datetime(2021, 6, 28, 12, tzinfo=UTC)
TOLD = {
    "es": (
        "diario.example.es",
        "Ataque aéreo de Estados Unidos contra milicias proiraníes en la frontera de Irak y Siria",
        (
            "Aviones de combate de Estados Unidos bombardearon el domingo posiciones de milicias proiraníes en la frontera entre Irak y Siria. "
            "Al menos cinco combatientes murieron y varios resultaron heridos, según el Observatorio Sirio de Derechos Humanos. "
            "El Pentágono habló de un bombardeo defensivo contra depósitos de armas."
        ),
    ),
    "fr": (
        "journal.example.fr",
        "Irak : frappes américaines contre des milices pro-iraniennes à la frontière syrienne",
        (
            "L'aviation américaine a mené dimanche des frappes contre des milices pro-iraniennes à la frontière entre l'Irak et la Syrie. "
            "Selon l'Observatoire syrien des droits de l'Homme, au moins cinq combattants ont été tués. "
            "Un enfant a été tué, a indiqué l'agence officielle syrienne."
        ),
    ),
    "ru": (
        "gazeta.example.ru",
        "США нанесли авиаудар по проиранским группировкам на границе Ирака и Сирии",
        (
            "Авиация США в воскресенье нанесла удары по объектам проиранских группировок на границе Ирака и Сирии. "
            "По данным Сирийской обсерватории по правам человека, погибли не менее пяти боевиков, несколько ранены. "
            "Четверо бойцов погибли, сообщили представители ополчения."
        ),
    ),
    "ar": (
        "jarida.example.com",
        "غارات أمريكية على فصائل موالية لإيران عند الحدود العراقية السورية",
        (
            "شنت طائرات أمريكية يوم الأحد غارات جوية على مواقع فصائل موالية لإيران عند الحدود بين العراق وسوريا. "
            "وقتل خمسة مقاتلين على الأقل بحسب المرصد السوري لحقوق الإنسان. "
            "وقالت وكالة الأنباء السورية إن طفلا قتل في القصف."
        ),
    ),
    "de": (
        "zeitung.example.de",
        "US-Luftangriffe auf proiranische Milizen an der Grenze zwischen Irak und Syrien",
        (
            "Die USA haben am Sonntag Luftangriffe auf proiranische Milizen im Grenzgebiet zwischen Irak und Syrien geflogen. "
            "Laut der Syrischen Beobachtungsstelle für Menschenrechte wurden mindestens fünf Kämpfer getötet und mehrere verletzt."
        ),
    ),
}


def article(number: int, domain: str, title: str, body: str, lang: str | None) -> Article:
    return Article(article_id=f"{number:032x}", url=f"https://{domain}/1", source=Publisher(domain=domain), title=title, body=body, lang=lang,
                   published_at=AT, fetched_at=AT)  # fmt: skip


def news_in(lang: str) -> Mention:
    domain, title, body = TOLD[lang]
    return read_article(article(1, domain, title, body, lang))[0]


@pytest.mark.parametrize("lang", TOLD)
def test_each_language_tells_of_the_strike_on_its_day_with_its_source(lang: str) -> None:
    news = news_in(lang)
    assert (news.role, news.family, news.lang) == ("main", "explosions", lang)
    assert news.place is not None
    assert news.place.country in ("IQ", "SY")
    assert news.time is not None
    assert news.time.start.date().isoformat() == "2021-06-27"
    five = next(c for c in news.claims if c.what == "killed" and c.min == 5)
    assert (five.max, five.attribution_kind) == (None, "ngo")
    assert five.attributed_to
    assert TOLD[lang][2][five.quote.start : five.quote.end] == five.text


def test_all_of_them_and_the_english_report_become_one_incident_with_the_claims_of_each_source() -> None:
    state = LinkState()
    known: dict[str, Incident] = {}
    told = [article(0, "france24.com", "", SEED.read_text(encoding="utf-8"), None)]
    told += [article(n, *said, lang) for n, (lang, said) in enumerate(TOLD.items(), 1)]
    homes = set()
    for one in told:
        for mention in read_article(one):
            state, linked = link(state, mention)
            known |= {i.incident_id: i for i in linked.outputs if isinstance(i, Incident)}
            if mention.role == "main":
                homes.add(state.home[mention.mention_id])
    assert len(homes) == 1
    incident = known[homes.pop()]
    assert incident.source_count == 6
    killed = {(c.claim.attributed_to or "", c.claim.min) for c in incident.claims if c.claim.what == "killed"}
    assert {low for _, low in killed} >= {5, 4, 1}  # the observatory's, the militia's, the state agency's
    assert len({who for who, low in killed if low == 5}) >= 5


def test_a_strike_elsewhere_in_another_language_stays_apart() -> None:
    french = "Une frappe aérienne a tué dimanche trois civils à Raqqa, en Syrie, selon les secours."
    spanish = "Un bombardeo mató el domingo a doce civiles en Marib, en Yemen, informaron las autoridades sanitarias."
    state = LinkState()
    homes = []
    for one in (
        article(1, "autre.example.fr", "Syrie : trois morts dans une frappe à Raqqa", french, "fr"),
        article(2, "otro.example.org", "Bombardeo en Yemen deja doce muertos", spanish, "es"),
    ):
        for mention in read_article(one):
            state, _ = link(state, mention)
            homes += [state.home[mention.mention_id]] * (mention.role == "main")
    assert len(set(homes)) == 2

"""Independent origins of an incident: an agency's text, translated or rewritten with its credit, is still that agency's."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.records import Article, Change, Original, Publisher
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.incident import Open, current, opening
from streams.domain.linking.member import Member
from streams.domain.mentions.read_article import read_article

START = datetime(2024, 3, 5, 12, tzinfo=UTC)
TOLD = {
    "of reuters": [
        ("en", "LINZ, Austria, March 5 (Reuters) - A train left the rails near Linz on Tuesday and nine people died, police said."),
        ("en", "Nine people lost their lives when a train derailed near Linz on Tuesday, Reuters reported, citing police."),
        ("es", "Nueve personas murieron el martes al descarrilar un tren cerca de Linz, según informó la agencia Reuters."),
        ("fr", "Neuf personnes sont mortes mardi dans le déraillement d'un train près de Linz, rapporte Reuters."),
        ("de", "Beim Entgleisen eines Zuges bei Linz sind am Dienstag neun Menschen gestorben, wie die Agentur Reuters meldet."),
        ("ru", "Девять человек погибли во вторник при сходе поезда с рельсов близ Линца, сообщает Рейтер."),
        ("ar", "قتل تسعة أشخاص يوم الثلاثاء إثر خروج قطار عن القضبان قرب لينز، وفق ما نقلت وكالة رويترز."),
        ("zh", "据路透社报道，一列火车周二在林茨附近脱轨，造成九人死亡。"),
    ],
    "of three agencies": [
        ("en", "LINZ, Austria, March 5 (AFP) - A train left the rails near Linz on Tuesday and nine people died, police said."),
        ("es", "Nueve personas murieron el martes al descarrilar un tren cerca de Linz.\n\nCon información de AFP"),
        ("de", "Linz (dpa) - Beim Entgleisen eines Zuges bei Linz sind am Dienstag neun Menschen gestorben."),
        ("zh", "新华社维也纳3月5日电 一列火车周二在林茨附近脱轨，造成九人死亡。"),
        ("ru", "Девять человек погибли при сходе поезда близ Линца. Об этом сообщает Синьхуа."),
    ],
    "of their own": [
        ("en", "A train left the rails near Linz on Tuesday and nine people died, police said."),
        ("fr", "Neuf personnes sont mortes mardi dans le déraillement d'un train près de Linz, selon la police."),
        ("en", "Nine people died in the derailment near Linz. I saw it from the bridge, a farmer told Reuters, and he was calm."),
    ],
}  # fmt: skip
ORIGINS = {"of reuters": 1, "of three agencies": 3, "of their own": 3}


def article(n, lang, body):
    at = START + timedelta(hours=n)
    return Article(
        article_id=f"{n:032x}", url=f"https://paper{n}.example/train", source=Publisher(domain=f"paper{n}.example"),
        lang=lang, title="", body=body, published_at=at, fetched_at=at,
    )  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_an_agency_is_one_origin_in_all_languages(name):
    state, members = DedupeState(), []
    for n, (lang, body) in enumerate(TOLD[name]):
        state, verdict = dedupe(state, article(n, lang, body))
        assert isinstance(verdict.record, Original), body
        members.append(Member.of(read_article(verdict.record.article)[0]))
    first = members[0].mention
    incident = current(Open(opening(first, "i"), members), Change(kind="joined"), first.reported_at)
    assert incident.source_count == len(members)
    assert incident.origin_count == ORIGINS[name], {m.mention.url: m.mention.origin for m in members}

"""Search over ClickHouse: words, countries and types in any order, marks or none, on every engine that is supported."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.load.explain import explain
from connectors.load.migrate import migrations
from deploy.actions.archive import ClickHouseArchive
from deploy.actions.finding import finding, folded
from schemas.records import Place
from streams.console.archive import CannotSeek, Sought
from tests.connectors.load_rows import put
from tests.console.made import START, ident, incident, killed
from tests.integration.loading import EXAMPLES

pytestmark = pytest.mark.timeout(300)
TALCA = Place(name="Talca", country="CL", admin1="Maule", lat=-35.4, lon=-71.7, precision="city")
BOGOTA = Place(name="Bogotá", country="CO", admin1="Bogota D.C.", lat=4.6, lon=-74.1, precision="city")
SCRIPTS = "서울 ぶつかる เกิดแผ่นดินไหว οδός Взрывы"
QUAKE = incident(1, title="Strong shaking kills 24", place=TALCA)
BLAST = incident(
    2, title="Explosión en un café", family="explosions", subtype="suicide-bomb", place=BOGOTA, figures=(killed(3),),
    severity=3, claims=(), summary=("A man blew himself up beside the Fairmont hotel.", SCRIPTS), last_changed=START + timedelta(days=3),
)  # fmt: skip
OLD_STORY = incident(3, title="Chile remembers 1960", role="story", severity=0, figures=(), claims=(), place=None)
MERGED = incident(4, place=TALCA, merged_into=ident(1))
REPORT = replace(
    EXAMPLES["news.mention.v1"], mention_id=ident(50), document_id=ident(50), story_id=ident(50),
    title="Night of fear", passage="The wall of the Rafidiyah hospital fell.",
)  # fmt: skip
ALL = (replace(QUAKE, change=replace(QUAKE.change, mention_id=ident(50))), BLAST, OLD_STORY, MERGED, REPORT)


@pytest.fixture
def archive(store):
    explain(store)
    put(store, *ALL)
    return ClickHouseArchive(store)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "earthquakes in Chile"}, [1]),
        ({"q": "CHILE"}, [1]),
        ({"q": "Chile", "stories": "1"}, [1, 3]),
        ({"q": "suicide bombs"}, [2]),
        ({"q": "explosion bogota"}, [2]),
        ({"q": "Bogotá café"}, [2]),
        ({"q": "fairmont"}, [2]),
        ({"q": "rafidiyah hospital"}, [1]),
        ({"q": "Rafidiyah hospital in Chile"}, [1]),
        ({"q": "Rafidiyah hospital in Peru"}, []),
        ({"q": "uake"}, []),
        ({"q": "BOGOTÁ cafés"}, [2]),
        ({"q": "서울"}, [2]),
        ({"q": "ぶつ"}, [2]),
        ({"q": "แผ่นดินไหว"}, [2]),
        ({"q": "ΟΔΟΣ взрывы"}, [2]),
        ({"q": "maule"}, [1]),
        ({"country": "CO"}, [2]),
        ({"type": "explosions"}, [2]),
        ({"type": "disasters/earthquake"}, [1]),
        ({"type": "disasters/flood"}, []),
        ({"severity": "4"}, [1]),
        ({"least": "10"}, [1]),
        ({"what": "injured", "least": "1"}, []),
        ({"severity": "1", "hours": "24"}, [2]),
        ({"q": "it's \\ '; DROP"}, []),
        ({"q": "%"}, [2, 1]),
    ],
)
def test_a_search_finds(archive, query, found):
    got = archive.find(Sought.of(query), frozenset())
    assert ([i.incident_id for i in got.incidents], got.count) == ([ident(n) for n in found], len(found))


def test_what_the_board_holds_is_found_only_by_words_that_the_board_does_not_look_at(archive):
    held = frozenset((ident(1), ident(2)))
    for query, found in (("chile", []), ("earthquakes", []), ("rafidiyah", [1]), ("fairmont", [2])):
        assert [i.incident_id for i in archive.find(Sought(words=query), held).incidents] == [ident(n) for n in found]


def test_a_server_with_an_index_of_words_looks_them_up(store, archive):
    if store.version() < (26, 2):
        pytest.skip("this server has no index of words")
    sql = finding(Sought(words="rafidiyah"), START, START, has_words=True)
    chosen = sql.partition(" incident_id IN (")[2].partition(") ORDER BY")[0]
    plan = "\n".join(line for (line,) in store.query(f"EXPLAIN indexes = 1 {chosen}").rows)
    assert plan.count("Name: by_words") == 2  # of incidents and of reports
    assert [found for found, _ in store.query(sql).rows] == [ident(1)]


def test_the_server_folds_letters_as_we_do():
    (words,) = (m for m in migrations() if m.name == "0017_words")
    for letters, bare in re.findall(r"^    '(.+)',\n    '(.+)'$", words.text, re.MULTILINE):
        assert [*map(folded, letters)] == [*bare]
        assert {c for c in map(chr, range(0x41, 0x2000)) if len(folded(c)) == 1 and folded(c) != c} == {*letters}


def test_one_incident_comes_by_its_id(archive):
    assert archive.incident(ident(2)) == BLAST
    assert archive.incident(ident(77)) is None


@pytest.mark.parametrize("query", [{}, {"q": " "}, {"hours": "24"}, {"q": "x", "least": "many"}, {"severity": "-1"}])
def test_what_cannot_be_sought_is_refused(query):
    with pytest.raises(CannotSeek):
        Sought.of(query)

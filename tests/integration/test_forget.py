"""An article that is forgotten: its words are found nowhere, and the incident's figures are as they were."""

import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from connectors.sinks.embedded import EmbeddedStore
from deploy.actions import forget_topics as topics
from deploy.actions.compacted import latest
from deploy.actions.forgetting import forget
from deploy.demo.demo import drain
from schemas.errors import Stop
from schemas.identity import article_id
from schemas.records import Article, Publisher
from streams.domain.linking.state_codec import unpack
from tests.connectors.load_rows import put
from tests.integration.loading import EXAMPLES
from tests.integration.system import running
from tests.integration.test_pipeline import publish

pytestmark = pytest.mark.timeout(300)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URL = "https://herald.example.org/ferry-sinks-near-mombasa?utm_source=x"
TITLE = "Ferry sinks off Mombasa, 23 people killed"
BODY = (
    "MOMBASA, Kenya - A ferry sank off Mombasa on Thursday and 23 people were killed, the coast guard said. "
    "Warden Jemima Okwaro of the fishing village told us how she pulled her two neighbours from the water. "
    "Another 14 people were injured, hospital matron Fatuma Leleito said."
)
OTHER = (
    "MOMBASA, Kenya - Rescuers ended their search after a ferry went down near Mombasa on Thursday. "
    "The governor said that 25 people were killed. Ships had looked for survivors all night long."
)
WORDS = (
    "Jemima Okwaro",
    "Fatuma Leleito",
    "ferry-sinks-near-mombasa",
    TITLE,
    "sank off Mombasa",
    "14 people were injured",
)
FIGURES = "SELECT incident_id, figure_what, figure_low, figure_best, figure_high, figure_sources, severity FROM incident FINAL ORDER BY incident_id"


def article(url, title, body):
    return Article(
        article_id=article_id(url, title, body), url=url, canonical_url="", title=title, body=body, lang="en",
        source=Publisher(domain=url.split("/")[2]), published_at=NOW, fetched_at=NOW,
    )  # fmt: skip


def found_in(store, words):
    """Each column of text of each table that holds one of these words, as (table, column, word)."""
    columns = store.query(
        "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND type LIKE '%String%' "
        "AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')"
    ).rows
    assert len(columns) > 100
    hits = set()
    for table, column in columns:
        for word in words:
            quoted = word.replace("'", "\\'")
            text = f"toString({column})"
            if store.query(f"SELECT count() FROM {table} WHERE position({text}, '{quoted}') > 0").rows[0][0]:
                hits.add((table, column, word))
    return hits


def told(value):
    """A message's bytes with what is compressed in them, as text."""
    try:
        return value.decode("utf-8", "replace") + str(unpack(value))
    except (ValueError, zlib.error):
        return value.decode("utf-8", "replace")


def compacted(bootstrap):
    names = (*topics.RECORDS, topics.GONE, topics.LINK, topics.ALERTED)
    return {n: [told(value) for _, _, value in latest(bootstrap, n)] for n in names}


def hits_of(kept):
    return {(name, word) for name, values in kept.items() for value in values for word in WORDS if word in value}


def forgets(folder, kafka, before):
    """What is tried in a process of its own: one process holds one folder of the engine."""
    store = EmbeddedStore(folder)
    try:
        figures = store.query(FIGURES).rows
        assert any("killed" in row[1] for row in figures)
        tables = {table for table, _, _ in found_in(store, WORDS)}
        assert tables >= {"article", "original", "mention", "account", "incident", "incident_version", "alert"}

        preview = forget(store, kafka, URL, yes=False, batch_bytes=1)
        assert {table for table, _, _ in found_in(store, WORDS)} == tables
        assert hits_of(compacted(kafka)) == hits_of(before)

        done = forget(store, kafka, URL, yes=True, batch_bytes=1)
        assert done == preview
        assert set(done.deleted) >= tables
        assert found_in(store, WORDS) == set()
        assert hits_of(compacted(kafka)) == set()
        assert store.query(FIGURES).rows == figures
        assert found_in(store, ["search-ends"])  # the other article stays
        assert "\n".join(done.lines(done=True)).count("news.article.v1 7 days") == 1
        with pytest.raises(Stop):
            forget(store, kafka, "https://nowhere.example.org/", yes=True)
        assert found_in(store, WORDS) == set()
    finally:
        store.close()


def test_words_are_found_nowhere_and_figures_stay(tmp_path):
    with running("embedded", tmp_path, partitions=1) as system:
        publish(
            system,
            [
                article(URL, TITLE, BODY),
                article("https://post.example.net/search-ends", "Search ends after ferry disaster near Mombasa", OTHER),
            ],
        )
        drain(system.settings.kafka, watch=system.tree.watch)
        for part in system.tree.parts[2:]:
            part.stop()
        kafka = system.settings.kafka
        before = compacted(kafka)
        assert {name for name, _ in hits_of(before)} >= {
            "news.incident.v1",
            "news.alert.v1",
            topics.LINK,
            topics.ALERTED,
        }
        system.tree.parts[1].stop()  # the loader, whose engine is opened here
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            alone.submit(forgets, tmp_path / "clickhouse", kafka, before).result()


FIRST = "SELECT incident_id, publisher, domain, told_at FROM incident_first FINAL ORDER BY incident_id"
COUNTED = "SELECT sum(articles), sum(copies), sum(reports) FROM sources_daily"


def test_who_told_first_is_what_accounts_say_and_counts_are_without_the_article(store):
    """A publisher who is called as the article is titled leaves with the title, here as in its account."""
    told = EXAMPLES["news.mention.v1"]
    told = replace(told, role="main", source=replace(told.source, name=told.title), document_kind="article")
    opened = replace(EXAMPLES["news.incident.v1"].change, kind="opened", mention_id=told.mention_id)
    report = replace(EXAMPLES["news.article.v1"], article_id=told.document_id, url=told.url, title=told.title)
    put(store, report, told, replace(EXAMPLES["news.incident.v1"], change=opened, merged_into=None))
    ((incident, publisher, domain, at),) = store.query(FIRST).rows
    assert publisher == told.title
    assert store.query(COUNTED).rows == [(1, 0, 1)]
    forget(store, None, told.url, yes=True)
    assert store.query(FIRST).rows == [(incident, "", domain, at)]
    assert store.query("SELECT DISTINCT publisher FROM account").rows == [("",)]
    assert store.query(COUNTED).rows == [(0, 0, 1)]


def test_every_kind_of_server_forgets(store):
    put(store, *EXAMPLES.values())
    figures, mention = store.query(FIGURES).rows, EXAMPLES["news.mention.v1"]
    words = (mention.url, mention.title, mention.passage)
    assert {"article", "mention", "account", "incident"} <= {table for table, _, _ in found_in(store, words)}
    forget(store, None, mention.url, yes=True)
    assert found_in(store, words) == set()
    assert store.query(FIGURES).rows == figures

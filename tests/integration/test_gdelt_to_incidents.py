"""An update of GDELT to incidents: offline through the stages' own code, and as a connector through Kafka."""

import asyncio
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.ingest.publish import Publisher
from connectors.sources.article import build_article
from connectors.sources.gdelt_updates import read_update
from deploy.actions.connecting import run_connector
from deploy.actions.tail import follow
from deploy.demo.demo import drain
from schemas.codec import Codec
from schemas.records import FeedEvent, Incident
from schemas.topics import INCIDENT, MENTION
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article
from streams.domain.mentions.read_feed_event import read_feed_event
from tests.integration.system import running

sys.path.append(str(Path(__file__).parents[1] / "connectors"))
from badsite import Site, serve
from gdelt_site import STAMP, publish, sample, zipped

NOW = datetime(2024, 1, 5, 10, 20, tzinfo=UTC)
STRIKE = """At least two people were killed and 11 injured when a Russian missile hit a residential building in Kharkiv on Thursday, \
the regional governor said. Rescuers were searching the rubble of the building in the city centre."""


def articles():
    """The article that GDELT coded, a second one of the same strike, and one of something else."""
    yield build_article(
        url="https://news.example.com/world/kharkiv-strike", title="Russian missile strike on Kharkiv kills two — governor",
        body=STRIKE, published=NOW - timedelta(minutes=30), fetched_at=NOW,
    )  # fmt: skip
    yield build_article(
        url="https://other.example/kharkiv", title="Two dead as missile hits Kharkiv building",
        body="KHARKIV - A Russian missile strike on Kharkiv killed two people and injured 11 on Thursday, the governor said.",
        published=NOW - timedelta(minutes=20), fetched_at=NOW,
    )  # fmt: skip
    yield build_article(
        url="https://other.example/ferry", title="Ferry sinks off Luzon, four dead",
        body="MANILA - Four people died when a ferry capsized off Luzon in the Philippines on Thursday, the coast guard said.",
        published=NOW - timedelta(minutes=10), fetched_at=NOW,
    )  # fmt: skip


def events():
    tables = {name: zipped(name, sample(name)) for name in ("export", "mentions", "gkg")}
    return [e for e in read_update(tables, feed="gdelt", fetched_at=NOW) if isinstance(e, FeedEvent)]


def linked(*mentions):
    """Newest state of each incident, by the document that tells of it."""
    state, newest, homes = LinkState(), {}, {}
    for mention in mentions:
        state, answer = link(state, mention)
        incidents = [o for o in answer.outputs if isinstance(o, Incident)]
        newest |= {i.incident_id: i for i in incidents}
        homes[mention.document_id] = state.home[mention.mention_id]
    return {document: newest[home] for document, home in homes.items()}


@pytest.mark.parametrize("events_first", [True, False])
def test_an_update_becomes_incidents_and_meets_its_articles(events_first):
    coded, told = events(), list(articles())
    mentions = [m for e in coded for m in read_feed_event(e)]
    news = [next(m for m in read_article(a) if m.role == "main") for a in told]
    found = linked(*mentions, *news) if events_first else linked(*news, *mentions)
    strike, walkout, blast = (found[e.event_id] for e in coded)
    assert (strike.family, strike.subtype, strike.place.country) in {
        ("explosions", "air-drone-strike", "UA"), ("explosions", "shelling-missile", "UA"),
    }  # fmt: skip
    assert (walkout.family, walkout.subtype, walkout.place.country) == ("protests", "strike", "NG")
    assert (blast.family, blast.subtype, blast.place.country) == ("explosions", "suicide-bomb", "AF")
    first, second, ferry = (found[a.article_id] for a in told)
    assert strike.incident_id == first.incident_id == second.incident_id
    assert ferry.incident_id not in {strike.incident_id, walkout.incident_id, blast.incident_id}
    assert strike.origin_count == 2  # the site that GDELT read is the article's own
    assert {c.best for f in [strike] for c in f.figures if c.what == "killed"} == {2}


def test_the_connector_through_kafka(tmp_path):
    with running("embedded", tmp_path) as system:
        settings = system.settings.model_copy(update={"allow_hosts": "127.0.0.0/8"})

        async def connect():
            async with serve(Site()) as site:
                publish(site)
                where = [site["/gdeltv2/lastupdate.txt"]]
                options = {"every": 0.0, "afresh": False, "stop": threading.Event(), "tell": print}
                first = await asyncio.to_thread(run_connector, settings, "gdelt", where, **options)
                again = await asyncio.to_thread(run_connector, settings, "gdelt", where, **options)
                asked = [r.path for r in site.asked]
            return first, again, asked

        first, again, asked = asyncio.run(connect())
        assert (first, again) == (3, 0)
        assert (
            sum(STAMP in path for path in asked) == 3
        )  # each table once: the second run goes on from the stored position
        with Publisher(settings.kafka, Codec(), batch_bytes=settings.batch_bytes) as publisher:
            for article in articles():
                publisher.publish(article)
        drain(settings.kafka, watch=system.tree.watch)
        mentions = [r.record for r in follow(settings.kafka, MENTION.name, from_start=True, until_end=True)]
        assert {m.document_id for m in mentions if m.document_kind == "event"} == {e.event_id for e in events()}
        newest = {}
        for read in follow(settings.kafka, INCIDENT.name, from_start=True, until_end=True):
            newest[read.record.incident_id] = read.record
        strikes = [i for i in newest.values() if i.place and i.place.country == "UA" and not i.merged_into]
        assert len(strikes) == 1
        assert strikes[0].mention_count >= 3
        assert {(i.family, i.subtype) for i in newest.values()} >= {
            ("protests", "strike"),
            ("explosions", "suicide-bomb"),
        }
        rows = system.query("SELECT count() FROM feed_event_current WHERE kind LIKE 'cameo:%'")
        assert rows == [(3,)]

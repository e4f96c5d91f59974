"""The bundled sample through the whole flow: nothing lost or doubled between topics and tables, nor by kill -9."""

import threading
import time

import pytest

from connectors.ingest.publish import Publisher
from deploy.actions.tail import follow
from deploy.demo.counts import differences, table_counts, topic_counts
from deploy.demo.demo import drain
from deploy.demo.expected import compare
from deploy.demo.manifest import read_manifest
from deploy.demo.outcome import read_records
from deploy.demo.replay import sample_records
from schemas.codec import Codec, to_json
from schemas.keys import key_of
from schemas.records import Article, FeedEvent, Incident, Original
from schemas.topics import INCIDENT, MENTION
from streams.decisions import partition
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.read_article import read_article
from streams.domain.mentions.read_feed_event import read_feed_event
from tests.integration.system import eventually, running

pytestmark = pytest.mark.timeout(420)


def publish(system, records, *, pause=0.0, first=None):
    with Publisher(system.settings.kafka, Codec(), batch_bytes=system.settings.batch_bytes) as publisher:
        for sent, record in enumerate(records, 1):
            publisher.publish(record)
            publisher.flush()
            if first and sent == first[0]:
                first[1].set()
            time.sleep(pause)


def records(system, topic):
    """What a topic holds; in order when it has one partition."""
    return [read.record for read in follow(system.settings.kafka, topic.name, from_start=True, until_end=True)]


def newest(incidents):
    """Every incident's last state."""
    found = {}
    for i in incidents:
        if i.incident_id not in found or i.version >= found[i.incident_id].version:
            found[i.incident_id] = i
    return found


def newest_incidents(system):
    """Every incident's last state as the topic holds it."""
    return newest(records(system, INCIDENT))


def test_tables_hold_what_the_topics_hold(parts, tmp_path, now):
    with running(parts, tmp_path) as system:
        publish(system, sample_records(now))
        drain(system.settings.kafka, watch=system.tree.watch)
        topics = topic_counts(system.settings.kafka)
        with system.reader() as reader:
            assert differences(topics, table_counts(reader)) == {}
        articles = [r for r in sample_records(now) if isinstance(r, Article)]
        assert topics["news.article.v1"].records == len({a.article_id for a in articles})
        assert topics["news.original.v1"].records + topics["news.copy.v1"].records >= len(articles)
        assert topics["news.quarantine.v1"].records == 0
        assert topics["news.alert.v1"].records >= 10
        found = compare(read_records(system.settings.kafka), read_manifest())
        assert found["copies_found"] >= 10
        assert found["alerts_raised"] >= 12


def mentions_expected(published, partitions):
    """Ids of the mentions that the records lead to when each partition dedupes alone."""
    states, ids = [DedupeState() for _ in range(partitions)], set()
    for record in published:
        if isinstance(record, FeedEvent):
            ids |= {m.mention_id for m in read_feed_event(record)}
            continue
        _, verdict = dedupe(states[partition(key_of(record).decode(), partitions)], record)
        originals = [r for r in verdict.records if isinstance(r, Original)]
        ids |= {m.mention_id for o in originals for m in read_article(o.article, story_id=o.story_id)}
    return ids


def linked_in_order(mentions):
    """Incidents that the mentions lead to, in the order in which the topic holds them."""
    state, incidents = LinkState(), []
    for mention in mentions:
        state, linked = link(state, mention)
        incidents += [r for r in linked.outputs if isinstance(r, Incident)]
    return newest(incidents)


def essence(incidents):
    """What must be the same."""
    return {
        key: (i.version, i.mention_count, i.article_count, i.origin_count, to_json(i.figures), i.status, i.merged_into)
        for key, i in incidents.items()
    }


def kill_every_worker(system):
    """kill -9 of all stages and the loader while articles come in; then start them again."""
    killed = [p for p in system.tree.parts if p.name.startswith(("worker", "loader"))]
    for part in killed:
        part.kill()
    for part in killed:
        part.start()
    for part in killed:
        part.wait_ready()


def test_kill_9_in_mid_replay_changes_nothing(real_kafka_here, real_clickhouse_here, tmp_path, now):
    """Stages of four partitions take up their work in an order of their own; what linking then reads is in one order."""
    published, middle = list(sample_records(now)), threading.Event()
    with running("real", tmp_path, partitions=4, dedupe_partitions=4, link_partitions=1) as system:
        thread = threading.Thread(
            target=publish, args=(system, published), kwargs={"pause": 0.05, "first": (30, middle)}
        )
        thread.start()
        middle.wait(60)
        kill_every_worker(system)
        thread.join()
        drain(system.settings.kafka, seconds=120, watch=system.tree.watch)
        topics = topic_counts(system.settings.kafka)
        with system.reader() as reader:
            assert differences(topics, table_counts(reader)) == {}
        mentions, incidents = records(system, MENTION), newest_incidents(system)
    assert {m.mention_id for m in mentions} == mentions_expected(published, 4)
    assert len(incidents) > 50
    assert essence(incidents) == essence(linked_in_order(mentions))


def test_a_dead_part_is_started_again(tmp_path):
    with running("embedded", tmp_path) as system:
        worker = system.part("worker alert")
        first = worker.pid
        worker.kill()
        noticed = []

        def back():
            noticed.extend(system.tree.watch())
            return worker.running

        eventually(back, seconds=30, what="the alert worker runs again")
        assert worker.pid != first
        assert any("worker alert has died" in line for line in noticed)

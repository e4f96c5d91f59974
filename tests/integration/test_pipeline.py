"""The bundled sample through the whole flow: nothing lost or doubled between topics and tables, nor by kill -9."""

import threading
import time

import pytest

from connectors.publish import Publisher
from deploy.counts import differences, table_counts, topic_counts
from deploy.demo import drain
from deploy.expected import compare, read_manifest
from deploy.outcome import read_records
from deploy.replay import sample_records
from deploy.tail import follow
from schemas.codec import Codec, to_json
from schemas.records import Article
from schemas.topics import INCIDENT
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


def newest_incidents(system):
    """Every incident's last state as the topic holds it."""
    newest = {}
    for read in follow(system.settings.kafka, INCIDENT.name, from_start=True, until_end=True):
        known = newest.get(read.record.incident_id)
        if known is None or read.record.version >= known.version:
            newest[read.record.incident_id] = read.record
    return newest


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


def in_order(system, now, *, disturb=None):
    """Articles, then events: with one partition the order of everything is then fixed, and so are the ids."""
    articles = [r for r in sample_records(now) if isinstance(r, Article)]
    events = [r for r in sample_records(now) if not isinstance(r, Article)]
    middle = threading.Event()
    thread = threading.Thread(target=publish, args=(system, articles), kwargs={"pause": 0.05, "first": (30, middle)})
    thread.start()
    middle.wait(60)
    if disturb:
        disturb(system)
    thread.join()
    drain(system.settings.kafka, seconds=120, watch=system.tree.watch)
    publish(system, events)
    drain(system.settings.kafka, seconds=120, watch=system.tree.watch)
    return {
        key: (i.version, i.mention_count, i.article_count, i.origin_count, to_json(i.figures), i.status, i.merged_into)
        for key, i in newest_incidents(system).items()
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
    with running("real", tmp_path / "undisturbed", partitions=1) as system:
        undisturbed = in_order(system, now)
    with running("real", tmp_path / "killed", partitions=1) as system:
        killed = in_order(system, now, disturb=kill_every_worker)
        topics = topic_counts(system.settings.kafka)
        with system.reader() as reader:
            assert differences(topics, table_counts(reader)) == {}
    assert len(undisturbed) > 50
    assert killed == undisturbed


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

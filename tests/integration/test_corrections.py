"""A person's correction on real wires: in the topic, in ClickHouse, on the console's feed, and after a restart."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from deploy.actions.correct import send, undo
from deploy.demo.counts import differences, table_counts, topic_counts
from deploy.demo.demo import drain
from deploy.demo.replay import sample_records
from schemas.records import Article
from streams.decisions import Decision
from tests.integration.system import eventually, running
from tests.integration.test_pipeline import newest_incidents, publish

pytestmark = pytest.mark.timeout(420)


@pytest.mark.once
def test_a_merge_wins_survives_a_kill_and_can_be_taken_back(parts, tmp_path, now):
    articles = [r for r in sample_records(now) if isinstance(r, Article)][:14]
    with running(parts, tmp_path, dedupe_partitions=4, link_partitions=4) as system:
        publish(system, articles)
        drain(system.settings.kafka, watch=system.tree.watch)
        loud = [i for i in newest_incidents(system).values() if i.role == "main" and i.status != "closed"]
        loud.sort(key=lambda i: (i.block, i.first_seen))
        one, other = next((a, b) for a, b in pairwise(loud) if a.block == b.block != "unlocated")
        at = datetime.now(UTC).replace(microsecond=0)
        done = send(
            system.settings,
            Decision("merge", one.incident_id[:8], other.incident_id[:8]),
            author="ann",
            reason="one fire",
            at=at,
        )

        def state():
            newest = newest_incidents(system)
            return newest[one.incident_id], newest[other.incident_id]

        eventually(lambda: state()[0].merged_into == other.incident_id, seconds=60, what="the merge is in the topic")
        assert state()[0].change.text == "ann: one fire"
        assert state()[1].mention_count == one.mention_count + other.mention_count
        worker = system.part("worker link")
        worker.kill()
        worker.start()
        worker.wait_ready()
        undo(system.settings, done.correction_id[:8], author="bob", reason="", at=at.replace(year=at.year + 1))
        eventually(lambda: state()[0].merged_into is None, seconds=90, what="the merge is taken back")
        counts = [one.mention_count, other.mention_count]  # each mention moves with a version of its own
        eventually(lambda: [i.mention_count for i in state()] == counts, seconds=30, what="all mentions are back")
        drain(system.settings.kafka, watch=system.tree.watch)
        with system.reader() as reader:
            assert differences(topic_counts(system.settings.kafka), table_counts(reader)) == {}
        told = system.query(
            f"SELECT action, author FROM correction_current WHERE correction_id = '{done.correction_id}'"
        )
        assert [tuple(map(str, row)) for row in told] == [("merge", "ann")]
        versions = system.query(
            f"SELECT change_text FROM incident_version_current WHERE incident_id = '{one.incident_id}'"
        )
        assert "ann: one fire" in {str(text) for (text,) in versions}

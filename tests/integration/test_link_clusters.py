"""Incidents in ClickHouse hold the mentions that the same code gives them without services."""

from collections import defaultdict

import pytest

from deploy.demo.demo import drain
from deploy.demo.outcome import run_stages
from deploy.demo.replay import sample_records
from schemas.records import Article
from streams.domain.linking.incident import REPORTING_ROLES
from streams.evaluate.link import IncidentLookup
from tests.integration.system import running
from tests.integration.test_pipeline import publish

pytestmark = pytest.mark.timeout(420)


def grouped(homes):
    members = defaultdict(set)
    for mention_id, incident_id in homes.items():
        members[incident_id].add(mention_id)
    return {frozenset(m) for m in members.values()}


@pytest.mark.once
def test_clusters_in_clickhouse_are_those_of_the_domain_code(parts, tmp_path, now):
    articles = [r for r in sample_records(now) if isinstance(r, Article)]
    offline, where = run_stages(articles), IncidentLookup()
    for incident in offline.incidents:
        where.see(incident)
    expected = {m.mention_id: where.incident(m.mention_id) for m in offline.mentions if m.role in REPORTING_ROLES}
    with running(parts, tmp_path, partitions=1) as system:
        publish(system, articles)
        drain(system.settings.kafka, watch=system.tree.watch)
        stored = {str(m): str(i) for m, i in system.query("SELECT mention_id, incident_id FROM incident_mention")}
    assert len(expected) > 50
    assert grouped({m: stored.get(m, m) for m in expected}) == grouped(expected)

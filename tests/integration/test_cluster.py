"""Two shards with two replicas of the server that runs here: a replica is lost, the rest goes on, and it catches up."""

from contextlib import ExitStack

import pytest

from connectors.load.explain import explain
from connectors.load.migrate import migrate, migrations
from connectors.sinks.cluster import clustered
from connectors.sinks.open import open_reader, open_store
from deploy.actions.cookbook import recipes
from deploy.local import zookeeper as zk
from deploy.local.clickhouse_cluster import Place, server
from deploy.supervise.ports import free_ports
from tests.connectors.load_rows import put
from tests.console.made import ident, incident, killed
from tests.integration.conftest import need
from tests.integration.loading import EXAMPLES
from tests.integration.system import eventually

pytestmark = pytest.mark.timeout(580)
NAME = "tocsin"


@pytest.fixture(scope="module")
def cluster(real_clickhouse_here, tmp_path_factory, request):
    """Servers by place, and a way to open one."""
    need(zk.missing(), request.config)
    folder = tmp_path_factory.mktemp("cluster")
    (keeper,) = free_ports(1)
    ports = iter(free_ports(12))
    places = [Place(s, r, next(ports), next(ports), next(ports)) for s in (1, 2) for r in (1, 2)]
    with ExitStack() as stack:
        stack.enter_context(zk.zookeeper(folder / "zookeeper", port=keeper))
        servers = {
            (p.shard, p.replica): server(folder / f"{p.shard}-{p.replica}", NAME, p, places, zookeeper_port=keeper)
            for p in places
        }
        for child in servers.values():
            stack.enter_context(child)

        def opened(shard, replica, opener=open_reader):
            (port,) = [p.port for p in places if (p.shard, p.replica) == (shard, replica)]
            store = opener(f"clickhouse://default@127.0.0.1:{port}/news?cluster={NAME}")
            stack.callback(store.close)
            return store

        yield servers, opened


def counts(store):
    return {
        table: store.query(f"SELECT count() FROM {table}").rows[0][0]
        for table in ("incidents", "incident_mention", "claims", "claim_history", "incident_version_current")
    }


def incidents(first, number):
    """Incidents, each with a mention that opened it."""
    for n in range(first, first + number):
        said = EXAMPLES["news.mention.v1"]
        mention = type(said)(
            **{**{f: getattr(said, f) for f in said.__slots__}, "mention_id": ident(n), "story_id": ident(n)}
        )
        change = type(EXAMPLES["news.incident.v1"].change)(kind="opened", mention_id=ident(n))
        yield mention
        yield incident(n, 1, change=change, figures=(killed(n),))


def test_a_lost_replica_costs_nothing_and_catches_up(cluster):
    servers, opened = cluster
    ours = opened(1, 1, open_store)
    assert migrate(ours).applied == tuple(m.name for m in migrations() if ours.version() >= m.requires)
    assert migrate(ours).applied == ()
    assert explain(ours) > 1000
    assert explain(ours) == 0
    put(ours, *incidents(1, 40))
    whole = counts(ours)
    assert whole["incidents"] == whole["incident_mention"] == 40
    for shard in (1, 2):  # both shards have a part, and neither has all
        held = opened(shard, 1).query("SELECT count() FROM incident_local").rows[0][0]
        assert 0 < held < 40
    servers[2, 2].kill()
    put(ours, *incidents(41, 20))
    assert counts(ours)["incidents"] == counts(ours)["incident_mention"] == 60
    for each in ("hourly", "daily"):
        assert ours.query(f"SELECT sum(reports), sum(incidents) FROM types_{each}").rows == [(60, 60)]
    servers[2, 2].restart()
    late = opened(2, 2)
    here = "SELECT count(), sum(cityHash64(incident_id, version)) FROM (SELECT * FROM incident_local FINAL)"
    eventually(lambda: late.query(here).rows == opened(2, 1).query(here).rows, seconds=60, what="the replica caught up")
    assert counts(late) == counts(ours)
    for recipe in recipes().values():
        ours.query(recipe.fill({}))


def test_statements_are_rewritten_for_every_server():
    table = next(s for s in migrations()[0].statements() if "CREATE TABLE IF NOT EXISTS incident_version" in s)
    local, spread = clustered(table, "c", "d")
    assert "`d`.incident_version_local ON CLUSTER `c`" in local
    assert (
        "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/d/incident_version', '{replica}', produced_ms)"
        in local
    )
    assert local.endswith("ORDER BY (incident_id, version)")
    assert spread.endswith("Distributed(`c`, `d`, incident_version_local, cityHash64(incident_id))")
    for migration in migrations():
        for statement in migration.statements():
            rewritten = clustered(statement, "c", "d")
            is_ddl = not statement.split("\n")[-1].startswith("INSERT") and "INSERT INTO" not in statement
            assert all("ON CLUSTER `c`" in s for s in rewritten) == is_ddl, statement

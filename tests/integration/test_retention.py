"""Retention by a setting: which rows and messages go, and that younger ones stay."""

import time

import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from connectors.kafka.clients import KafkaAdminClient, KafkaConsumer, KafkaProducer
from connectors.load.retention import OF_ARTICLES, OF_INCIDENTS, Kept, Retention
from connectors.sinks.contract import StoreAway, Table
from deploy.actions.doctor import examine
from deploy.actions.setup import create_topics
from deploy.actions.topic_settings import topic_configs
from deploy.local.kafka import kafka as real_kafka
from deploy.supervise.ports import free_ports
from schemas.errors import Stop
from schemas.topics import ALERT, ARTICLE, CORRECTION, DAY_MS, INCIDENT, QUARANTINE
from streams.settings import Settings, load_settings
from tests.connectors.load_rows import put
from tests.integration.loading import EXAMPLES
from tests.integration.system import eventually

pytestmark = pytest.mark.timeout(300)
NOW = time.time_ns() // 1_000_000
KEPT_FOR_GOOD = {"correction", "alert_rule", "feed"}  # decisions of people, rules, and how each feed does now


def rows(store):
    """Rows of each table that examples are in."""
    tables = OF_ARTICLES.keys() | OF_INCIDENTS.keys() | KEPT_FOR_GOOD
    return {name: store.query(f"SELECT count() FROM {name}").rows[0][0] for name in tables}


def fill(store, days_ago):
    put(store, *EXAMPLES.values(), produced_ms=NOW - days_ago * DAY_MS)


def expired(store, kept):
    """The rows that stay, once the server has carried out what the loader asks."""
    Retention(store, kept).expire(NOW)
    left = "SELECT count() FROM system.mutations WHERE is_done = 0 AND database = currentDatabase()"
    eventually(lambda: store.query(left).rows == [(0,)], seconds=60, what="all rows are deleted")
    return {name for name, count in rows(store).items() if count}


def test_rows_go_when_their_setting_says_and_others_stay(store):
    fill(store, days_ago=40)
    everything = {name for name, count in rows(store).items() if count}
    assert everything > KEPT_FOR_GOOD
    assert expired(store, Kept()) == everything
    assert expired(store, Kept(article_days=41, incident_days=41)) == everything
    tallies = {f"{of}_tally_{each}" for of in ("article", "incident") for each in ("hour", "day")}
    worked_out = {"account", "account_home", "incident_first"} | tallies  # today, by the clock of this machine
    assert expired(store, Kept(article_days=30)) == everything - OF_ARTICLES.keys() | worked_out
    assert expired(store, Kept(article_days=30, incident_days=30)) == KEPT_FOR_GOOD | worked_out & everything


def test_every_table_has_its_place(store):
    """A table that is made later must say how long its rows stay."""
    named = "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    internal = {"applied_migration", "codebook", "merged_before"}
    tables = {name for (name,) in store.query(named).rows}
    assert tables - KEPT_FOR_GOOD - internal == OF_ARTICLES.keys() | OF_INCIDENTS.keys()


def test_what_came_again_lately_stays(store):
    fill(store, days_ago=40)
    before = store.query("SELECT title FROM incidents").rows
    fill(store, days_ago=1)
    kept = expired(store, Kept(article_days=30, incident_days=30))
    assert {"article", "mention", "incident", "alert"} <= kept
    assert store.query("SELECT title FROM incidents").rows == before
    assert store.query("SELECT count() FROM claims").rows[0][0] > 0


def test_accounts_go_as_long_after_they_were_worked_out(store):
    fill(store, days_ago=40)
    written = store.query("SELECT max(written_us) FROM account").rows[0][0] // 1000
    later = written + 32 * DAY_MS
    Retention(Saying(store, later), Kept(article_days=30)).expire(later)
    eventually(lambda: rows(store)["account"] == 0, seconds=60, what="accounts are deleted")


class Saying:
    """A store whose clock says this."""

    def __init__(self, store, now_ms):
        self.now_ms, self.execute = now_ms, store.execute

    def query(self, statement):
        assert "now()" in statement
        return Table(("now",), [(self.now_ms // 1000,)])


def test_a_clock_that_is_a_year_ahead_deletes_nothing_that_is_young(store, caplog):
    fill(store, days_ago=1)
    before = rows(store)
    retention = Retention(store, Kept(article_days=30, incident_days=30))
    retention.expire(NOW + 365 * DAY_MS)
    assert "ours is 36" in caplog.text
    assert retention.expire(NOW + 365 * DAY_MS + 1000) == ()
    left = "SELECT count() FROM system.mutations WHERE is_done = 0 AND database = currentDatabase()"
    eventually(lambda: store.query(left).rows == [(0,)], seconds=60, what="what was asked for is done")
    assert rows(store) == before


class Unsteady:
    """A store that is away at first, and counts what it is asked."""

    def __init__(self):
        self.away, self.asked = True, []

    def query(self, _):
        if self.away:
            raise StoreAway("not now")
        return Table(("now",), [(NOW // 1000 + 10**6,)])

    def execute(self, statement):
        if self.away:
            raise StoreAway("not now")
        self.asked.append(statement)


def test_a_store_that_is_away_is_asked_again_and_one_that_did_it_is_not():
    store = Unsteady()
    retention = Retention(store, Kept(article_days=1))
    assert retention.expire(NOW) == ()
    store.away = False
    assert retention.expire(NOW + 1_000) == ()
    assert set(retention.expire(NOW + 61_000)) == OF_ARTICLES.keys()
    assert retention.expire(NOW + 62_000) == ()
    assert set(retention.expire(NOW + DAY_MS + 62_000)) == OF_ARTICLES.keys()
    assert len(store.asked) == 2 * len(OF_ARTICLES)


@pytest.fixture
def hurried(real_kafka_here, tmp_path):
    """A broker that looks every second for what is too old."""
    port, controller = free_ports(2)
    often = {"log.retention.check.interval.ms": 1000, "log.cleaner.backoff.ms": 1000, "log.segment.delete.delay.ms": 1}
    more = often | {"log.initial.task.delay.ms": 1000}
    with real_kafka(tmp_path / "kafka", port=port, controller_port=controller, more=more):
        yield f"127.0.0.1:{port}"


def first_kept(bootstrap, topic):
    place = TopicPartition(topic, 0)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    try:
        return consumer.beginning_offsets([place])[place]
    finally:
        consumer.close()


def test_a_broker_deletes_what_is_older_than_set(hurried):
    """Half a minute stands for the days; people's decisions have no such setting."""
    brief = 30 / 86_400
    settings = Settings(kafka=hurried, partitions=1, topic_days=brief, article_days=brief, incident_days=brief)
    create_topics(settings)
    producer = KafkaProducer(bootstrap_servers=hurried)
    names = (ARTICLE.name, INCIDENT.name, CORRECTION.name, QUARANTINE.name)

    def write(key):
        for name in names:
            producer.send(name, key=key, value=b"x", partition=0).get(30)

    for number in range(3):
        write(str(number).encode())

    def gone():
        write(str(time.monotonic_ns()).encode())  # a broker closes a segment when the next message comes
        return all(first_kept(hurried, name) >= 3 for name in names[:2])

    eventually(gone, seconds=150, what="articles and incidents are deleted")
    producer.close()
    assert [first_kept(hurried, name) for name in names[2:]] == [0, 0]


def test_setup_changes_what_topics_keep_only_where_somebody_set_it(hurried):
    create_topics(Settings(kafka=hurried, partitions=1))

    def found(name):
        admin = KafkaAdminClient(bootstrap_servers=hurried)
        try:
            told = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all")
            return {k: told["topic"][name][k]["value"] for k in ("cleanup.policy", "retention.ms")}
        finally:
            admin.close()

    assert found(ARTICLE.name) == {"cleanup.policy": "delete", "retention.ms": str(7 * DAY_MS)}
    longer = Settings(kafka=hurried, partitions=1, topic_days=14, article_days=90, incident_days=365)
    told = [f for f in examine(longer) if f.what == "topic settings"]
    assert {f.cure for f in told} == {"tocsin setup"}
    assert {ARTICLE.name, INCIDENT.name} <= {f.found.split()[0] for f in told}
    assert INCIDENT.name in create_topics(longer).kept_anew
    assert create_topics(longer).kept_anew == ()
    assert [f for f in examine(longer) if f.what == "topic settings"] == []
    assert found(ARTICLE.name)["retention.ms"] == str(14 * DAY_MS)
    assert found(ALERT.name) == {"cleanup.policy": "compact,delete", "retention.ms": str(365 * DAY_MS)}
    assert create_topics(Settings(kafka=hurried, partitions=1)).kept_anew == ()  # nobody says anything
    assert found(ARTICLE.name)["retention.ms"] == str(14 * DAY_MS)
    create_topics(Settings(kafka=hurried, partitions=1, incident_days=0))
    assert found(ALERT.name)["cleanup.policy"] == "compact"


def test_topics_of_peoples_decisions_and_of_state_are_never_deleted():
    configs = topic_configs(Settings(topic_days=1, quarantine_days=1, article_days=1, incident_days=1))
    stay = {n for n, c in configs.items() if c["cleanup.policy"] == "compact"}
    assert {CORRECTION.name, "news.rule.v1", "news.feed.v1", "tocsin-positions", "tocsin-link-state-changelog"} <= stay


@pytest.mark.parametrize("days", [{"incident_days": 30}, {"incident_days": 30, "article_days": 31}])
def test_incidents_do_not_go_before_their_articles(days):
    with pytest.raises(Stop, match="incident_days needs article_days"):
        load_settings(**days)

"""Locks on real parts: TLS and SASL of Kafka, TLS of ClickHouse, users with few rights, and secrets that stay secret."""

import itertools
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import httpx
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from connectors.ingest.publish import Publisher
from connectors.load.migrate import migrate
from connectors.sinks.contract import QueryRefused, StoreAway, StoreError
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.native import NativeStore
from deploy.actions.setup import connect, create_topics
from deploy.actions.tail import follow
from deploy.demo.replay import sample_records
from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.supervise.ports import free_ports, listening
from deploy.supervise.tree import tocsin_child, workers
from schemas.codec import Codec
from schemas.errors import Stop
from schemas.records import Article
from schemas.topics import COPY, ORIGINAL
from streams.settings import Settings
from tests.connectors.hostile import SOURCES, Traps
from tests.connectors.load_rows import put
from tests.integration.loading import EXAMPLES
from tests.integration.system import eventually

pytestmark = pytest.mark.timeout(300)
USERS = Path(__file__).parents[2] / "deploy" / "clickhouse"
PASSWORD = "an-open-secret"


@pytest.fixture
def certificates(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = authority.issue_cert("127.0.0.1", "localhost")
    server.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
    server.private_key_pem.write_to_path(str(tmp_path / "server.key"))
    server.cert_chain_pems[0].write_to_path(str(tmp_path / "server.crt"))
    return tmp_path


MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@pytest.fixture
def locked(real_kafka_here, certificates, tmp_path):
    """The address of a broker that asks for TLS and a password, for a mechanism and a password."""
    plain, locked, controller = free_ports(3)
    login = "org.apache.kafka.common.security"
    more = {
        "listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOCKED:SASL_SSL",
        "listener.name.locked.ssl.keystore.type": "PEM",
        "listener.name.locked.ssl.keystore.location": certificates / "server.pem",
        "listener.name.locked.sasl.enabled.mechanisms": ",".join(MECHANISMS),
        "listener.name.locked.plain.sasl.jaas.config": (
            f'{login}.plain.PlainLoginModule required user_tocsin="{PASSWORD}";'
        ),
        "listener.name.locked.scram-sha-256.sasl.jaas.config": f"{login}.scram.ScramLoginModule required;",
        "listener.name.locked.scram-sha-512.sasl.jaas.config": f"{login}.scram.ScramLoginModule required;",
    }
    as_pkcs8(certificates / "server.pem")
    users = {"tocsin": PASSWORD}
    with kafka(tmp_path / "kafka", port=plain, controller_port=controller, more=more, scram=users):
        where = f"127.0.0.1:{locked}?ca={certificates / 'ca.pem'}"
        yield lambda mechanism, password: f"sasl_ssl://tocsin:{password}@{where}&mechanism={mechanism}"


def test_articles_pass_a_stage_over_sasl_and_tls(locked, tmp_path, now):
    """With each mechanism in turn: kafka-python sends and reads, aiokafka works between them."""
    articles = [r for r in sample_records(now) if isinstance(r, Article)]
    for number, mechanism in enumerate(MECHANISMS, 1):
        folder = tmp_path / mechanism
        settings = Settings(kafka=locked(mechanism, PASSWORD), data_dir=folder, partitions=1)
        create_topics(settings)
        (worker,) = workers(settings, ("dedupe",))
        with worker:
            with Publisher(settings.kafka, Codec()) as publisher:
                publisher.publish(articles[number])
            eventually(
                lambda settings=settings, number=number: _verdicts(settings) >= number,
                seconds=120, what=f"an article passes with {mechanism}",
            )  # fmt: skip
        assert PASSWORD not in worker.log.read_text()


def _verdicts(settings):
    topics = (ORIGINAL.name, COPY.name)
    return sum(len(list(follow(settings.kafka, topic, from_start=True, until_end=True))) for topic in topics)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_password_is_refused_and_not_told(locked, mechanism):
    with pytest.raises(Stop) as refused:
        connect(locked(mechanism, f"not-{PASSWORD}"), patience=1)
    assert PASSWORD not in str(refused.value)
    assert "user and password" in str(refused.value)


def as_pkcs8(path):
    """Kafka reads keys in PKCS 8 only."""
    text = path.read_bytes()
    key = serialization.load_pem_private_key(text, None)
    chain = text[text.index(b"-----BEGIN CERTIFICATE") :]
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem + chain)


@pytest.fixture
def guarded(real_clickhouse_here, certificates, tmp_path, monkeypatch):
    """A ClickHouse with our users and a TLS port; addresses by user, `tls` for the loader over TLS."""
    monkeypatch.setenv("TOCSIN_LOADER_PASSWORD", PASSWORD)
    monkeypatch.setenv("TOCSIN_ANALYST_PASSWORD", PASSWORD)
    port, http, secure = free_ports(3)
    data = tmp_path / "clickhouse"
    server = clickhouse(data, port=port, http_port=http)
    (data / "users.d").mkdir()
    (data / "users.d" / "tocsin.xml").write_text(_with_short_limits((USERS / "users.xml").read_text()))
    (data / "config.d").mkdir()
    (data / "config.d" / "tls.xml").write_text(
        f"<yandex><tcp_port_secure>{secure}</tcp_port_secure><openSSL><server>"
        f"<certificateFile>{certificates / 'server.crt'}</certificateFile>"
        f"<privateKeyFile>{certificates / 'server.key'}</privateKeyFile>"
        "<verificationMode>none</verificationMode></server></openSSL></yandex>"
    )
    with server:
        owner = NativeStore(f"clickhouse://default@127.0.0.1:{port}/tocsin")
        migrate(owner)
        owner.close()
        ca = certificates / "ca.pem"
        yield {
            "loader": f"clickhouse://tocsin_loader:{PASSWORD}@127.0.0.1:{port}/tocsin",
            "analyst": f"clickhouse://tocsin_analyst:{PASSWORD}@127.0.0.1:{port}/tocsin",
            "tls": f"clickhouses://tocsin_loader:{PASSWORD}@127.0.0.1:{secure}/tocsin?ca_certs={ca}",
            "distrusted": f"clickhouses://tocsin_loader:{PASSWORD}@127.0.0.1:{secure}/tocsin",
            "stranger": f"clickhouse://tocsin_loader:wrong-{PASSWORD}@127.0.0.1:{port}/tocsin",
        }


def _with_short_limits(text):
    """The same file with limits of the analyst that a test can wait for: one second, 100 MB."""
    before, analyst, rest = text.partition("<tocsin_analyst>")
    for limit, shorter in (("<max_execution_time>30<", "<max_execution_time>1<"), (">2000000000<", ">100000000<")):
        assert limit in rest
        rest = rest.replace(limit, shorter)
    return before + analyst + rest


ROW = {"correction_id": ["c1"], "produced_ms": [1]}


@pytest.fixture
def loader(guarded):
    store = NativeStore(guarded["loader"], create=False)
    yield store
    store.close()


@pytest.fixture
def analyst(guarded):
    store = NativeStore(guarded["analyst"], create=False)
    yield store
    store.close()


def test_users_may_do_their_work_and_no_more(loader, analyst):
    loader.insert("correction", ROW)
    for statement in ("DROP TABLE correction", "CREATE TABLE x (a UInt8) ENGINE = Memory", "DROP DATABASE tocsin"):
        for user in (loader, analyst):
            with pytest.raises(StoreError):
                user.execute(statement)
    assert analyst.query("SELECT count() FROM correction").rows == [(1,)]
    with pytest.raises(QueryRefused):
        analyst.execute("SET max_execution_time = 1000000")
    with pytest.raises(StoreError):
        analyst.query("SELECT number FROM system.numbers")
    with pytest.raises(StoreError):
        analyst.insert("correction", ROW)


def test_the_loader_keeps_accounts_and_reads_no_whole_tables(loader, analyst):
    put(loader, EXAMPLES["news.mention.v1"], EXAMPLES["news.incident.v1"])
    with pytest.raises(StoreError, match=r"Code: 396\b"):  # TOO_MANY_ROWS_OR_BYTES
        loader.query("SELECT number FROM system.numbers LIMIT 200000")
    assert len(analyst.query("SELECT * FROM account").rows) == 1


def test_an_analyst_reads_no_file_and_calls_no_host(analyst, tmp_path):
    """On the server that runs here: every source of the corpus, asked for rows and for its columns."""
    traps = Traps(tmp_path)
    sources = [source for source in SOURCES["file"] + SOURCES["host"] if "(" in source]
    for source, place in itertools.product(
        sources, ("SELECT * FROM {}", "DESCRIBE TABLE {}", "SELECT 1 IN (SELECT * FROM {})")
    ):
        with pytest.raises(StoreError):
            analyst.query(traps.armed(place.replace("{}", source)))
    assert traps.sprung() == []
    traps.close()


def test_what_tools_ask_first_an_analyst_may_ask(analyst):
    for question in (
        "SELECT version(), timezone()",
        "SELECT name, value FROM system.settings",
        "SHOW DATABASES",
        "SHOW TABLES FROM tocsin",
        "DESCRIBE TABLE incident_current",
        "SELECT name, type FROM system.columns WHERE database = 'tocsin'",
    ):
        assert analyst.query(question).rows


def test_an_analysts_query_ends_at_its_limits_of_time_and_memory(analyst):
    with pytest.raises(StoreError, match=r"Code: 159\b"):  # TIMEOUT_EXCEEDED
        analyst.query("SELECT sleep(2)")
    with pytest.raises(StoreError, match=r"(?i)memory limit"):
        analyst.query("SELECT groupArray(n) FROM (SELECT arrayJoin(range(10000000)) AS n)")
    assert analyst.query("SELECT 1").rows == [(1,)]


def test_the_loader_comes_over_tls_to_a_server_it_knows(guarded):
    store = NativeStore(guarded["tls"], create=False)
    store.insert("correction", ROW)
    assert store.query("SELECT 1").rows == [(1,)]
    store.close()
    with pytest.raises(StoreAway, match=r"(?i)certificate"):
        NativeStore(guarded["distrusted"], create=False).query("SELECT 1")


def test_refusals_do_not_tell_the_password(guarded):
    with pytest.raises(StoreError) as error:
        NativeStore(guarded["stranger"], create=False).query("SELECT 1")
    assert PASSWORD not in str(error.value)


def test_the_grants_are_read_by_a_current_release(tmp_path):
    """The embedded engine of today parses every statement, and refuses it only for want of rights."""
    store = EmbeddedStore(tmp_path)
    text = re.sub(r"--[^\n]*", "", (USERS / "users.sql").read_text())
    for statement in filter(None, map(str.strip, text.split(";"))):
        with pytest.raises(StoreError, match=r"Code: (497|511)"):
            store.execute(statement)
    store.close()


def test_the_push_server_opens_elsewhere_only_with_a_token(tmp_path):
    command = [sys.executable, "-m", "deploy.cli", "push-server", "--host", "0.0.0.0", "--port", "0"]
    environment = {**os.environ, "TOCSIN_DATA_DIR": str(tmp_path), "TOCSIN_KAFKA": "127.0.0.1:1"}
    for token, said in (("", "not a loopback address"), (PASSWORD[:8], "16 characters")):
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False,
            env=environment | {"TOCSIN_PUSH_TOKEN": token},
        )  # fmt: skip
        assert done.returncode != 0
        assert said in done.stdout + done.stderr


def test_the_push_server_answers_programs_of_this_machine_and_no_page(kafka, tmp_path):
    """As a process before a broker: DNS rebinding, a page of another site, and what every answer carries."""
    (port,) = free_ports(1)
    settings = Settings(
        kafka=kafka.bootstrap, data_dir=tmp_path, batch_bytes=kafka.batch_bytes, push_port=port, partitions=2
    )
    create_topics(settings)
    article = {"url": "https://www.example.org/flood", "title": "Two dead in flood", "text": "Two people died."}
    url = f"http://127.0.0.1:{port}/v1/articles"
    with tocsin_child("push", ["push-server"], settings, ready=partial(listening, port)):
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
            assert httpx.post(url, json=article, headers=headers, trust_env=False).status_code == 403
        taken = httpx.post(url, json=article, trust_env=False)
    assert (taken.status_code, taken.json()["accepted"]) == (202, 1)
    assert "default-src 'none'" in taken.headers["Content-Security-Policy"]
    assert taken.headers["X-Content-Type-Options"] == "nosniff"


SECRET_SETTINGS = {
    "TOCSIN_KAFKA": f"sasl_plaintext://tocsin:{PASSWORD}@127.0.0.1:1",
    "TOCSIN_CLICKHOUSE": f"clickhouse://tocsin_loader:{PASSWORD}@127.0.0.1:1/tocsin",
    "TOCSIN_CONSOLE_TOKEN": f"{PASSWORD}-of-the-console",
    "TOCSIN_PUSH_TOKEN": f"{PASSWORD}-of-the-pushes",
    "TOCSIN_NOTIFY__DESK__URL": f"http://user:{PASSWORD}@127.0.0.1:1/hooks/{PASSWORD}",
    "TOCSIN_NOTIFY__DESK__SECRET": PASSWORD,
    "TOCSIN_NOTIFY__CHAT__URL": f"json://user:{PASSWORD}@127.0.0.1:1/{PASSWORD}",
    "TOCSIN_NOTIFY__ODD__URL": f"nosuch://{PASSWORD}",
}


@pytest.mark.parametrize(
    "command",
    [
        ["doctor"],
        ["doctor", "--json"],
        ["sql", "SELECT 1"],
        ["setup"],
        ["tail", "alerts"],
        ["quarantine", "list"],
        ["notify", "--test", "desk", "chat"],
        ["notify", "--test"],
        ["notify", "nobody"],
        ["-v", "notify", "--test", "desk"],
    ],
)
def test_no_output_holds_a_secret(command, tmp_path):
    environment = {**os.environ, **SECRET_SETTINGS, "TOCSIN_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *command],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        check=False,
    )
    assert done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_secret_can_come_from_a_file(tmp_path):
    secret = tmp_path / "clickhouse"
    secret.write_text("clickhouse://loader:from-a-file@127.0.0.1:1/tocsin\n")
    environment = {**os.environ, "TOCSIN_CLICKHOUSE_FILE": str(secret)}
    code = "from streams.settings import load_settings; s = load_settings(); print(s, s.clickhouse.get_secret_value())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.count("from-a-file") == 1

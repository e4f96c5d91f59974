"""Locks on real parts: TLS and SASL of Kafka, TLS of ClickHouse, users with few rights, and secrets that stay secret."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from connectors.migrate import migrate
from connectors.publish import Publisher
from connectors.sinks.contract import QueryRefused, StoreAway, StoreError
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.native import NativeStore
from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.ports import free_ports
from deploy.replay import sample_records
from deploy.setup import create_topics
from deploy.tail import follow
from deploy.tree import workers
from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import ORIGINAL
from streams.settings import Settings
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


def test_articles_pass_a_stage_over_sasl_and_tls(real_kafka_here, certificates, tmp_path, now):
    plain, locked, controller = free_ports(3)
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    more = {
        "listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOCKED:SASL_SSL",
        "listener.name.locked.ssl.keystore.type": "PEM",
        "listener.name.locked.ssl.keystore.location": certificates / "server.pem",
        "listener.name.locked.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.locked.plain.sasl.jaas.config": f'{login} user_tocsin="{PASSWORD}";',
    }
    _as_pkcs8(certificates / "server.pem")
    with kafka(tmp_path / "kafka", port=plain, controller_port=controller, more=more):
        where = f"127.0.0.1:{locked}?ca={certificates / 'ca.pem'}"
        settings = Settings(kafka=f"sasl_ssl://tocsin:{PASSWORD}@{where}", data_dir=tmp_path, partitions=1)
        create_topics(settings)
        (worker,) = workers(settings, ("dedupe",))
        with worker:
            with Publisher(settings.kafka, Codec()) as publisher:
                for record in list(sample_records(now))[:5]:
                    if isinstance(record, Article):
                        publisher.publish(record)
            eventually(
                lambda: len(list(follow(settings.kafka, ORIGINAL.name, from_start=True, until_end=True))) >= 3,
                seconds=60, what="articles pass",
            )  # fmt: skip
        assert PASSWORD not in worker.log.read_text()


def _as_pkcs8(path):
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
    (data / "users.d" / "tocsin.xml").write_text((USERS / "users.xml").read_text())
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


ROW = (("correction_id", "produced_ms"), [("c1", 1)])


def test_users_may_do_their_work_and_no_more(guarded):
    loader, analyst = (NativeStore(guarded[name], create=False) for name in ("loader", "analyst"))
    loader.insert("correction", *ROW)
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
        analyst.insert("correction", *ROW)
    loader.close()
    analyst.close()


def test_the_loader_comes_over_tls_to_a_server_it_knows(guarded):
    store = NativeStore(guarded["tls"], create=False)
    store.insert("correction", *ROW)
    assert store.query("SELECT count() FROM correction").rows == [(1,)]
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


SECRET_SETTINGS = {
    "TOCSIN_KAFKA": f"sasl_plaintext://tocsin:{PASSWORD}@127.0.0.1:1",
    "TOCSIN_CLICKHOUSE": f"clickhouse://tocsin_loader:{PASSWORD}@127.0.0.1:1/tocsin",
    "TOCSIN_CONSOLE_TOKEN": f"{PASSWORD}-of-the-console",
}


@pytest.mark.parametrize(
    "command",
    [["doctor"], ["doctor", "--json"], ["sql", "SELECT 1"], ["setup"], ["tail", "alerts"], ["quarantine", "list"]],
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

"""Secrets exchanged under way: certificates of Kafka without a restart, users of Kafka and ClickHouse by a roll."""

import sys
import threading
import time
from contextlib import closing, contextmanager

import pytest
import trustme
from kafka.admin import UserScramCredentialUpsertion

from connectors.ingest.publish import Publisher
from connectors.kafka.clients import KafkaAdminClient
from connectors.load.migrate import migrate
from connectors.sinks.contract import StoreError
from connectors.sinks.native import NativeStore
from deploy.actions.setup import connect, create_topics
from deploy.actions.tail import follow
from deploy.local.clickhouse import clickhouse
from deploy.local.kafka import kafka
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from deploy.supervise.tree import workers
from schemas.codec import Codec
from schemas.errors import Stop
from schemas.topics import COPY, ORIGINAL
from streams.settings import Settings
from streams.status_files import ready_file
from tests.integration.system import eventually
from tests.integration.test_poison import an_article
from tests.integration.test_security import as_pkcs8

pytestmark = pytest.mark.timeout(400)
LOGIN = "org.apache.kafka.common.security"


def verdicts(address):
    return sum(len(list(follow(address, t.name, from_start=True, until_end=True))) for t in (ORIGINAL, COPY))


def put_in_place(file, *contents):
    """As a mounted secret changes: another file under the same name."""
    other = file.with_suffix(".new")
    other.write_bytes(b"".join(contents))
    other.replace(file)


class Papers:
    """The files of one authority: what a broker shows and whom it trusts, what a client shows and whom it trusts."""

    def __init__(self, folder):
        self.ca, self.server, self.client = (folder / n for n in ("ca.pem", "server.pem", "client.pem"))
        self.trusted = folder / "trusted.pem"

    def issue(self):
        authority = trustme.CA()
        made = authority.issue_cert("127.0.0.1", "localhost"), authority.issue_cert("client@example.org")
        return authority.cert_pem.bytes(), *(m.private_key_and_cert_chain_pem.bytes() for m in made)


@contextmanager
def broker_asking_for_certificates(folder, papers, ports):
    plain, locked, controller = ports
    more = {
        "listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOCKED:SSL",
        "listener.name.locked.ssl.keystore.type": "PEM",
        "listener.name.locked.ssl.keystore.location": papers.server,
        "listener.name.locked.ssl.truststore.type": "PEM",
        "listener.name.locked.ssl.truststore.location": papers.trusted,
        "listener.name.locked.ssl.client.auth": "required",
    }
    with kafka(folder, port=plain, controller_port=controller, more=more) as broker:
        yield broker


def test_certificates_are_exchanged_while_parts_run(real_kafka_here, tmp_path, now):
    """New authority, server and client certificates; neither worker nor publisher is started again."""
    papers, ports = Papers(tmp_path), free_ports(3)
    old, new = papers.issue(), papers.issue()

    def show(server, trusted):
        put_in_place(papers.server, server)
        as_pkcs8(papers.server)
        put_in_place(papers.trusted, *trusted)

    show(old[1], [old[0]])
    put_in_place(papers.ca, old[0])
    put_in_place(papers.client, old[2])
    plain = f"127.0.0.1:{ports[0]}"
    address = f"ssl://127.0.0.1:{ports[1]}?ca={papers.ca}&cert={papers.client}"
    settings = Settings(kafka=address, data_dir=tmp_path / "data", partitions=1)
    with broker_asking_for_certificates(tmp_path / "kafka", papers, ports) as broker:
        create_topics(settings)
        (worker,) = workers(settings, ("dedupe",))
        with worker, Publisher(address, Codec()) as publisher:
            first = worker.pid

            def passes(count):
                publisher.publish(an_article(now, count))
                publisher.flush()
                eventually(lambda: verdicts(plain) >= count, seconds=120, what=f"article {count} passes")

            passes(1)
            put_in_place(papers.client, b"")  # half written: what is in use stays in use
            broker.stop()
            broker.start().wait_ready()
            passes(2)
            put_in_place(papers.ca, new[0], old[0])  # first trust both
            put_in_place(papers.client, new[2])
            broker.stop()
            show(new[1], [new[0]])
            broker.start().wait_ready()
            passes(3)
            put_in_place(papers.ca, new[0])
            passes(4)
            assert worker.pid == first
            for number, content in enumerate(old):
                (tmp_path / f"old-{number}").write_bytes(content)
            stale = f"ssl://127.0.0.1:{ports[1]}?ca={papers.ca}&cert={tmp_path / 'old-2'}"
            with pytest.raises(Stop):
                connect(stale, patience=1)


USER = """<yandex><users><{name}><password>{secret}</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></{name}></users></yandex>"""


@pytest.fixture
def locked_parts(real_kafka_here, real_clickhouse_here, tmp_path):
    """Kafka with two SCRAM users, ClickHouse with users in files; addresses by name of the user."""
    plain, locked, controller, native, http = free_ports(5)
    more = {
        "listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{plain},LOCKED://127.0.0.1:{locked}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOCKED:SASL_PLAINTEXT",
        "listener.name.locked.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.locked.scram-sha-512.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
    }
    users = tmp_path / "clickhouse" / "users.d"
    server = clickhouse(tmp_path / "clickhouse", port=native, http_port=http)
    users.mkdir(parents=True)
    (users / "one.xml").write_text(USER.format(name="one", secret="secret-of-one"))
    scram = {"one": "secret-of-one", "two": "secret-of-two"}
    with kafka(tmp_path / "kafka", port=plain, controller_port=controller, more=more, scram=scram) as broker, server:
        yield {
            "broker": broker,
            "admin": f"127.0.0.1:{plain}",
            "users": users,
            "kafka": lambda u: f"sasl_plaintext://{u}:secret-of-{u}@127.0.0.1:{locked}?mechanism=SCRAM-SHA-512",
            "clickhouse": lambda u: f"clickhouse://{u}:secret-of-{u}@127.0.0.1:{native}/tocsin",
        }


def parts_with_files(folder, settings):
    """Loader and a worker that take their secrets from files, as units and containers do."""
    files = {f"TOCSIN_{n.upper()}_FILE": str(folder / f"{n}.url") for n in ("kafka", "clickhouse")}
    given = files | {"TOCSIN_DATA_DIR": str(settings.data_dir), "TOCSIN_PARTITIONS": "1"}
    mark = ready_file(settings, "dedupe")

    def child(name, command, ready):
        return Child(
            name, [sys.executable, "-m", "deploy.cli", *command], log=folder / f"{name}.log", environment=given,
            ready=ready, before=lambda: mark.unlink(missing_ok=True) if name == "dedupe" else None, ready_seconds=120,
        )  # fmt: skip

    return [child("dedupe", ["worker", "dedupe"], mark.exists), child("loader", ["load"], lambda: True)]


def test_users_are_exchanged_by_a_roll_under_load_and_nothing_is_lost(locked_parts, tmp_path, now):
    settings = Settings(kafka=locked_parts["admin"], data_dir=tmp_path / "data", partitions=1)
    create_topics(settings)

    def use(user):
        for name in ("kafka", "clickhouse"):
            put_in_place(tmp_path / f"{name}.url", locked_parts[name](user).encode())

    use("one")
    with closing(NativeStore(locked_parts["clickhouse"]("one"))) as store:
        migrate(store)
    parts = parts_with_files(tmp_path, settings)
    stop, sent = threading.Event(), []

    def publish(most):
        with Publisher(locked_parts["admin"], Codec()) as publisher:
            while len(sent) < most and not stop.wait(0.2):
                publisher.publish(an_article(now, len(sent)))
                publisher.flush()
                sent.append(1)

    feed = threading.Thread(target=publish, args=(10_000,))
    try:
        for part in parts:
            part.start().wait_ready()
        feed.start()
        time.sleep(2)
        (locked_parts["users"] / "two.xml").write_text(USER.format(name="two", secret="secret-of-two"))  # both hold now
        use("two")
        for part in parts:
            part.stop()
            part.start().wait_ready()
        stop.set()
        feed.join()
        stop.clear()
        revoke(locked_parts, "one")
        publish(len(sent) + 5)
        with closing(NativeStore(locked_parts["clickhouse"]("two"), create=False)) as store:

            def stored():
                tables = ("article", "original", "copy")
                found = {t: store.query(f"SELECT count() FROM {t} FINAL").rows[0][0] for t in tables}
                return found["article"] == found["original"] + found["copy"] == len(sent) > 10

            eventually(stored, seconds=120, what="all that was published is judged and stored, once")
    finally:
        stop.set()
        for part in parts:
            part.stop()
    assert not any("secret-of" in part.log.read_text(errors="replace") for part in parts)


def revoke(parts, user):
    """The old secret is worth nothing at both, and everybody has to come again.

    Kafka 4.1 forgets every SCRAM user at its next start after one was deleted, so the old one gets another password.
    """
    admin = KafkaAdminClient(bootstrap_servers=parts["admin"])
    admin.alter_user_scram_credentials(
        [UserScramCredentialUpsertion(user, "SCRAM-SHA-512", iterations=4096, password="another")]
    )
    admin.close()
    (parts["users"] / f"{user}.xml").unlink()
    parts["broker"].stop()
    parts["broker"].start().wait_ready()
    with pytest.raises(Stop):
        connect(parts["kafka"](user), patience=1)

    def refused():
        with closing(NativeStore(parts["clickhouse"](user), create=False)) as store:
            try:
                store.query("SELECT 1")
            except StoreError:
                return True
            return False

    eventually(refused, seconds=60, what=f"ClickHouse refuses {user}")

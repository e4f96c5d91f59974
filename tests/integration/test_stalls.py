"""Defects of faust-streaming 0.15.3 as it comes, and the guards that hold against them.

An agent that raises acknowledges the event: ours sets it aside, see `test_poison.py`. Two copies of an agent commit past
an event that one still works on: ours has one copy and acknowledges in order. What is fetched while a rebalance goes on
is thrown away: ours gives it back. A consumer stands still, alive: the supervisor sees it by its offsets.
"""

import sys
import time
from contextlib import ExitStack, contextmanager

import pytest
from kafka import TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError

from connectors.ingest.publish import Publisher
from connectors.kafka.clients import KafkaAdminClient, KafkaProducer
from deploy.actions.setup import create_topics
from deploy.demo.demo import drain
from deploy.demo.replay import sample_records
from deploy.local.kafka import kafka as real_kafka
from deploy.supervise.liveness import Liveness
from deploy.supervise.ports import free_ports
from deploy.supervise.process import Child
from schemas.codec import Codec
from schemas.records import Article
from schemas.topics import ARTICLE
from streams.kafka.membership import SESSION_SECONDS
from streams.settings import Settings
from tests.integration.system import eventually, own_kafka, running
from tests.integration.test_poison import CODEC, an_article

pytestmark = pytest.mark.timeout(300)
FREEZES, AT_A_TIME, GROUPS = 3, 40, 5


@pytest.fixture
def plain(kafka, name, tmp_path):
    """Runs plain Faust over some values on a topic of its own; gives what it has seen and how far it committed."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    log = tmp_path / "seen"

    def seen():
        return log.read_text().split() if log.exists() else []

    def committed():
        try:
            offset = admin.list_group_offsets([name]).get(name, {}).get(TopicPartition(name, 0))
        except KafkaError:  # the group has no coordinator yet
            return 0
        return offset.offset if offset else 0

    @contextmanager
    def run(*values, copies):
        producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=False, linger_ms=0, batch_size=0)
        for value in values:
            producer.send(name, value=value.encode(), partition=0).get(30)
        producer.close()
        command = [sys.executable, "-m", "tests.integration.plain_faust", kafka.bootstrap, name, log, str(copies)]
        with Child("plain Faust", command, log=tmp_path / "plain.log", ready=lambda: True):
            yield seen, committed

    yield run
    admin.close()


def counting(settings, file, *options, name="counting"):
    """A worker that notes in a file which articles it has handled, see `counting_worker.py`."""
    command = [sys.executable, "-m", "tests.integration.counting_worker", name, file, *options]
    log = settings.data_dir / f"{name}.log"
    return Child(name, command, log=log, ready=lambda: True, environment=settings.environment())


def wait_until_handled(file, article):
    eventually(lambda: file.exists() and article.article_id in file.read_text(), seconds=60, what="it is handled")


def test_plain_faust_acknowledges_what_its_agent_raised_on(plain):
    with plain("one", "bad", "two", copies=1) as (seen, committed):
        eventually(lambda: committed() >= 3, seconds=60, what="the offset behind the bad value is committed")
        assert seen() == ["one", "two"]  # the bad one is neither handled nor kept anywhere, and never read again


def test_plain_faust_commits_past_a_value_that_a_copy_of_its_agent_still_works_on(plain):
    with plain("slow", "one", "two", "three", "four", copies=2) as (seen, committed):
        eventually(lambda: committed() >= 2, seconds=60, what="an offset behind the slow value is committed")
        assert "slow" not in seen()  # a crash now would lose it


@pytest.mark.once
def test_a_stage_that_stands_still_is_started_again_with_the_reason(parts, tmp_path, now):
    """Alive, its connections open, and silent: only the offsets show it."""
    with running(parts, tmp_path) as system:
        system.tree._liveness = Liveness(patience=20)
        drain(system.settings.kafka, watch=system.tree.watch)
        worker = system.part("worker dedupe")
        first = worker.pid
        worker.suspend()
        articles = [r for r in sample_records(now) if isinstance(r, Article)][:8]
        with Publisher(system.settings.kafka, Codec(), batch_bytes=system.settings.batch_bytes) as publisher:
            for article in articles:
                publisher.publish(article)
        noticed = []

        def another():
            noticed.extend(system.tree.watch())
            return worker.running and worker.pid != first

        eventually(another, seconds=90, what="the silent worker is replaced")
        assert any(f"worker dedupe has stalled: {len(articles)} messages of {ARTICLE.name} wait" in n for n in noticed)
        drain(system.settings.kafka, watch=system.tree.watch)


@pytest.mark.once
def test_a_state_that_takes_long_to_restore_is_restored_once(parts, tmp_path, now):
    """In plain Faust, with the time that it allows between two fetches, the worker leaves its group and never joins again."""
    file, articles = tmp_path / "handled", [an_article(now, number) for number in range(6)]
    with own_kafka(parts, tmp_path / "kafka") as (address, batch_bytes):
        settings = Settings(kafka=address, data_dir=tmp_path, partitions=1, batch_bytes=batch_bytes, console_port=0)
        create_topics(settings)
        worker = counting(settings, file, "13")
        for part in (articles[:3], articles[3:]):
            with Publisher(settings.kafka, CODEC, batch_bytes=batch_bytes) as publisher:
                for article in part:
                    publisher.publish(article)
            with worker:
                wait_until_handled(file, part[-1])
    assert file.read_text().split() == [a.article_id for a in articles]


@pytest.mark.once
def test_a_standby_takes_over_though_it_waited_longer_than_a_batch_may_take(parts, tmp_path, now):
    """In plain Faust it has left its group by then, and never joins again."""
    longest_work = 3
    file, articles = tmp_path / "handled", [an_article(now, number) for number in range(2)]
    with ExitStack() as stack:
        address, batch_bytes = stack.enter_context(own_kafka(parts, tmp_path / "kafka"))
        publisher = stack.enter_context(Publisher(address, CODEC, batch_bytes=batch_bytes))

        def worker(name):
            settings = Settings(
                kafka=address, data_dir=tmp_path / name, partitions=1, batch_bytes=batch_bytes, console_port=0
            )
            create_topics(settings)
            return counting(settings, file, "none", str(longest_work)).start()

        def handled(article):
            publisher.publish(article)
            publisher.flush()
            wait_until_handled(file, article)

        first = worker("first")
        stack.callback(first.stop)
        handled(articles[0])
        stack.callback(worker("standby").stop)
        time.sleep(3 * longest_work)
        first.kill()
        handled(articles[1])


def test_a_broker_that_freezes_again_and_again_loses_no_message(real_kafka_here, tmp_path, now):
    """After each freeze all groups join anew, and read what came meanwhile; in plain Faust a group loses some of it."""
    port, controller = free_ports(2)
    articles = [an_article(now, number) for number in range(FREEZES * AT_A_TIME)]
    with ExitStack() as stack:
        broker = stack.enter_context(real_kafka(tmp_path / "kafka", port=port, controller_port=controller))
        settings = Settings(kafka=f"127.0.0.1:{port}", data_dir=tmp_path, partitions=1, console_port=0)
        create_topics(settings)
        files = [tmp_path / f"handled-{group}" for group in range(GROUPS)]
        workers = [stack.enter_context(counting(settings, file, "0", name=file.name)) for file in files]

        def handled(file, count):
            for worker in workers:
                if not worker.running:  # it had something to write when the broker no longer knew it
                    worker.start()
            return file.exists() and set(file.read_text().split()) >= {a.article_id for a in articles[:count]}

        publisher = stack.enter_context(Publisher(settings.kafka, CODEC))
        for freeze in range(FREEZES):
            for number in range(freeze * AT_A_TIME, (freeze + 1) * AT_A_TIME):
                publisher.publish(articles[number])
                publisher.flush()
                if number % AT_A_TIME == AT_A_TIME // 2:
                    eventually(lambda n=number: all(handled(f, n) for f in files), seconds=60, what="all groups read")
                    broker.suspend()
                    time.sleep(SESSION_SECONDS + 1)
                    broker.resume()
        for file in files:
            eventually(
                lambda file=file: handled(file, len(articles)), seconds=60, what=f"{file.name} has read everything"
            )

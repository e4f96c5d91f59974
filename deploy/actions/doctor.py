"""Checks everything that Tocsin needs, and says what to do where something is missing."""

import platform
from collections.abc import Iterator
from importlib.metadata import version

import httpx
from kafka.errors import KafkaError

from connectors.load.migrate import migrations
from connectors.notify.announced import HELD_BACK
from connectors.sinks.contract import StoreError
from connectors.sinks.open import open_reader
from deploy.actions.certificates import certificates
from deploy.actions.checked import Finding
from deploy.actions.contracts_check import check_contracts
from deploy.actions.notifying import open_targets
from deploy.actions.setup import connect, thin_topics, wrong_counts, wrong_settings
from deploy.actions.surroundings import clickhouse_clock, clickhouse_rooms, folder, kafka_clock, kafka_rooms, waits
from deploy.actions.topic_settings import told_retention
from deploy.supervise.lag import LagReader
from deploy.supervise.up import console_headers
from schemas.errors import Stop
from schemas.topics import ALL, MEMORIES
from schemas.transport.brokers import shown
from streams.settings import Settings
from streams.status_files import waiting_for

PACKAGES = ("faust-streaming", "aiokafka", "kafka-python", "fastavro", "clickhouse-driver")
MUCH_LAG = 10_000  # lag in messages that is reported


def examine(settings: Settings) -> list[Finding]:
    """Run all checks; never raises, each failure is a finding."""
    return [
        *_software(),
        folder(settings),
        *_contracts(settings),
        *certificates(settings),
        *_kafka(settings),
        *_clickhouse(settings),
        *_registry(settings),
        *_console(settings),
        *_targets(settings),
        *waits(settings),
    ]


def _software() -> Iterator[Finding]:
    yield Finding("python", True, platform.python_version())
    for name in PACKAGES:
        yield Finding(name, True, version(name))


def _contracts(settings: Settings) -> Iterator[Finding]:
    try:
        yield Finding("contracts", True, check_contracts(settings))
    except Stop as error:
        yield Finding("contracts", False, str(error), "mend it before `tocsin setup`, which refuses it as well")


def _kafka(settings: Settings) -> Iterator[Finding]:
    try:
        admin = connect(settings.kafka, patience=3)
        existing = set(admin.list_topics())
        wrong = [("partitions", *each) for each in wrong_counts(admin, settings)]
        wrong += [("topic settings", *each) for each in wrong_settings(admin, settings)]
        wrong += [("replicas", *each) for each in thin_topics(admin)]
        beneath = [*kafka_rooms(admin), *kafka_clock(admin)]
        admin.close()
    except (Stop, KafkaError, OSError) as error:
        yield Finding(
            "kafka",
            False,
            str(error),
            "start a broker (`tocsin up`, `tocsin local kafka`) or set TOCSIN_KAFKA",
        )
        return
    yield Finding("kafka", True, f"answers at {shown(settings.kafka)}")
    wanted = (*ALL, *MEMORIES)
    missing = [t.name for t in wanted if t.name not in existing]
    there = f"{len(wanted) - len(missing)} of {len(wanted)}"
    yield Finding("topics", not missing, there, "tocsin setup" if missing else "")
    yield from (Finding(what, False, found, cure) for what, found, cure in wrong)
    yield from beneath
    yield Finding("retention", True, told_retention(settings))
    reader = LagReader(settings.kafka, settings.notify)
    try:
        for lag in reader.lags():
            much = lag.behind > MUCH_LAG
            cure = f"is {lag.group} running? add workers while it falls behind" if much else ""
            yield Finding(f"lag {lag.group[7:]}", not much, f"{lag.behind} of {lag.topic}", cure)
    finally:
        reader.close()


def _clickhouse(settings: Settings) -> Iterator[Finding]:
    try:
        reader = open_reader(settings.clickhouse.get_secret_value())
        try:
            yield Finding("clickhouse", True, f"version {reader.version()}")
            done = {name for (name,) in reader.query("SELECT name FROM applied_migration FINAL").rows}
            missing = [m.name for m in migrations() if m.name not in done and m.requires <= reader.version()]
            told = f"{len(done)} applied" + (f", not yet {', '.join(missing)}" if missing else "")
            cure = "stop the loader, tocsin setup, start it again" if missing else ""
            yield Finding("migrations", not missing, told, cure)
            yield from clickhouse_rooms(reader)
            yield clickhouse_clock(reader)
        finally:
            reader.close()
    except StoreError as error:
        yield Finding("clickhouse", False, str(error)[:200], "start it, set TOCSIN_CLICKHOUSE, then `tocsin setup`")


def _registry(settings: Settings) -> Iterator[Finding]:
    if settings.registry is None:
        yield Finding("schema registry", True, "built in")
        return
    try:
        found = httpx.get(f"{settings.registry}/subjects", timeout=3)
        yield Finding(
            "schema registry",
            found.is_success,
            f"{found.status_code}",
            "" if found.is_success else "see its log",
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding("schema registry", False, repr(error), "start it or unset TOCSIN_REGISTRY for the built-in one")


def _console(settings: Settings) -> Iterator[Finding]:
    url = f"http://{settings.console_host}:{settings.console_port}/health"
    try:
        answer = httpx.get(url, timeout=3, headers=console_headers(settings))
        locked = answer.status_code == httpx.codes.UNAUTHORIZED
        cure = "give this command a token that it takes (TOCSIN_CONSOLE_TOKEN_FILE)" if locked else "look at its log"
        yield Finding(
            "console",
            answer.is_success,
            f"{url}: {answer.text[:80]}",
            "" if answer.is_success else cure,
        )
    except (httpx.HTTPError, httpx.InvalidURL):
        yield Finding("console", False, f"does not answer at {url}", "tocsin console")


def _targets(settings: Settings) -> Iterator[Finding]:
    """Whether every address can be read and takes alerts; nothing is sent, and no address shown."""
    if not settings.notify:
        yield Finding("notify", True, "no targets")
    for name in settings.notify:
        waits = waiting_for(settings.data_dir, f"notify-{name}")
        if waits and waits != HELD_BACK:
            cure = "alerts wait for it and go out when it takes them; to try it: tocsin notify --test"
            yield Finding(f"notify {name}", False, f"takes no alerts: {waits}", cure)
            continue
        try:
            for target in open_targets(settings, [name]).values():
                target.close()
            yield Finding(f"notify {name}", True, "its address can be read; to try it: tocsin notify --test")
        except Stop as error:
            yield Finding(f"notify {name}", False, str(error), "see `tocsin notify --help`")

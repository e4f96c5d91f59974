"""Replays the bundled sample through the whole system: live for people, headless for machines."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kafka.errors import KafkaError
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from connectors.ingest.publish import Publisher
from connectors.sinks.contract import StoreError
from connectors.sinks.open import open_reader
from deploy.actions.codec import open_codec
from deploy.demo.counts import differences, table_counts, topic_counts
from deploy.demo.expected import compare
from deploy.demo.manifest import read_manifest
from deploy.demo.outcome import read_records
from deploy.demo.replay import replay
from deploy.supervise.lag import Lag, LagReader
from deploy.supervise.tree import Tree
from deploy.supervise.up import console_address, embedded_settings, say_where, started
from schemas.errors import Stop
from schemas.topics import ALL, BY_NAME
from streams.settings import Settings

DRAIN_SECONDS = 300.0
ANY_PORT = {"console_port": 0, "gateway_port": 0, "broker_port": 0}
QUIET_SECONDS = 4.0  # lag must stay zero this long: between two topics a stage's output is in flight


def headless_demo(settings: Settings, *, real: bool, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Replay at full pace, drain, count. `real` uses the running services of the settings, else embedded ones.

    The report holds counts per topic and per table, their differences in words, seconds from the first record
    published until the last topic was drained, and how the sample came out against its manifest. Raises Stop when the
    topics are not drained in time.
    """
    watch: Callable[[], object] = list
    with ExitStack() as stack:
        if not real:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-")))
            settings = embedded_settings(settings.changed(data_dir=folder, **ANY_PORT, notify={}))
            watch = stack.enter_context(started(settings, tell)).watch
        began = time.monotonic()
        tell("replaying the sample")
        with Publisher(settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes) as publisher:
            published = replay(publisher, seconds_between=0, stop=threading.Event())
        tell("draining")
        drain(settings.kafka, watch=watch)
        seconds = time.monotonic() - began - QUIET_SECONDS
        topics, tables = topic_counts(settings.kafka), count_tables(settings)
        sample = compare(read_records(settings.kafka), read_manifest())
    return {
        "published": published,
        "topics": {name: count.records for name, count in topics.items()},
        "tables": {BY_NAME[name].table: count.records for name, count in tables.items()},
        "differences": differences(topics, tables),
        "seconds": round(seconds, 1),
        "sample": sample,
    }


def count_tables(settings: Settings) -> dict[str, Any]:
    """Counts of all tables. Raises Stop when ClickHouse does not answer."""
    try:
        reader = open_reader(settings.clickhouse.get_secret_value())
        try:
            return table_counts(reader)
        finally:
            reader.close()
    except StoreError as error:
        raise Stop(str(error)) from error


def drain(bootstrap: str, *, seconds: float = DRAIN_SECONDS, watch: Callable[[], object] = lambda: None) -> None:
    """Wait until every consumer group has committed every topic to its end, calling `watch` meanwhile.

    Raises Stop naming who is behind after `seconds`.
    """
    reader, end, quiet_since = LagReader(bootstrap), time.monotonic() + seconds, time.monotonic()
    try:
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            watch()
            behind = [lag for lag in reader.lags() if lag.behind > 0]
            if behind:
                quiet_since = time.monotonic()
            if time.monotonic() > end:
                who = ", ".join(f"{lag.group} by {lag.behind} of {lag.topic}" for lag in behind)
                raise Stop(
                    f"not drained within {seconds:g} s: behind are {who or 'none now'}; see the logs of the parts"
                )
            time.sleep(0.3)
    finally:
        reader.close()


def live_demo(settings: Settings, pace: float, stop: threading.Event) -> None:
    """Replay at a pace that people can follow, with a live table of counts, until `stop` is set."""
    folder = settings.data_dir / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    settings = embedded_settings(settings.changed(data_dir=folder, notify={}))  # the sample is old: notify nobody
    terminal = Console()
    with started(settings, lambda line: terminal.print(f"[dim]{line}[/dim]")) as tree:
        say_where(settings)
        progress = _Progress()
        thread = threading.Thread(target=_replay, args=(settings, pace, stop, progress), name="replay", daemon=True)
        thread.start()
        _show(settings, tree, stop, progress, terminal)
        thread.join(timeout=10)
        terminal.print("stopping...")


class _Progress:
    """Progress of the replay, written by its thread and read by the screen."""

    sent = 0
    done = False
    error = ""


def _replay(settings: Settings, pace: float, stop: threading.Event, progress: _Progress) -> None:
    def note(sent: int) -> None:
        progress.sent = sent

    try:
        with Publisher(settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes) as publisher:
            replay(publisher, seconds_between=pace, stop=stop, tell=note)
    except KafkaError as error:
        progress.error = f"the replay has stopped: {error!r}"
    progress.done = True


def _show(settings: Settings, tree: Tree, stop: threading.Event, progress: _Progress, terminal: Console) -> None:
    reader, notes = LagReader(settings.kafka), [""]
    try:
        with Live(console=terminal, refresh_per_second=4, transient=False) as live:
            while not stop.wait(0.5):
                notes = (notes + tree.watch())[-3:]
                live.update(_screen(settings, reader, progress, notes))
    finally:
        reader.close()


def _screen(settings: Settings, reader: LagReader, progress: _Progress, notes: list[str]) -> Group:
    table = Table("topic", "messages", "waiting", "for")
    try:
        ends, lags = reader.ends(), reader.lags()
    except KafkaError as error:
        return Group(Text(f"Kafka does not answer: {error!r}"))
    for topic in ALL:
        count = sum(end for tp, end in ends.items() if tp.topic == topic.name)
        behind = [lag for lag in lags if lag.topic == topic.name and lag.behind > 0]
        table.add_row(
            topic.name, str(count), _total(behind), ", ".join(lag.group.removeprefix("tocsin-") for lag in behind)
        )
    state = progress.error or ("the sample is replayed; watch it settle" if progress.done else f"{progress.sent} sent")
    return Group(
        table,
        Text(f"{state} · console {console_address(settings)} · Ctrl-C stops"),
        Text("\n".join(filter(None, notes))),
    )


def _total(behind: list[Lag]) -> str:
    return str(sum(lag.behind for lag in behind)) if behind else ""

"""Runs stages in this process until SIGTERM or SIGINT."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import faust
from threadpoolctl import threadpool_limits

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.telemetry.metrics import STATE_LIMIT
from streams.agents.alert import AlertStage, AskTally, no_tally
from streams.agents.classify import ClassifyStage
from streams.agents.dedupe import DedupeStage
from streams.agents.link import LinkStage
from streams.agents.runner import stage_app
from streams.agents.stage import Stage
from streams.domain.alerting.rules import RuleBook
from streams.domain.text import sentence_encoder
from streams.kafka.rule_feed import RuleFeed, TallyFeed
from streams.settings import Settings
from streams.stages import STAGES
from streams.status_files import Recovery, WaitingMark, ready_file


def make_stage(name: str, settings: Settings, book: RuleBook, tally: AskTally = no_tally) -> Stage:
    """The stage of that name; alerts are raised by the rules in the book, and by `tally` where they ask for growth.

    Raises Stop when there is no such stage.
    """
    if name == "dedupe":
        return DedupeStage(timedelta(hours=settings.dedupe_window_hours))
    if name == "classify":
        sentence_encoder.switch(on=settings.sentence_encoder)
        return ClassifyStage()
    if name == "link":
        STATE_LIMIT.labels(name).set(settings.open_incidents)
        return LinkStage(settings.open_incidents)
    if name == "alert":
        return AlertStage(book.every, tally)
    raise Stop(f"no stage {name}; there are {', '.join(STAGES)}")


class _Worker(faust.Worker):  # type: ignore[misc]  # faust has no types
    """Starts its apps side by side: faust starts each when the one before has joined its group, which takes seconds."""

    async def on_start(self) -> None:
        await super().on_start()
        await asyncio.gather(*(app.maybe_start() for app in (*self.services, self.app)))


def run_stages(names: Sequence[str], settings: Settings, codec: Codec) -> None:
    """Run stages without end; they share this process and its loop, each with its own group. Ends the process.

    Linear algebra keeps to one thread: for the small matrices of an article, more threads cost more than they save.
    """
    threadpool_limits(1)
    first, *others = [_app(name, settings, codec) for name in names]
    level = logging.getLevelName(logging.getLogger("tocsin").getEffectiveLevel())
    worker = _Worker(first, *others, loglevel=level, quiet=True, redirect_stdouts=False, override_logging=False)
    worker.execute_from_commandline()


def _app(name: str, settings: Settings, codec: Codec) -> faust.App:
    """The app of one stage, which marks when it is ready and what it waits for. Raises Stop without rules."""
    waiting = WaitingMark(settings, name)
    book = RuleBook(settings.base_rules())
    if name == "alert":
        RuleFeed(settings.kafka, codec, book).start()
    stage, recovery = make_stage(name, settings, book, TallyFeed(settings.kafka, codec).tally), Recovery(waiting)
    app = stage_app(stage, settings, codec, lambda: datetime.now(UTC), waits=waiting.note, recovery=recovery)
    ready = ready_file(settings, name)
    ready.parent.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)

    async def begin(*_: object, **__: Any) -> None:
        if stage.keeps_state:
            recovery.begin(lambda: tuple(app.tables.recovery.active_offsets.values()))

    async def mark(*_: object, **__: Any) -> None:
        recovery.end()
        ready.touch()

    app.on_partitions_assigned.connect(begin, weak=False)
    app.on_rebalance_complete.connect(mark, weak=False)
    return app

"""Watches from a thread whether every consumer group makes progress; `/health` reports the result."""

import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from kafka.errors import KafkaError

from connectors.notify.announced import HELD_BACK
from deploy.supervise.lag import Lag, LagReader, totals
from deploy.supervise.liveness import Liveness
from streams.console.metrics import Group
from streams.status_files import waiting_for

LOOK_SECONDS = 5.0


class GroupWatch:
    """The groups as last seen; `groups` may be called from any thread."""

    def __init__(self, bootstrap: str, data_dir: Path, targets: Iterable[str] = ()) -> None:
        self._bootstrap, self._data_dir, self._targets = bootstrap, data_dir, tuple(targets)
        self._liveness = Liveness()
        self._groups: dict[str, Group] = {}

    def start(self) -> None:
        """Watch for as long as the process lives."""
        threading.Thread(target=self._run, name="groups", daemon=True).start()

    def groups(self) -> dict[str, Group]:
        """State and lag of each group by the name of its part; empty until Kafka has answered once."""
        return self._groups

    def _run(self) -> None:
        while True:
            try:
                with closing(LagReader(self._bootstrap, self._targets)) as reader:
                    while True:
                        self.look(reader.places(), time.monotonic())
                        time.sleep(LOOK_SECONDS)
            except KafkaError:  # the console itself reports that Kafka is away
                self._liveness.forgive(None, time.monotonic())
                time.sleep(LOOK_SECONDS)

    def look(self, places: list[Lag], now: float) -> None:
        """Judge the groups by these offsets; `now`: monotonic seconds."""
        sums = totals(places)
        stalled = self._liveness.observe([*sums, *places], now)
        found = {}
        for name in dict.fromkeys(lag.group for lag in sums):
            part = "loader" if name == "tocsin-load" else name.removeprefix("tocsin-")
            topics = {lag.topic: lag.behind for lag in sums if lag.group == name}
            behind = sum(topics.values())
            reason = waiting_for(self._data_dir, part)
            if reason:
                fails = part.startswith("notify-") and reason != HELD_BACK
                found[part] = Group("failing" if fails else "waiting", behind, reason, topics)
            elif name in stalled:
                found[part] = Group("stalled", behind, stalled[name], topics)
            else:
                found[part] = Group("moving" if behind else "idle", behind, topics=topics)
        self._groups = found

"""Finds consumer groups that make no progress: liveness means progress of committed offsets, not a running process.

A consumer of faust-streaming 0.15.3 can lose its place in a rebalance and stay silent without end
(faust-streaming/faust issues 175, 532, 640), or stop committing one partition at an event that was never acknowledged;
only its offsets show it. A group that waits for a missing service is not stalled: it reports that itself, and a restart
would not help.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from deploy.supervise.lag import Lag

PATIENCE_SECONDS = 30.0  # several times the session timeout, so that a rebalance and a recovery fit in
ONE_PARTITION = 10  # times the patience for one partition, while the group works through what it holds of others


@dataclass(slots=True)
class Liveness:
    """Remembers since when each group has not moved while it had something to do."""

    patience: float = PATIENCE_SECONDS
    _since: dict[tuple[str, str, int | None], tuple[int, float]] = field(default_factory=dict)

    def observe(self, lags: Iterable[Lag], now: float) -> dict[str, str]:
        """Groups that have not moved for longer than the patience, with the reason. `now`: monotonic seconds.

        `lags` may hold topics and single partitions of them.
        """
        stalled = {}
        for lag in lags:
            key = (lag.group, lag.topic, lag.partition)
            patience = self.patience * (1 if lag.partition is None else ONE_PARTITION)
            committed, since = self._since.get(key, (-1, now))
            if lag.behind <= 0 or committed != lag.committed:
                self._since[key] = (lag.committed, now)
            elif now - since > patience:
                where = lag.topic if lag.partition is None else f"{lag.topic}-{lag.partition}"
                still = f"none was committed for {now - since:.0f} s"
                stalled[lag.group] = f"{lag.behind} messages of {where} wait and {still}"
        return stalled

    def forgive(self, group: str | None, now: float) -> None:
        """Restart the count for a group whose consumer was restarted or waits; None: for all, as Kafka was away."""
        for key, (committed, _) in self._since.items():
            if group in (None, key[0]):
                self._since[key] = (committed, now)

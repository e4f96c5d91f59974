"""Which consumer groups have stopped moving: liveness is progress of committed offsets, not a process that exists.

A consumer of faust-streaming 0.15.3 can lose its place in a rebalance and sit there for ever, alive and silent
(faust-streaming/faust issues 175, 532, 640); only its offsets show it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from deploy.lag import Lag

PATIENCE_SECONDS = 30.0  # several times the session timeout: a rebalance and a recovery fit in


@dataclass(slots=True)
class Liveness:
    """Remembers since when each group has not moved while it had something to do."""

    patience: float = PATIENCE_SECONDS
    _since: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)

    def observe(self, lags: Iterable[Lag], now: float) -> dict[str, str]:
        """Groups that have not moved for longer than the patience, with the reason. `now`: monotonic seconds."""
        stalled = {}
        for lag in lags:
            key = (lag.group, lag.topic)
            committed, since = self._since.get(key, (-1, now))
            if lag.behind <= 0 or committed != lag.committed:
                self._since[key] = (lag.committed, now)
            elif now - since > self.patience:
                stalled[lag.group] = (
                    f"{lag.behind} messages of {lag.topic} wait and none was committed for {now - since:.0f} s"
                )
        return stalled

    def forgive(self, group: str, now: float) -> None:
        """Start counting anew for a group whose consumer was started again."""
        for key, (committed, _) in self._since.items():
            if key[0] == group:
                self._since[key] = (committed, now)

"""Whether a stage may still write as the owner of its partitions.

A process that cannot reach the group's coordinator for a whole session is no member any more, and others take over its
partitions. It must not write its unsent results: an older state would replace a newer one.
"""

import time
from collections.abc import Callable

SESSION_SECONDS, HEARTBEAT_SECONDS = 6.0, 2.0
LONGEST_SILENCE = SESSION_SECONDS - 1.0  # less the time that a write takes to the broker


class Membership:
    """The coordinator's last answer about our membership. Times are seconds of `clock`."""

    def __init__(self, longest: float = LONGEST_SILENCE, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._clock = longest, clock
        self._confirmed: float | None = None
        self.lost = False

    def confirm(self, asked: float | None = None) -> None:
        """The coordinator confirmed our membership; `asked`: when the request was sent (now if None)."""
        self._confirmed, self.lost = self._clock() if asked is None else asked, False

    def lose(self) -> None:
        """The coordinator does not know us: until we have joined again, our partitions may be another's."""
        self.lost = self._confirmed is not None

    @property
    def fresh(self) -> bool:
        """Whether a write would arrive before others can own our partitions; True before we own any."""
        return self._confirmed is None or self._clock() - self._confirmed < self._longest

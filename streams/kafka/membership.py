"""Whether a stage may still write as the owner of its partitions.

Who cannot reach the group's coordinator for a session is no member any more, and others go on with what it had. What it
has in hand then must not be written: it would come after theirs, and put an older state above a newer one.
"""

import time
from collections.abc import Callable

SESSION_SECONDS, HEARTBEAT_SECONDS = 6.0, 2.0
LONGEST_SILENCE = SESSION_SECONDS - 1.0  # a write takes its time to the broker


class Membership:
    """What the group's coordinator last said. Times are seconds of `clock`."""

    def __init__(self, longest: float = LONGEST_SILENCE, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._clock = longest, clock
        self._confirmed: float | None = None
        self.lost = False

    def confirm(self, asked: float | None = None) -> None:
        """The coordinator knows us; `asked`: when what it answers was sent, now when not told."""
        self._confirmed, self.lost = self._clock() if asked is None else asked, False

    def lose(self) -> None:
        """It does not; until we have joined anew, partitions may be another's."""
        self.lost = self._confirmed is not None

    @property
    def fresh(self) -> bool:
        """Whether a write would arrive before others can have our partitions; so it is too before we have any."""
        return self._confirmed is None or self._clock() - self._confirmed < self._longest

"""The alerts that wait to be sent to a target, in memory: pure, time is an argument (monotonic seconds).

Of each alert only the newest revision is kept, so a target that was away receives the newest state once. A position
moves past a message when its alert has been taken, set aside or replaced by a newer revision that is still held.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

MOST_ALERTS, MOST_BYTES = 10_000, 64 * 2**20  # beyond them no more is read: lag grows, memory does not
IN_A_SUMMARY = 500
MOST_REPEATS = 12  # of one revision that nobody acknowledges
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Held:
    """The newest revision of an alert; `first` is the offset of the earliest message that it replaces."""

    alert_id: str
    revision: int
    partition: int
    first: int
    offset: int
    key: bytes | None
    value: bytes
    tried: float | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    due: float = 0.0  # not before this moment
    again: int = 0  # how often it has been sent before


@dataclass(slots=True)
class HourlyLimit:
    """A token bucket: `per_hour` messages at once, then one for every `3600 / per_hour` seconds. None: no limit."""

    per_hour: int | None
    _left: float = 0.0
    _at: float | None = None

    def free(self, now: float) -> bool:
        """Whether a message may go out."""
        if self.per_hour is None:
            return True
        gained = (now - self._at) * self.per_hour / HOUR if self._at is not None else float(self.per_hour)
        self._left, self._at = min(float(self.per_hour), self._left + gained), now
        return self._left >= 1.0

    def spend(self) -> None:
        """A message went out."""
        self._left -= 1.0


@dataclass(slots=True)
class Backlog:
    """Alerts of one target; `held_back` while the limit does not let them out.

    `gather`: seconds that alerts wait for each other from the first on, to be told as one message.
    """

    limit: HourlyLimit
    gather: float = 0.0
    held_back: bool = False
    _gathering: float | None = None  # since when
    _repeats: dict[str, Held] = field(default_factory=dict)
    _ends: dict[int, int] = field(default_factory=dict)
    _waiting: dict[str, Held] = field(default_factory=dict)
    _sending: dict[str, Held] = field(default_factory=dict)

    def begin(self, partition: int, offset: int) -> None:
        """Read a partition from here on."""
        self._ends[partition] = max(offset, self._ends.get(partition, 0))

    def keep_only(self, partitions: Iterable[int]) -> None:
        """Drop all other partitions: they are assigned to other workers."""
        kept = set(partitions)
        self._ends = {p: end for p, end in self._ends.items() if p in kept}
        self._waiting = {k: h for k, h in self._waiting.items() if h.partition in kept}
        self._repeats = {k: h for k, h in self._repeats.items() if h.partition in kept}

    def knows(self, alert_id: str) -> bool:
        """Whether an earlier revision is waiting or on its way."""
        return alert_id in self._waiting or alert_id in self._sending

    def pass_over(self, partition: int, offset: int) -> None:
        """Pass a message that needs no sending."""
        self._ends[partition] = max(offset + 1, self._ends.get(partition, 0))

    def take(self, held: Held) -> None:
        """Queue a revision; one older than what is queued changes nothing."""
        self.pass_over(held.partition, held.offset)
        self._repeats.pop(held.alert_id, None)
        on_its_way, before = self._sending.get(held.alert_id), self._waiting.get(held.alert_id)
        if on_its_way and on_its_way.revision >= held.revision:
            return
        if before is None:
            self._waiting[held.alert_id] = held
        elif before.revision < held.revision:
            first, due = min(before.first, held.first), min(before.due, held.due)
            self._waiting[held.alert_id] = replace(held, first=first, tried=before.tried, due=due)

    def prune(self, told: Callable[[str], int]) -> None:
        """Drop what has been sent meanwhile; `told` returns the newest revision sent of an alert, or 0."""
        self._waiting = {k: h for k, h in self._waiting.items() if told(k) < h.revision}

    def next(self, now: float) -> list[Held]:
        """What to send now: nothing, one alert, or the many that were held back. Then call `confirm` or `put_back`."""
        ready = [*_due(self._waiting, now), *_due(self._repeats, now)]
        if not ready or self._gathers(now):
            return []
        if not self.limit.free(now):
            self.held_back = True
            return []
        ids = ready[: IN_A_SUMMARY if self.held_back or self.gather else 1]
        chosen = [self._waiting.pop(i) if i in self._waiting else self._repeats.pop(i) for i in ids]
        chosen = [replace(h, tried=now if h.tried is None else h.tried) for h in chosen]
        self._sending = {h.alert_id: h for h in chosen}
        return chosen

    def _gathers(self, now: float) -> bool:
        if not self.gather:
            return False
        if self._gathering is None:
            self._gathering = now
        return now - self._gathering < self.gather

    def repeat(self, held: Held, due: float) -> None:
        """Send it again at that moment, unless a newer revision comes before."""
        room = len(self._repeats) < MOST_ALERTS and held.alert_id not in self._waiting
        if room and held.again < MOST_REPEATS:
            self._repeats[held.alert_id] = replace(held, due=due, again=held.again + 1, tried=None)

    def confirm(self) -> None:
        """What was sent has been taken, or set aside."""
        self.limit.spend()
        self._sending = {}
        self._gathering = None
        self.held_back = self.held_back and bool(self._waiting)

    def put_back(self) -> None:
        """What was sent has not been taken: it goes to the end of the queue, or a newer revision replaces it."""
        for alert_id, held in self._sending.items():
            newer = self._waiting.get(alert_id)
            if held.again and newer is None:
                self._repeats[alert_id] = held
                continue
            best = newer or held
            if best.partition in self._ends:
                self._waiting[alert_id] = replace(best, first=min(held.first, best.first), tried=held.tried)
        self._sending = {}

    @property
    def full(self) -> bool:
        """Whether no more should be read."""
        return (
            len(self._waiting) + len(self._repeats) >= MOST_ALERTS
            or sum(len(h.value) for h in self._waiting.values()) >= MOST_BYTES
        )

    def positions(self) -> dict[int, int]:
        """By partition, the offset to continue from after a restart."""
        positions = dict(self._ends)
        for held in (*self._waiting.values(), *self._sending.values()):
            if held.partition in positions and not held.again:
                positions[held.partition] = min(positions[held.partition], held.first)
        return positions


def _due(held: dict[str, Held], now: float) -> list[str]:
    return [alert_id for alert_id, one in held.items() if one.due <= now]


def revisions(held: Sequence[Held]) -> str:
    """Names what is being sent, for logs."""
    return ", ".join(f"{h.alert_id}:{h.revision}" for h in held[:5]) + (" ..." if len(held) > 5 else "")

"""The health of each feed, judged by its own history: `(memory, result of a read) -> memory`, and the record of it.

A feed is silent when it answers, but its newest record is older than twice its longest pause of four weeks, than five
times its mean pause, and than six hours. Nights and weekends are pauses like others, so a feed is judged only after a
history of ten days, which holds a weekend whole, or when it has brought nothing for three days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal

from schemas.identity import digest
from schemas.records import FeedHealth

HOUR, DAY = 3_600.0, 86_400.0
DAYS_KEPT = 28
RECENT_DAYS = 7
JUDGED_FROM = 10 * DAY
LEAST_QUIET = 6 * HOUR
PAUSES, MEAN_PAUSES = 2.0, 5.0  # how many of its longest and of its mean pauses are still no silence
ENOUGH_ITEMS = 8
LONG_SILENCE = 3 * DAY
FAILING_FROM = 3  # failures in a row
RECORD_EVERY = 900.0  # seconds between two records of a feed whose status stays

Status = Literal["ok", "failing", "silent", "ended"]


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """What the feed list states about a feed."""

    title: str = ""
    lang: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The result of one read. Times are seconds since 1970.

    dates: of new records, the time of the read where one has none; lags: seconds from publication to the read, where a
    record says when it was published. error: why the read failed, empty when it did not; failures: in a row.
    """

    at: float
    dates: Sequence[float] = ()
    lags: Sequence[float] = ()
    unreadable: int = 0
    repeated: int = 0
    error: str = ""
    failures: int = 0
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """Sums of one day, numbered since 1970; `pause`: the longest between two records, that ended on it, in seconds."""

    number: int
    new: int = 0
    repeated: int = 0
    unreadable: int = 0
    lag: float = 0.0
    lags: int = 0
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a feed between reads; stored with its position. `hours`: (hour since 1970, records)."""

    revision: int = 0
    status: Status = "ok"
    since: float = 0.0
    reason: str = ""
    told_at: float = 0.0
    read_at: float = 0.0
    succeeded_at: float = 0.0
    newest: float = 0.0
    days: tuple[Day, ...] = ()
    hours: tuple[tuple[int, int], ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Memory":
        """From JSON values; an empty memory where they are not readable."""
        try:
            kept = {f.name: plain[f.name] for f in fields(cls) if f.name in plain}
            kept["days"] = tuple(Day(**day) for day in kept.get("days", ()))
            kept["hours"] = tuple((int(h), int(n)) for h, n in kept.get("hours", ()))
            return cls(**kept)
        except (TypeError, ValueError):
            return cls()


def observe(memory: Memory, brought: ReadResult) -> Memory:
    """The memory after a read."""
    at = brought.at
    if not brought.error:
        memory = _learn(memory, brought)
    status, reason = _judge(memory, brought)
    since = memory.since if status == memory.status and memory.since else at
    return replace(memory, status=status, since=since, reason=reason, read_at=at)


def due_for_record(memory: Memory, before: Memory) -> Memory | None:
    """The memory with its next revision where a record is due: at a change of status, else by RECORD_EVERY."""
    if memory.status == before.status and memory.told_at and memory.read_at - memory.told_at < RECORD_EVERY:
        return None
    return replace(memory, revision=memory.revision + 1, told_at=memory.read_at)


def health_record(
    memory: Memory, name: str, about: FeedInfo, *, due: float, interval: float, failures: int
) -> FeedHealth:
    """The record of a feed; `due`: when it is read next, `interval`: seconds between reads."""
    week = [d for d in memory.days if d.number > memory.read_at // DAY - RECENT_DAYS]
    new, repeated, lags = (sum(getattr(d, n) for d in week) for n in ("new", "repeated", "lags"))
    return FeedHealth(
        feed_id=digest("feed", name),
        revision=memory.revision,
        name=name,
        title=about.title,
        lang=about.lang,
        country=about.country,
        status=memory.status,
        status_since=_moment(memory.since),
        reason=memory.reason,
        checked_at=_moment(memory.read_at),
        next_at=_moment(due),
        last_success_at=_moment(memory.succeeded_at) if memory.succeeded_at else None,
        last_item_at=_moment(memory.newest) if memory.newest else None,
        items_day=sum(n for hour, n in memory.hours if hour > memory.read_at // HOUR - 24),
        items_usual=round(usual_per_day(memory), 2),
        unreadable_week=sum(d.unreadable for d in week),
        repeated_share=round(repeated / (repeated + new), 4) if repeated + new else 0.0,
        latency_seconds=round(sum(d.lag for d in week) / lags, 1) if lags else None,
        failures=failures,
        interval_seconds=round(interval, 1),
    )


def usual_per_day(memory: Memory) -> float:
    """Records a day over the history, today included so far; the incomplete first day is left out."""
    if not memory.days:
        return 0.0
    first = min(d.number for d in memory.days)
    later, span = [d.new for d in memory.days if d.number > first], memory.read_at / DAY - first - 1
    if span >= 1:
        return sum(later) / span
    return sum(d.new for d in memory.days) / max(span + 1, 1.0)


def _learn(memory: Memory, brought: ReadResult) -> Memory:
    at, first = brought.at, not memory.succeeded_at
    days = {d.number: d for d in memory.days if d.number > at // DAY - DAYS_KEPT}
    today = int(at // DAY)
    days.setdefault(today, Day(today))
    newest, hours = memory.newest, dict(memory.hours)
    for date in sorted(min(d, at) for d in brought.dates):
        arrived = date if first else at
        if arrived < at - DAYS_KEPT * DAY:
            newest = max(newest, date)
            continue
        number = int(arrived // DAY)
        day = days.get(number, Day(number))
        pause = max(day.pause, date - newest) if newest and date > newest else day.pause
        days[number] = replace(day, new=day.new + 1, pause=pause)
        hours[int(arrived // HOUR)] = hours.get(int(arrived // HOUR), 0) + 1
        newest = max(newest, date)
    lags = [] if first else [s for s in brought.lags if 0 <= s <= RECENT_DAYS * DAY]
    day = days[today]
    days[today] = replace(
        day,
        repeated=day.repeated + brought.repeated,
        unreadable=day.unreadable + brought.unreadable,
        lag=day.lag + sum(lags),
        lags=day.lags + len(lags),
    )
    return replace(
        memory,
        succeeded_at=at,
        read_at=at,
        newest=newest,
        days=tuple(days[n] for n in sorted(days)),
        hours=tuple((h, n) for h, n in sorted(hours.items()) if h > at // HOUR - 25),
    )


def _judge(memory: Memory, brought: ReadResult) -> tuple[Status, str]:
    if brought.ended:
        return "ended", brought.error
    if brought.error:
        stays = memory.status if memory.status in {"failing", "silent"} else "ok"
        if brought.failures >= FAILING_FROM:
            return "failing", brought.error
        return stays, memory.reason if stays != "ok" else ""
    return _silence(memory, brought.at)


def _silence(memory: Memory, at: float) -> tuple[Status, str]:
    quiet = at - memory.newest
    items = sum(d.new for d in memory.days)
    if not memory.newest or items < ENOUGH_ITEMS:
        return "ok", ""
    known = at - min(d.number for d in memory.days) * DAY
    longest = max(d.pause for d in memory.days)
    usual = usual_per_day(replace(memory, read_at=memory.newest))
    bound = max(PAUSES * longest, MEAN_PAUSES * DAY / max(usual, 0.01), LEAST_QUIET)
    if quiet <= bound or (known < JUDGED_FROM and quiet < LONG_SILENCE):
        return "ok", ""
    return "silent", (
        f"nothing new for {_hours(quiet)}; usually {usual:.3g} a day, its longest pause was {_hours(longest)}"
    )


def _hours(seconds: float) -> str:
    return f"{seconds / HOUR:.0f} h" if seconds < 3 * DAY else f"{seconds / DAY:.0f} days"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

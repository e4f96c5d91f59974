"""When to read a source again: by its own rhythm, by what its server asks, and with growing pauses after failures.

The rhythm is items per second over the recent past, older time counting less: half after a day. A source is read so
often that half a new item is to be expected, within limits. Failures wait exponentially longer with jitter ("equal
jitter" in Brooker, Exponential Backoff And Jitter, 2015), so that many sources of one host do not return together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

HALF_LIFE = 86_400.0  # seconds after which what was seen counts half
HISTORY = 7 * 86_400.0  # seconds of a first answer's dates that tell the rhythm
EXPECTED = 0.5  # new items at a read
DOUBT = 0.1  # items that are assumed at the slowest rhythm before anything is known
SPREAD = 0.2  # share of a pause that chance decides
LONGEST_OBEYED = 7 * 86_400.0  # seconds that a server may keep us away


@dataclass(frozen=True, slots=True)
class ReadIntervals:
    """Seconds: `shortest` and `longest` between reads that succeed, `first_wait` and `longest_wait` after failures."""

    shortest: float = 120.0
    longest: float = 6 * 3_600.0
    first_wait: float = 30.0
    longest_wait: float = 86_400.0


@dataclass(frozen=True, slots=True)
class Plan:
    """When a source is due, and what that follows from. Times are seconds since 1970, 0 for never.

    items, seconds: the rhythm, as what was seen by now with older time counting less.
    failures: reads that failed since the last that did not. ended: why it is not read again; empty while it is.
    """

    due: float = 0.0
    interval: float = 0.0
    read_at: float = 0.0
    items: float = 0.0
    seconds: float = 0.0
    failures: int = 0
    ended: str = ""


def after_read(
    plan: Plan,
    *,
    at: float,
    dates: Sequence[float],
    limits: ReadIntervals,
    chance: float,
    asked: float | None = None,
) -> Plan:
    """The plan after a read that brought new records.

    dates: seconds since 1970 of each, the time of the read where it has none; asked: seconds that the server wants us
    to wait; chance: random, 0 to 1.
    """
    items, seconds = _first_rhythm(dates, at) if not plan.read_at else _rhythm(plan, len(dates), at)
    pace = (items + DOUBT) / (seconds + DOUBT * limits.longest / EXPECTED)
    interval = min(max(EXPECTED / pace, limits.shortest), limits.longest)
    if asked is not None:
        interval = max(interval, min(asked, limits.longest))
    due = at + interval * (1 + SPREAD * (chance - 0.5))
    return Plan(due=due, interval=interval, read_at=at, items=items, seconds=seconds)


def after_failure(plan: Plan, *, at: float, limits: ReadIntervals, chance: float, asked: float | None = None) -> Plan:
    """The plan after a read that failed; `asked`: seconds of Retry-After, obeyed up to a week."""
    wait = min(limits.first_wait * 2.0 ** min(plan.failures, 30), limits.longest_wait) * (0.5 + chance / 2)
    if asked is not None:
        wait = max(wait, min(asked, LONGEST_OBEYED) * (1 + SPREAD * chance))
    return replace(plan, due=at + wait, failures=plan.failures + 1)


def _first_rhythm(dates: Sequence[float], at: float) -> tuple[float, float]:
    recent = [d for d in dates if at - HISTORY <= d <= at]
    if not recent:
        return 0.0, HISTORY if dates else 0.0
    return float(len(recent)), HISTORY if len(recent) < len(dates) else max(at - min(recent), 1.0)


def _rhythm(plan: Plan, new: int, at: float) -> tuple[float, float]:
    passed = max(at - plan.read_at, 0.0)
    kept = 0.5 ** (passed / HALF_LIFE)
    return plan.items * kept + new, plan.seconds * kept + passed

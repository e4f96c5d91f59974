"""Keeps counts by hour and by day: hours in which something arrived are counted anew, and then their days.

A count follows from the tables in the order of time alone, so that it may be made any number of times, by any loader:
the one that read later has the later stamp, later than any that it found. Counting takes a tenth of the time at most
and waits while ClickHouse is away; what is due is kept in memory, and found again by the time of loading when a loader
starts.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.load.moments import TIMED
from connectors.load.statements import Columns
from connectors.sinks.contract import Store, StoreAway

log = logging.getLogger("tocsin.load")
HOUR, DAY, END = 3600, 86_400, 2**32
AT_ONCE = 500  # hours in one statement
SHARE = 10  # of the time, one part is for counting
AGAIN_SECONDS = 60.0  # after which a ClickHouse that was away is asked again
LOOK_BACK = DAY  # before the last count: another loader may have ended with hours that it had not counted
TYPE, COUNTRY, SOURCE = (
    ("toString(family)", "toString(subtype)"),
    ("toString(country)", "''"),
    ("toString(domain)", "''"),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts kept in `<name>_hour` and `<name>_day`: by table in the order of time, what a row counts as, and where."""

    name: str
    measures: Mapping[str, str]
    dimensions: Mapping[str, Mapping[str, tuple[str, str]]]


ARTICLES = Tally(
    "article_tally",
    {"article_by_time": "articles", "copy_by_time": "copies", "mention_by_time": "reports"},
    {
        "article_by_time": {"source": SOURCE},
        "copy_by_time": {"source": SOURCE},
        "mention_by_time": {"type": TYPE, "country": COUNTRY, "source": SOURCE},
    },
)
INCIDENTS = Tally(
    "incident_tally",
    {"incident_by_time": "incidents"},
    {"incident_by_time": {"type": TYPE, "country": COUNTRY}},
)
TALLIES = (ARTICLES, INCIDENTS)


class Tallies:
    """Counts what batches touch. `now_us`: microseconds since 1970; `clock`: seconds, to share the time."""

    def __init__(
        self,
        store: Store,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._now_us, self._clock = store, now_us, clock
        self._due: dict[str, set[int]] = {tally.name: set() for tally in TALLIES}
        self._newest = 0  # stamp that is known
        self._rest_until = 0.0
        self._caught_up = False

    def note(self, table: str, columns: Columns) -> None:
        """Remember the hours of rows that are about to be stored."""
        for tally in TALLIES:
            if table in tally.measures:
                seconds = (int(at.timestamp()) for at in columns[TIMED[table].moment])
                self._due[tally.name] |= {at // HOUR for at in seconds if 0 <= at < END}  # others are refused

    def catch_up(self) -> None:
        """Remember the hours of what was loaded since shortly before the last count. Raises StoreAway."""
        for tally in TALLIES:
            ((last,),) = self._store.query(f"SELECT max(written_us) FROM {tally.name}_hour").rows  # noqa: S608 - our own names
            self._newest = max(self._newest, int(last))
            since = max(0, min(int(last), self._now_us()) // 1_000_000 - LOOK_BACK)
            for table in tally.measures:
                hour = f"toUInt32(toStartOfHour({TIMED[table].moment}))"
                found = self._store.query(f"SELECT DISTINCT {hour} FROM {table} WHERE loaded_at >= {_moment(since)}")  # noqa: S608 - our own names
                self._due[tally.name] |= {int(at) // HOUR for (at,) in found.rows}

    def in_turn(self, *, last: bool = False) -> None:
        """Count some of what is due if it is time for it again or the `last` time; what ClickHouse misses stays due."""
        began = self._clock()
        if began < self._rest_until and not last:
            return
        try:
            if not self._caught_up:
                self.catch_up()
                self._caught_up = True
            self.count_some()
        except StoreAway as error:
            log.warning("counts by hour and day wait until ClickHouse answers: %s", error)
            self._rest_until = self._clock() + AGAIN_SECONDS
        else:
            ended = self._clock()
            self._rest_until = ended + (SHARE - 1) * (ended - began)

    def count_some(self) -> bool:
        """Count the newest of the hours that are due; whether some are left. Raises StoreAway."""
        for tally in TALLIES:
            due = self._due[tally.name]
            if hours := sorted(due, reverse=True)[:AT_ONCE]:
                self._newest = max(self._newest + 1, self._now_us())
                self._store.execute(_by_hour(tally, hours, self._newest))
                self._store.execute(_by_day(tally, hours, self._newest))
                due.difference_update(hours)
        return any(self._due.values())

    def count_all(self) -> None:
        """Count everything that is due. Raises StoreAway."""
        while self.count_some():
            pass


def _by_hour(tally: Tally, hours: Sequence[int], stamp: int) -> str:
    """The statement that counts these hours; what is there no more counts 0."""
    measures = [*tally.measures.values()]
    within = _within("{}", "toStartOfHour({})", [hour * HOUR for hour in hours], HOUR)
    counts = [
        f"SELECT '{dimension}' AS dimension, toStartOfHour({at}) AS hour, {name} AS name, {detail} AS detail, "  # noqa: S608 - our own names
        + ", ".join(f"{'count()' if m == tally.measures[table] else 'toUInt64(0)'} AS {m}" for m in measures)
        + f" FROM {table} FINAL WHERE gone = 0 AND {within.replace('{}', at)} GROUP BY hour, name, detail"
        for table, dimensions in tally.dimensions.items()
        for at in (TIMED[table].moment,)
        for dimension, (name, detail) in dimensions.items()
    ]
    nothing = ", ".join(f"toUInt64(0) AS {m}" for m in measures)
    counts.append(
        f"SELECT dimension, hour, toString(name) AS name, toString(detail) AS detail, {nothing} "  # noqa: S608 - our own names
        f"FROM {tally.name}_hour WHERE {within.replace('{}', 'hour')}"
    )
    return f"""
        INSERT INTO {tally.name}_hour (dimension, hour, name, detail, {", ".join(measures)}, written_us)
        SELECT dimension, hour, name, detail, {_sums(measures)}, {stamp} FROM ({" UNION ALL ".join(counts)})
        GROUP BY dimension, hour, name, detail"""  # noqa: S608 - our own names


def _by_day(tally: Tally, hours: Iterable[int], stamp: int) -> str:
    """The statement that adds up the days of these hours."""
    measures = [*tally.measures.values()]
    days = sorted({hour * HOUR // DAY for hour in hours})
    return f"""
        INSERT INTO {tally.name}_day (dimension, day, name, detail, {", ".join(measures)}, written_us)
        SELECT dimension, toDate(hour) AS day, name, detail, {_sums(measures)}, {stamp}
        FROM {tally.name}_hour FINAL WHERE {_within("hour", "toStartOfDay({})", [day * DAY for day in days], DAY)}
        GROUP BY dimension, day, name, detail"""  # noqa: S608 - our own names


def _within(at: str, start: str, starts: Sequence[int], length: int) -> str:
    """The condition that a time is in one of these hours or days; the bounds let a server read little."""
    listed = ", ".join(map(_moment, starts))
    bounds = f"{at} >= {_moment(min(starts))} AND toUInt32({at}) < {max(starts) + length}"
    return f"{bounds} AND {start.replace('{}', at)} IN ({listed})"


def _moment(seconds: int) -> str:
    return f"toDateTime({seconds}, 'UTC')"


def _sums(measures: Iterable[str]) -> str:
    return ", ".join(f"sum({m})" for m in measures)

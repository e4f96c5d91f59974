"""What a rule would have raised over incidents that are known, before it is saved."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from schemas.records import AlertRule, Incident
from streams.domain.alerting.alert import level, raises
from streams.domain.alerting.rules import EPOCH

SHOWN = 50  # incidents told of a preview


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule meets: how many incidents there were, how many of them it meets by level and day, and the newest."""

    looked_at: int
    levels: dict[str, int]
    days: dict[str, int]  # day of the report, YYYY-MM-DD
    met: tuple[Incident, ...]

    @property
    def count(self) -> int:
        """How many incidents it meets, each one alert."""
        return sum(self.levels.values())


def preview(rule: AlertRule, incidents: Iterable[Incident], days: int) -> Preview:
    """Judge incidents as they stand now, of the last `days` before the newest report; closed ones as if still open."""
    standing = [i for i in incidents if not i.merged_into]
    since = max((i.last_changed for i in standing), default=EPOCH) - timedelta(days=days)
    known = [i for i in standing if i.last_changed >= since]
    met = sorted((i for i in known if raises(rule, i, ended=True)), key=lambda i: i.last_changed, reverse=True)
    return Preview(
        len(known),
        dict(Counter(level(rule, i) for i in met)),
        dict(sorted(Counter(f"{i.last_changed:%Y-%m-%d}" for i in met).items())),
        tuple(met[:SHOWN]),
    )

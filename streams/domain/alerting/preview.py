"""What a rule would have raised over incidents that are known, before it is saved."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from schemas.records import AlertRule, FeedHealth, Incident
from streams.domain.alerting.alert import level, raises
from streams.domain.alerting.growth import tallied
from streams.domain.alerting.rules import EPOCH
from streams.domain.alerting.silence import concerns, incident_of, is_silent

SHOWN = 50  # incidents listed in a preview


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
    """Judge incidents as they stand now, of the last `days` before the newest report; closed ones as if still open.

    Older ones give the usual number that a rule on growth compares with.
    """
    standing = [i for i in incidents if not i.merged_into]
    tally = tallied(standing) if rule.growth else None
    since = max((i.last_changed for i in standing), default=EPOCH) - timedelta(days=days)
    known = [i for i in standing if i.last_changed >= since]
    return _told(rule, len(known), [i for i in known if raises(rule, i, ended=True, tally=tally)])


def preview_of_feeds(rule: AlertRule, feeds: Iterable[FeedHealth]) -> Preview:
    """What a rule about silent feeds would raise now; `looked_at` are the feeds that it is about."""
    concerned = [feed for feed in feeds if concerns(rule, feed)]
    return _told(rule, len(concerned), [incident_of(feed) for feed in concerned if is_silent(rule, feed)])


def _told(rule: AlertRule, looked_at: int, met: list[Incident]) -> Preview:
    return Preview(
        looked_at,
        dict(Counter(level(rule, i) for i in met)),
        dict(sorted(Counter(f"{i.last_changed:%Y-%m-%d}" for i in met).items())),
        tuple(sorted(met, key=lambda i: i.last_changed, reverse=True)[:SHOWN]),
    )

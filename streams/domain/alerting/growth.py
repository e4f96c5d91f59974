"""News of a place against its own usual number: when each incident was first told, by place and type.

Incidents of all partitions count, so a tally is kept beside the stage, which has those of its own partitions alone.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from schemas.records import AlertRule, Incident

NEWS = ("main", "follow-up")
REMEMBERED = 500_000  # incidents counted; beyond it those placed first go
HOUR, DAY = 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Placing:
    """Where and when one version of an incident counts. `country` is empty where it counts nowhere."""

    incident_id: str
    version: int
    country: str
    admin1: str
    family: str
    subtype: str
    at: float  # when it was first told, seconds since 1970

    @classmethod
    def of(cls, incident: Incident) -> "Placing":
        """The placing of this version; merged incidents and what is no news count nowhere."""
        place = incident.place if incident.role in NEWS and not incident.merged_into else None
        return cls(
            incident.incident_id, incident.version, (place and place.country) or "", (place and place.admin1) or "",
            incident.family, incident.subtype, incident.first_seen.timestamp(),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grown:
    """Incidents of a place in the hours looked at, and how many are usual in as many hours."""

    recent: int
    usual: float
    hours: int
    where: str

    def __str__(self) -> str:
        return f"{self.recent} in {self.hours} h in {self.where}, usually {self.usual:.2g}"


@dataclass(slots=True)
class Tally:
    """Moments of first reports by country, and in it by area and type. The newest version of an incident decides."""

    _placed: dict[str, Placing] = field(default_factory=dict)
    _moments: defaultdict[str, defaultdict[tuple[str, str, str], list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    _since: float = float("inf")

    def take(self, placing: Placing) -> None:
        """Count an incident, or move its count where its newer version is at another place."""
        before = self._placed.get(placing.incident_id)
        if before is not None:
            if before.version >= placing.version:
                return
            self._strike(before)
        self._placed[placing.incident_id] = placing
        self._since = min(self._since, placing.at)
        if placing.country:
            insort(self._moments[placing.country][_kind(placing)], placing.at)
        for old in tuple(islice(self._placed, max(0, len(self._placed) - REMEMBERED))):
            self._strike(self._placed.pop(old))

    def _strike(self, placing: Placing) -> None:
        if placing.country:
            moments = self._moments[placing.country][_kind(placing)]
            del moments[bisect_left(moments, placing.at)]

    def grown(self, rule: AlertRule, incident: Incident) -> Grown | None:
        """How the incident's place stands when it was first told; None where that cannot be known.

        A place that is unknown has no usual number, nor has any place before a day of news is known.
        """
        asked, here = rule.growth, Placing.of(incident)
        area = here.admin1 if asked and asked.of == "admin1" else here.country
        if asked is None or not here.country or not area:
            return None
        begun = here.at - asked.hours * HOUR
        days = min(asked.days, (begun - self._since) / DAY)
        if days < 1:
            return None
        kinds = [
            moments
            for (admin1, family, subtype), moments in self._moments[here.country].items()
            if (asked.of == "country" or admin1 == area)
            and (not rule.types or family in rule.types or f"{family}/{subtype}" in rule.types)
        ]
        recent = sum(_between(moments, begun, here.at) for moments in kinds)
        before = sum(_between(moments, begun - days * DAY, begun) for moments in kinds)
        return Grown(recent, before / days * asked.hours / 24, asked.hours, area)


def tallied(incidents: Iterable[Incident]) -> Tally:
    """The tally of incidents that are known."""
    tally = Tally()
    for incident in incidents:
        tally.take(Placing.of(incident))
    return tally


def enough(rule: AlertRule, incident: Incident, tally: Tally | None) -> bool:
    """Whether a rule's condition on growth holds; without a tally it does not."""
    if rule.growth is None:
        return True
    grown = tally.grown(rule, incident) if tally else None
    return grown is not None and grown.recent >= max(rule.growth.least, rule.growth.times * grown.usual)


def _kind(placing: Placing) -> tuple[str, str, str]:
    return placing.admin1, placing.family, placing.subtype


def _between(moments: list[float], after: float, upto: float) -> int:
    return bisect_right(moments, upto) - bisect_right(moments, after)

"""Rules of alerts: what must hold of an incident, and when a rule is on duty."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.errors import Quarantine
from schemas.records import AlertRule, Corner, FigureCondition, Incident, Place, Schedule
from streams.domain.geo.distance import kilometres
from streams.domain.ontology.types import ontology

ROLES = ("main", "follow-up", "background", "aggregate", "statement", "story")
OF_INCIDENTS = (
    "types", "admin1", "circle", "polygon", "actors", "words", "least_severity", "figures", "least_origins", "growth",
)  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RuleError(Quarantine, ValueError):
    """A rule that cannot be used; the message says what to change."""


def default_rules(least_severity: int = 3) -> tuple[AlertRule, ...]:
    """The rules of a first run: any incident of that severity, graded."""
    return (AlertRule(name="severity", least_severity=least_severity, at=EPOCH),)


class RuleBook:
    """The rules in force: those of the configuration, each replaced by what has been written under its name since.

    Of two records of one name the later written wins, so reading the topic again changes nothing.
    """

    def __init__(self, base: Iterable[AlertRule] = ()) -> None:
        self._written: dict[str, AlertRule] = {rule.name: rule for rule in base}

    def take(self, rule: AlertRule) -> bool:
        """Whether this record changes anything."""
        held = self._written.get(rule.name)
        if held is not None and held.at > rule.at:
            return False
        self._written = {**self._written, rule.name: rule}  # readers on another thread keep a whole one
        return held != rule

    def every(self) -> tuple[AlertRule, ...]:
        """All rules, those switched off or deleted too: their alerts are taken back."""
        return tuple(self._written.values())

    def shown(self) -> tuple[AlertRule, ...]:
        """All that were not deleted, by name."""
        return tuple(sorted((r for r in self._written.values() if not r.deleted), key=lambda r: r.name))


def check(rule: AlertRule) -> None:
    """Raise RuleError when a rule names what does not exist, so that it could never hold as meant."""
    known = ontology().families.keys() | ontology().by_name.keys()
    if unknown := [t for t in rule.types if t not in known]:
        raise RuleError(f"no type {', '.join(unknown)}; there are {', '.join(ontology().families)} and their subtypes")
    if wrong := [c for c in rule.countries if not re.fullmatch("[A-Z]{2}", c)]:
        raise RuleError(f"countries are two capital letters such as UA, not {', '.join(wrong)}")
    if unknown := [r for r in rule.roles if r not in ROLES]:
        raise RuleError(f"no role {', '.join(unknown)}; there are {', '.join(ROLES)}")
    if rule.silence and (stray := [name for name in OF_INCIDENTS if getattr(rule, name)]):
        raise RuleError(f"a rule about silent feeds asks for countries and hours alone, not for {', '.join(stray)}")
    if rule.silence and any(not name.strip() for name in rule.silence.feeds):
        raise RuleError("names of feeds must not be blank")
    if rule.polygon and len(rule.polygon) < 3:
        raise RuleError("a polygon needs three corners or more")
    if any(not word.strip() for word in (*rule.words, *rule.actors, *rule.admin1)):
        raise RuleError("words, actors and areas must not be blank")
    if rule.schedule:
        _check_schedule(rule.schedule)


def _check_schedule(schedule: Schedule) -> None:
    try:
        _zone(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RuleError(f"no time zone {schedule.zone}; give an IANA name such as Europe/Kyiv") from None
    if any(day not in range(1, 8) for day in schedule.days):
        raise RuleError("days are 1 (Monday) to 7 (Sunday)")
    if bool(schedule.quiet_start) != bool(schedule.quiet_end):
        raise RuleError("quiet hours need a start and an end")


def holds(rule: AlertRule, incident: Incident) -> bool:
    """Whether the incident, as it is now, meets every condition; schedule and growth aside."""
    place = incident.place
    return (
        rule.enabled
        and rule.silence is None
        and not rule.deleted
        and incident.severity >= rule.least_severity
        and incident.role in rule.roles
        and incident.origin_count >= rule.least_origins
        and (not rule.types or incident.family in rule.types or f"{incident.family}/{incident.subtype}" in rule.types)
        and (not rule.countries or (place is not None and place.country in rule.countries))
        and (not rule.admin1 or (place is not None and _folded(place.admin1) in map(_folded, rule.admin1)))
        and _within(rule, place)
        and all(_figure_holds(condition, incident) for condition in rule.figures)
        and (not rule.actors or any(_said(name, actor.name) for name in rule.actors for actor in incident.actors))
        and (not rule.words or any(_said(w, text) for w in rule.words for text in (incident.title, *incident.summary)))
    )


def narrowed(rule: AlertRule, incident: Incident) -> Iterator[tuple[AlertRule, str]]:
    """The rule with each of its conditions alone, and in words what the incident is instead."""
    place = incident.place
    open_rule = AlertRule(name=rule.name, least_severity=0, roles=ROLES, at=rule.at)
    where = place.name if place else "no place"
    yield (
        replace(open_rule, least_severity=rule.least_severity),
        f"its severity is {incident.severity}, the rule asks for {rule.least_severity}",
    )
    yield (
        replace(open_rule, roles=rule.roles),
        f"its role is {incident.role}, the rule asks for {', '.join(rule.roles)}",
    )
    yield (
        replace(open_rule, least_origins=rule.least_origins),
        f"it has {incident.origin_count} origins, the rule asks for {rule.least_origins}",
    )
    yield replace(open_rule, types=rule.types), f"its type is {incident.family}/{incident.subtype}"
    yield replace(open_rule, countries=rule.countries), f"its country is {(place and place.country) or 'not known'}"
    yield replace(open_rule, admin1=rule.admin1), f"its area is {(place and place.admin1) or 'not known'}"
    yield replace(open_rule, circle=rule.circle, polygon=rule.polygon), f"its place lies outside: {where}"
    for figure in rule.figures:
        words = f"it has no figure with {figure.what} {figure.bound} {figure.comparison} {figure.value}"
        yield replace(open_rule, figures=(figure,)), words
    yield replace(open_rule, actors=rule.actors), f"none of its actors is {' or '.join(rule.actors)}"
    yield replace(open_rule, words=rule.words), f"its title and summary do not say {' or '.join(rule.words)}"


def on_duty(schedule: Schedule | None, at: datetime, *, critical: bool) -> bool:
    """Whether a rule raises alerts at that moment; in its quiet hours only critical ones."""
    if schedule is None:
        return True
    local = at.astimezone(_zone(schedule.zone))
    hour = f"{local:%H:%M}"
    begun = local - timedelta(days=1) if schedule.end < schedule.start and hour < schedule.end else local
    if schedule.days and begun.isoweekday() not in schedule.days:
        return False
    if schedule.start != schedule.end and not _between(schedule.start, hour, schedule.end):
        return False
    quiet = schedule.quiet_start != schedule.quiet_end and _between(schedule.quiet_start, hour, schedule.quiet_end)
    return critical or not quiet


def _between(start: str, hour: str, end: str) -> bool:
    return start <= hour < end if start <= end else hour >= start or hour < end


def _figure_holds(condition: FigureCondition, incident: Incident) -> bool:
    values = [getattr(f, condition.bound) for f in incident.figures if f.what == condition.what]
    numbers = [v for v in values if v is not None]
    if condition.comparison == "at-most":
        return any(v <= condition.value for v in numbers)
    return any(v >= condition.value for v in numbers)


def _within(rule: AlertRule, place: Place | None) -> bool:
    if rule.circle is None and not rule.polygon:
        return True
    if place is None or place.lat is None or place.lon is None:
        return False
    if rule.circle and (kilometres(rule.circle, place) or 0.0) > rule.circle.km:
        return False
    return not rule.polygon or inside(rule.polygon, place.lat, place.lon)


def inside(polygon: tuple[Corner, ...], lat: float, lon: float) -> bool:
    """Whether a point lies in a polygon, by the even-odd rule on plain degrees."""
    found = False
    for a, b in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (a.lat > lat) != (b.lat > lat) and lon < (b.lon - a.lon) * (lat - a.lat) / (b.lat - a.lat) + a.lon:
            found = not found
    return found


def _said(words: str, text: str) -> bool:
    return _pattern(words).search(text) is not None


@lru_cache(maxsize=10_000)
def _pattern(words: str) -> re.Pattern[str]:
    inner = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)


def _folded(name: str | None) -> str:
    return (name or "").casefold()


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def switched_off(rule: AlertRule, author: str, at: datetime) -> AlertRule:
    """The record that deletes a rule."""
    return replace(rule, deleted=True, author=author, at=at)

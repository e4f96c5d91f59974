"""Rules of alerts: each condition alone, their schedule, the book that keeps them, and the grade of an alert."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import (
    Actor,
    AlertRule,
    Change,
    Circle,
    Claim,
    Corner,
    Figure,
    FigureCondition,
    Incident,
    Place,
    Publisher,
    Schedule,
    SourcedClaim,
)
from streams.domain.alerting.alert import AlertState, alert
from streams.domain.alerting.grade import level_of, parts
from streams.domain.alerting.rules import RuleBook, RuleError, check, default_rules, holds, on_duty, switched_off

START = datetime(2021, 6, 28, 12, tzinfo=UTC)  # a Monday
MOSUL = Place(name="Mosul", country="IQ", admin1="Nineveh", lat=36.34, lon=43.13, precision="city")


def killed(best: int | None, low: int | None = None, high: int | None = None) -> Figure:
    return Figure(what="killed", low=best if low is None else low, best=best, high=best if high is None else high)


BLAST = Incident(
    incident_id="ab" * 16, version=1, family="explosions", subtype="air-drone-strike", title="Blast in a Mosul market",
    summary=("A car  bomb went off near the Rafidain bank.",), place=MOSUL, figures=(killed(7, 4, 9),),
    actors=(Actor(name="the 15th Brigade"),), mention_count=1, article_count=1, source_count=1, origin_count=2,
    severity=3, role="main", first_seen=START, last_changed=START, change=Change(kind="opened"),
)  # fmt: skip


def rule(**conditions: object) -> AlertRule:
    return AlertRule(name="r", at=START, **conditions)  # type: ignore[arg-type]


def count(value: int, bound: str = "best", comparison: str = "at-least", what: str = "killed"):
    return (FigureCondition(what=what, bound=bound, comparison=comparison, value=value),)


SQUARE = tuple(Corner(lat=lat, lon=lon) for lat, lon in ((36, 43), (37, 43), (37, 44), (36, 44)))


@pytest.mark.parametrize(
    ("met", "missed"),
    [
        ({"types": ("explosions",)}, {"types": ("battles",)}),
        ({"types": ("explosions/air-drone-strike",)}, {"types": ("explosions/suicide-bomb",)}),
        ({"countries": ("SY", "IQ")}, {"countries": ("SY",)}),
        ({"admin1": ("nineveh",)}, {"admin1": ("Basra",)}),
        ({"circle": Circle(lat=36.2, lon=44.0, km=100)}, {"circle": Circle(lat=36.2, lon=44.0, km=50)}),
        ({"polygon": SQUARE}, {"polygon": tuple(replace(c, lat=c.lat + 5) for c in SQUARE)}),
        ({"actors": ("15th brigade",)}, {"actors": ("5th brigade",)}),
        ({"words": ("flood", "car bomb")}, {"words": ("mark",)}),
        ({"least_severity": 3}, {"least_severity": 4}),
        ({"figures": count(5)}, {"figures": count(8)}),
        ({"figures": count(4, "low")}, {"figures": count(5, "low")}),
        ({"figures": count(9, "high")}, {"figures": count(10, "high")}),
        ({"figures": count(7, comparison="at-most")}, {"figures": count(6, comparison="at-most")}),
        ({}, {"figures": count(0, what="injured")}),
        ({"least_origins": 2}, {"least_origins": 3}),
        ({"roles": ("main",)}, {"roles": ("background",)}),
        ({}, {"enabled": False}),
        ({}, {"deleted": True}),
    ],
)
def test_each_condition_decides(met, missed):
    assert holds(rule(**met), BLAST)
    assert not holds(rule(**missed), BLAST)


@pytest.mark.parametrize(
    "where", [{"countries": ("IQ",)}, {"circle": Circle(lat=0, lon=0, km=20_000)}, {"polygon": SQUARE}]
)
def test_an_unknown_place_lies_nowhere(where):
    assert not holds(rule(**where), replace(BLAST, place=None))
    assert not holds(rule(**where), replace(BLAST, place=Place(name="the north")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"types": ("explosion",)},
        {"countries": ("Iraq",)},
        {"roles": ("primary",)},
        {"polygon": SQUARE[:2]},
        {"words": (" ",)},
        {"schedule": Schedule(zone="Europe/Kiew")},
        {"schedule": Schedule(days=(0,))},
        {"schedule": Schedule(quiet_start="22:00")},
    ],
)
def test_a_rule_that_could_never_hold_is_refused(wrong):
    check(rule())
    with pytest.raises(RuleError):
        check(rule(**wrong))


@pytest.mark.parametrize(
    ("schedule", "hour", "raises"),
    [
        (Schedule(start="09:00", end="17:00"), "2021-06-28T12:00Z", True),
        (Schedule(start="09:00", end="17:00"), "2021-06-28T17:00Z", False),
        (Schedule(zone="Asia/Baghdad", start="15:00", end="17:00"), "2021-06-28T12:00Z", True),
        (Schedule(days=(2,)), "2021-06-28T12:00Z", False),
        (Schedule(start="22:00", end="06:00", days=(1,)), "2021-06-29T05:00Z", True),  # Monday's night
        (Schedule(start="22:00", end="06:00", days=(2,)), "2021-06-29T05:00Z", False),
        (Schedule(quiet_start="22:00", quiet_end="06:00"), "2021-06-28T23:00Z", False),
        (Schedule(quiet_start="22:00", quiet_end="06:00"), "2021-06-28T12:00Z", True),
    ],
)
def test_hours_of_duty(schedule, hour, raises):
    at = datetime.fromisoformat(hour)
    assert on_duty(schedule, at, critical=False) is raises


def test_in_quiet_hours_only_critical_alerts_are_raised():
    night = Schedule(quiet_start="22:00", quiet_end="06:00")
    at = START.replace(hour=23)
    loud, quiet = rule(schedule=night, level="critical"), rule(schedule=night, level="warning")
    assert len(alert(AlertState(), replace(BLAST, last_changed=at), [loud])[1]) == 1
    assert alert(AlertState(), replace(BLAST, last_changed=at), [quiet])[1] == []


def test_what_changed_off_duty_is_told_with_the_next_version_on_duty():
    watch = [rule(schedule=Schedule(start="09:00", end="17:00"))]
    state, (first,) = alert(AlertState(), BLAST, watch)
    worse = replace(BLAST, version=2, figures=(killed(20),), last_changed=START.replace(hour=20))
    assert alert(state, worse, watch)[1] == []
    later = replace(worse, version=3, last_changed=START + timedelta(days=1))
    (told,) = alert(state, later, watch)[1]
    assert (told.alert_id, told.revision, told.reason) == (first.alert_id, 2, "figures changed")


def test_the_alert_of_a_deleted_rule_is_taken_back():
    book = RuleBook([rule()])
    state, (first,) = alert(AlertState(), BLAST, book.every())
    book.take(switched_off(rule(), "mara", START + timedelta(hours=1)))
    (gone,) = alert(state, replace(BLAST, version=2), book.every())[1]
    assert (gone.alert_id, gone.reason) == (first.alert_id, "retracted")
    assert book.shown() == ()


@given(st.permutations([rule(least_severity=n, note=str(n)) for n in range(4)]), st.booleans())
def test_of_one_name_the_later_written_rule_holds_in_any_order(order, again):
    dated = [replace(r, at=START + timedelta(hours=r.least_severity)) for r in order]
    book = RuleBook(default_rules())
    for record in dated * (1 + again):
        book.take(record)
    assert [(r.name, r.least_severity) for r in book.shown()] == [("r", 3), ("severity", 3)]


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"severity": 5}, "critical"),
        ({"severity": 5, "origin_count": 1}, "critical"),
        ({"severity": 4}, "warning"),
        ({"severity": 4, "origin_count": 1}, "warning"),
        ({"severity": 3}, "warning"),
        ({"severity": 2}, "info"),
        ({"severity": 5, "figures": (), "family": "disasters", "subtype": "storm"}, "warning"),
        ({"severity": 3, "figures": ()}, "info"),
        ({"severity": 4, "figures": (killed(0),)}, "warning"),
        ({"severity": 5, "figures": (killed(None),)}, "critical"),  # dozens
    ],
)
def test_red_takes_harm_and_the_greatest_severity(changes, level):
    assert level_of(replace(BLAST, **changes)) == level


OUTBREAK = {"family": "health", "subtype": "outbreak"}
DISPLACED = Figure(what="displaced", low=300_000, best=300_000, high=300_000)


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({**OUTBREAK, "figures": (killed(2_125),)}, "warning"),
        ({**OUTBREAK, "figures": (killed(3),)}, "critical"),  # by a feed or a person, not by the figure
        ({"figures": (killed(13), DISPLACED)}, "warning"),
        ({"figures": (killed(135), DISPLACED)}, "critical"),
        ({"figures": (DISPLACED,), "family": "disasters", "subtype": "drought"}, "warning"),
    ],
)
def test_a_running_total_alone_is_not_red(changes, level):
    assert level_of(replace(BLAST, severity=5, **changes)) == level


def test_the_dead_of_an_epidemic_are_red_once_two_origins_state_them():
    claims = (says("a", 2_125), says("b", 2_100))
    assert level_of(replace(BLAST, severity=5, figures=(killed(2_125),), claims=claims, **OUTBREAK)) == "critical"


def says(origin: str, least: int | None, most: int | None = None, *, superseded: bool = False) -> SourcedClaim:
    claim = Claim(what="killed", min=least, max=most, quote="")
    return SourcedClaim(
        claim=claim, mention_id="m", document_id=origin, source=Publisher(domain=f"{origin}.example"), origin=origin,
        reported_at=START, superseded=superseded,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("best", "claims", "level"),
    [
        (43, (says("a", 43, 43), says("b", 26, 26)), "critical"),
        (43, (says("a", 43, 43), says("b", 26, 26, superseded=True)), "critical"),
        (43, (says("a", 43, 43), says("b", None, 30)), "critical"),  # up to 30
        (25, (says("a", 25), says("b", 25)), "critical"),
        (43, (says("a", 43, 43), says("a", 26, 26)), "warning"),  # one voice twice
        (43, (says("a", 43, 43), says("b", 7, 7)), "warning"),  # fewer confirm nothing
        (43, (says("a", 43, 43), says("b", None)), "warning"),  # nor does a word without a number
        (24, (says("a", 43, 43), says("b", 26, 26)), "warning"),  # the settled figure went down
        (24, (says("a", 24, 24), says("b", 24, 24)), "warning"),
    ],
)
def test_red_takes_many_killed_whom_two_origins_state(best, claims, level):
    assert level_of(replace(BLAST, severity=4, figures=(killed(best),), claims=claims)) == level


def test_the_parts_of_a_severity_are_told_in_words():
    assert [(p.words, p.grade) for p in parts(replace(BLAST, figures=(killed(12),)))] == [
        ("12 killed, 10 or more", 4),
        ("air drone strike, by its type alone", 2),
    ]

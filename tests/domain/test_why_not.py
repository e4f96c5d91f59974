"""Why a rule raises no alert: every condition has its words, and there are none exactly when it raises."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import AlertRule, Circle, FigureCondition, Schedule
from streams.domain.alerting.alert import raises
from streams.domain.alerting.why_not import why_not
from tests.domain.test_alert import START, an_incident

OPEN = AlertRule(name="all", least_severity=0, at=START)
CONDITIONS = {
    "severity": {"least_severity": 5},
    "role": {"roles": ("statement",)},
    "origins": {"least_origins": 2},
    "type": {"types": ("protests",)},
    "country": {"countries": ("UA",)},
    "area": {"admin1": ("Kyiv",)},
    "outside": {"circle": Circle(lat=0.0, lon=0.0, km=1.0)},
    "figure": {"figures": (FigureCondition(what="killed", bound="low", comparison="at-least", value=3),)},
    "actors": {"actors": ("army",)},
    "say": {"words": ("zebra",)},
    "off duty": {"schedule": Schedule(zone="UTC", start="00:00", end="00:30")},
    "switched off": {"enabled": False},
}


@pytest.mark.parametrize("word", CONDITIONS)
def test_each_condition_that_fails_is_told(word):
    (reason,) = why_not(replace(OPEN, **CONDITIONS[word]), an_incident())
    assert word in reason


@given(
    st.sets(st.sampled_from(sorted(CONDITIONS))),
    st.sampled_from([{}, {"status": "closed"}, {"merged_into": "cd" * 16}, {"severity": 5, "origin_count": 3}]),
)
def test_there_is_a_reason_exactly_when_nothing_is_raised(chosen, changes):
    rule = OPEN
    for word in chosen:
        rule = replace(rule, **CONDITIONS[word])
    incident = an_incident(**changes)
    assert (not why_not(rule, incident)) == raises(rule, incident)

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from schemas.records import AlertRule, Change, Figure, Incident
from streams.domain.alerting.alert import AlertState, alert

START = datetime(2021, 6, 28, tzinfo=UTC)


def an_incident(version: int = 1, **changes: object) -> Incident:
    base = Incident(
        incident_id="ab" * 16,
        version=version,
        family="explosions",
        subtype="air-drone-strike",
        title="Strike",
        mention_count=1,
        article_count=1,
        source_count=1,
        origin_count=1,
        severity=3,
        role="main",
        first_seen=START,
        last_changed=START + timedelta(hours=version),
        change=Change(kind="joined"),
    )
    return replace(base, **changes)


def reasons(*versions: Incident) -> list[tuple[int, str]]:
    state, out = AlertState(), []
    for v in versions:
        state, alerts = alert(state, v)
        out += [(a.revision, a.reason) for a in alerts]
    return out


def killed(n: int) -> tuple[Figure, ...]:
    return (Figure(what="killed", low=n, best=n, high=n, sources=1),)


@pytest.mark.parametrize("quiet", [{"severity": 2}, {"role": "background"}, {"role": "story"}, {"status": "closed"}])
def test_only_serious_news_raises_an_alert(quiet):
    assert reasons(an_incident(**quiet)) == []
    assert reasons(an_incident()) == [(1, "new")]


def test_each_change_worth_telling_is_one_revision():
    assert reasons(
        an_incident(1),
        an_incident(2),
        an_incident(3, origin_count=2),
        an_incident(4, origin_count=3),
        an_incident(5, origin_count=3, figures=killed(4)),
        an_incident(6, origin_count=3, figures=killed(4), severity=5),
        an_incident(7, origin_count=3, figures=killed(4), severity=1),
        an_incident(8, figures=killed(4), severity=1),
        an_incident(9, figures=killed(4), severity=4),
        an_incident(10, severity=4, figures=killed(4), merged_into="cd" * 16),
        an_incident(11, severity=4, figures=killed(4), merged_into="cd" * 16),
    ) == [
        (1, "new"),
        (2, "second origin"),
        (3, "escalated"),  # harm is known now: info becomes a warning
        (4, "escalated"),
        (5, "retracted"),
        (6, "new"),
        (7, "merged"),
    ]


def test_a_version_seen_again_gives_the_same_revision_and_an_older_one_nothing():
    state, (first,) = alert(AlertState(), an_incident(1))
    state, (again,) = alert(state, an_incident(1))
    assert again == first
    state, (second,) = alert(state, an_incident(2, severity=5))
    assert alert(state, an_incident(1))[1] == []
    restored = AlertState.restore([(second.alert_id, state.dump(second.alert_id))])
    assert alert(restored, an_incident(2, severity=5))[1] == [second]


def test_rules_choose_families_and_countries_and_each_has_its_own_alert():
    rules = (
        AlertRule(name="severity", least_severity=3, at=START),
        AlertRule(name="blasts", least_severity=1, types=("explosions",), at=START),
        AlertRule(name="iq", countries=("IQ",), at=START),
    )
    _, alerts = alert(AlertState(), an_incident(), rules)
    assert [a.rule for a in alerts] == ["severity", "blasts"]
    assert len({a.alert_id for a in alerts}) == 2


def test_beyond_its_bound_the_longest_unchanged_alert_is_forgotten(monkeypatch):
    monkeypatch.setattr("streams.domain.alerting.alert.REMEMBERED", 2)
    state, (first,) = alert(AlertState(), an_incident())
    state, (second,) = alert(state, an_incident(incident_id="ef" * 16))
    assert state.forget() == ()
    alert(state, an_incident(version=2, severity=5))
    alert(state, an_incident(incident_id="12" * 16))
    assert state.forget() == (second.alert_id,)
    assert first.alert_id in state.alerts


def test_a_backfill_of_old_incidents_is_remembered_too():
    state, _ = alert(AlertState(), an_incident(incident_id="ef" * 16, last_changed=START + timedelta(days=4000)))
    state, (raised,) = alert(state, an_incident())
    assert state.forget() == ()
    assert raised.alert_id in state.alerts

"""Rules on growth: news of a place against its own usual number."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.records import AlertRule, Growth
from streams.agents.alert import AlertStage
from streams.domain.alerting.alert import AlertState, alert
from streams.domain.alerting.growth import Placing, Tally, tallied
from streams.domain.alerting.preview import preview
from streams.domain.alerting.why_not import why_not
from tests.console.made import PORT, START, ident, incident

RULE = AlertRule(name="more than usual", types=("disasters",), growth=Growth(), at=START)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(n, ago, **changes):
    """An incident first told so long before START."""
    changes = {"first_seen": START - ago, "last_changed": START - ago} | changes
    return incident(n, **changes)


USUAL = [told(n, n * 2 * DAY + DAY) for n in range(1, 15)]  # one every other day for four weeks
BURST = [told(100 + n, n * HOUR) for n in range(4)]


def met(incidents, rule=RULE, days=1):
    return {i.incident_id for i in preview(rule, incidents, days).met}


def test_more_news_than_usual_raises_an_alert_and_as_much_as_usual_none():
    assert met([*USUAL, *BURST]) == {i.incident_id for i in BURST[:2]}  # of four, the third and the fourth to be told
    assert met([*USUAL, *BURST[:2]]) == set()
    assert met(USUAL) == set()


def test_a_place_that_always_has_as_much_news_is_not_growing():
    busy = [told(1000 + n, n * DAY / 3) for n in range(90)]
    assert met(busy) == set()
    assert met([*busy, *BURST]) == set()
    assert met([*busy, *(told(2000 + n, n * HOUR / 2) for n in range(8))]) != set()


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"place": replace(PORT, country="CL")}, {"place": None}, {"family": "battles", "subtype": "armed-clash"},
        {"role": "background"}, {"merged_into": ident(1)},
    ],
)  # fmt: skip
def test_only_incidents_of_the_place_and_the_rules_types_count(elsewhere):
    assert met([*USUAL, *BURST[2:], *(replace(i, **elsewhere) for i in BURST[:2])]) == set()


def test_an_area_is_compared_with_itself():
    of_area = replace(RULE, growth=replace(RULE.growth, of="admin1"))
    ouest = replace(PORT, admin1="Ouest")
    usual = [replace(i, place=ouest) for i in USUAL]
    assert met([*usual, *(replace(i, place=ouest) for i in BURST)], of_area) != set()
    assert (
        met([*usual, *(replace(i, place=replace(PORT, admin1=f"a{n}")) for n, i in enumerate(BURST))], of_area) == set()
    )
    assert met([*usual, *BURST], of_area) == set()  # of no known area


def test_without_a_day_of_news_before_nothing_is_known_to_be_usual():
    assert met(BURST) == set()
    assert met([*BURST, told(1, 30 * HOUR)]) == set()
    assert met([*BURST, told(1, 49 * HOUR)]) != set()


def test_the_newest_version_decides_where_an_incident_counts_in_whatever_order():
    rule = replace(RULE, growth=Growth(least=1, times=1))
    moved = [replace(BURST[0], version=2, place=replace(PORT, country="CL")), BURST[0]]
    for order in (moved, moved[::-1]):
        tally = tallied([*USUAL, *order, *order])
        grown = tally.grown(rule, BURST[1])
        assert (grown.recent, grown.where) == (0, "HT")
        assert tally.grown(rule, moved[0]).recent == 1


def test_growth_that_has_passed_takes_no_alert_back_and_none_is_raised_without_a_tally():
    tally = tallied([*USUAL, *BURST])
    state, (first,) = alert(AlertState(), BURST[0], (RULE,), tally)
    later = replace(BURST[0], version=2, last_changed=START + 5 * DAY)
    assert alert(state, later, (RULE,), Tally())[1] == []
    assert first.reason == "new"
    assert alert(AlertState(), BURST[0], (RULE,))[1] == []
    assert "usual" in why_not(RULE, BURST[0])[0]


def test_the_stage_asks_for_the_tally_only_when_a_rule_wants_it_and_counts_what_it_handles():
    asked, tally = [], tallied([*USUAL, *BURST[1:]])
    stage = AlertStage(lambda: (RULE,), lambda wanted: asked.append(wanted) or tally)
    assert len(stage.handle(AlertState(), BURST[0]).records) == 1
    AlertStage(lambda: (replace(RULE, growth=None),), asked.append).handle(AlertState(), BURST[0])
    assert asked == [True, False]
    assert tally.grown(RULE, BURST[0]).recent == 4
    assert Placing.of(BURST[0]).country == "HT"

"""Rules about feeds that fall silent: raised once, taken back when news comes again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.records import AlertRule, Growth, Silence
from streams.agents.alert import AlertStage
from streams.domain.alerting.alert import AlertState, alert, alert_of_feed
from streams.domain.alerting.preview import preview_of_feeds
from streams.domain.alerting.rules import RuleError, check
from streams.rule_settings import read_rule
from tests.console.made import START, feed, incident

HOUR = timedelta(hours=1)
RULE = AlertRule(name="silence", silence=Silence(), roles=(), at=START)
SIX = replace(RULE, silence=Silence(hours=6))


def read(hours, revision=1, status="ok", **changes):
    """A feed read so many hours after its newest record of START."""
    return feed(1, revision, status=status, last_item_at=START, checked_at=START + hours * HOUR, **changes)


def told(rule, *reads):
    state, out = AlertState(), []
    for one in reads:
        state, raised = alert_of_feed(state, one, (rule,))
        out += [(a.revision, a.reason) for a in raised]
    return out


def test_a_feed_is_told_once_and_taken_back_when_it_brings_news():
    again = replace(read(9, 4), last_item_at=START + 8 * HOUR)
    assert told(SIX, read(5), read(6), read(7), again, read(16, 5)) == [(1, "new"), (2, "retracted"), (3, "new")]


def test_without_hours_its_own_history_decides():
    assert told(RULE, read(100)) == []
    assert told(RULE, read(2, status="silent", reason="usually 40 a day")) == [(1, "new")]
    assert told(RULE, read(2, status="silent"), read(3, status="ended")) == [(1, "new"), (2, "retracted")]


def test_what_is_read_again_gives_the_same_and_what_is_older_nothing():
    assert told(SIX, read(6), read(6)) == [(1, "new"), (1, "new")]
    assert told(SIX, read(7), read(6)) == [(1, "new")]


@pytest.mark.parametrize(
    ("rule", "raised"),
    [
        ({"silence": Silence(feeds=("FEED1.example",), hours=6)}, 1),
        ({"silence": Silence(feeds=("harbour", "ledger"), hours=6)}, 1),
        ({"silence": Silence(feeds=("feed2",), hours=6)}, 0),
        ({"countries": ("HT",)}, 1),
        ({"countries": ("CL",)}, 0),
        ({"enabled": False}, 0),
        ({"deleted": True}, 0),
        ({"level": "critical"}, 1),
    ],
)
def test_a_rule_is_about_the_feeds_that_it_names(rule, raised):
    rule = replace(SIX, **rule)
    found = alert_of_feed(AlertState(), read(7, title="The Harbour Ledger", country="HT"), (rule,))[1]
    assert len(found) == raised
    assert [a.level for a in found] == (["critical" if rule.level == "critical" else "warning"] if raised else [])
    assert all(a.headline.startswith("Nothing new from The Harbour Ledger for 7 h") for a in found)


def test_a_rule_that_is_gone_takes_its_alerts_back():
    state, _ = alert_of_feed(AlertState(), read(7), (SIX,))
    assert [a.reason for a in alert_of_feed(state, read(8, 2), (replace(SIX, deleted=True),))[1]] == ["retracted"]


def test_the_stage_takes_feeds_and_incidents_and_keeps_them_apart():
    stage, state = AlertStage(lambda: (SIX,)), AlertState()
    assert len(stage.handle(state, read(7)).records) == 1
    assert stage.handle(state, incident()).records == []
    assert alert(state, incident(severity=5), (SIX,))[1] == []
    assert alert_of_feed(AlertState(), read(7), (replace(SIX, silence=None),))[1] == []


def test_it_is_tried_on_feeds_as_they_stand():
    found = preview_of_feeds(SIX, [read(7), feed(2, last_item_at=START), feed(3, status="ended")])
    assert (found.count, found.looked_at, found.levels) == (1, 3, {"warning": 1})


def test_conditions_on_incidents_are_refused_and_roles_are_taken_off_so_that_older_versions_raise_nothing():
    assert read_rule({"name": "a", "silence": {"feeds": ["reuters"]}}).roles == ()
    assert read_rule({"name": "a", "silence": {}, "roles": ["main"]}).roles == ()
    check(replace(SIX, countries=("HT",)))
    for stray in ({"types": ("battles",)}, {"growth": Growth()}, {"words": ("x",)}, {"least_severity": 1}):
        with pytest.raises(RuleError, match=next(iter(stray))):
            check(replace(SIX, **stray))
    with pytest.raises(RuleError, match="blank"):
        check(replace(RULE, silence=Silence(feeds=(" ",))))

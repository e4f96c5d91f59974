"""How long topics keep messages: one setting for each topic, told without changing anything, changed when asked."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.actions.setup import wrong_settings
from deploy.actions.topic_settings import CHANGELOGS, KEPT_BY, keep_as_set, kept_days, kept_otherwise, topic_configs
from schemas.errors import Stop
from schemas.topics import ALERT, ALL, ARTICLE, BY_NAME, CORRECTION, INCIDENT, MEMORIES, QUARANTINE
from streams.settings import CENTURY, Settings, load_settings

LONGEST_MS = 2**63 - 1  # a broker counts milliseconds in a signed long
FOUR = ("topic_days", "quarantine_days", "article_days", "incident_days")
some_days = st.floats(0, CENTURY, exclude_min=True)


class Broker:
    """As much of a broker as setup and doctor ask: topics with settings, of which it lets some be changed."""

    def __init__(self, configs, refuses=()):
        self.configs, self.refuses = {name: dict(config) for name, config in configs.items()}, dict(refuses)

    def list_topics(self):
        return list(self.configs)

    def describe_configs(self, resources, config_filter):
        return {"topic": {r.name: {k: {"value": v} for k, v in self.configs[r.name].items()} for r in resources}}

    def alter_configs(self, resources):
        for resource in resources:
            if resource.name not in self.refuses:
                self.configs[resource.name].update(resource.configs)
        return {"topic": {r.name: self.refuses.get(r.name, "OK") for r in resources}}


OTHERS = topic_configs(Settings(topic_days=3, quarantine_days=5, article_days=1, incident_days=2))


def of_others(**more):
    """A broker whose topics keep messages as others have chosen there."""
    return Broker(OTHERS, **more)


def chosen_settings():
    """Settings in which somebody has chosen some of the four, as may be chosen together."""
    kept = st.fixed_dictionaries({}, optional={"topic_days": some_days, "quarantine_days": some_days})
    pair = st.tuples(some_days, some_days).map(sorted)
    both = pair.map(lambda days: {"article_days": days[0], "incident_days": days[1]})
    return st.builds(lambda some, more: Settings(**some, **more), kept, st.one_of(st.just({}), both))


@pytest.mark.parametrize("name", FOUR)
@pytest.mark.parametrize("days", [CENTURY + 1, 1e300, math.inf, math.nan, -1])
def test_more_days_than_a_century_are_refused(name, days):
    with pytest.raises(Stop, match=name):
        load_settings(**{"article_days": 1, name: days})


@given(chosen_settings())
def test_a_broker_can_count_whatever_is_allowed(settings):
    for name, config in topic_configs(settings).items():
        for key in ("retention.ms", "segment.ms"):
            assert 0 <= int(config.get(key, 0)) <= LONGEST_MS, name
        assert ("retention.ms" in config) == (name in kept_days(settings))
        compacted = name not in BY_NAME or BY_NAME[name].retention_days is None
        assert ("compact" in config["cleanup.policy"]) == compacted
        assert ("delete" in config["cleanup.policy"]) == (name in kept_days(settings))


@given(chosen_settings())
def test_only_what_somebody_has_set_is_told_and_changed(settings):
    broker, before = of_others(), OTHERS
    told = kept_otherwise(broker, settings)
    assert broker.configs == before  # a question changes nothing
    assert {found.split()[0] for found, _ in wrong_settings(broker, settings)} >= set(told)
    assert keep_as_set(broker, settings) == told
    assert {KEPT_BY[name] for name in told} <= settings.model_fields_set
    assert {name for name, config in broker.configs.items() if config != before[name]} == set(told)
    assert kept_otherwise(broker, settings) == []
    assert keep_as_set(broker, settings) == []


def test_each_setting_has_its_topics():
    by_setting = {setting: {n for n, s in KEPT_BY.items() if s == setting} for setting in KEPT_BY.values()}
    assert by_setting.keys() == {"topic_days", "quarantine_days", "incident_days"}
    assert by_setting["quarantine_days"] == {QUARANTINE.name}
    assert {INCIDENT.name, ALERT.name} < by_setting["incident_days"]
    assert ARTICLE.name in by_setting["topic_days"]
    assert {t.name for t in ALL if t.retention_days is not None} <= KEPT_BY.keys()
    assert not KEPT_BY.keys() & {CORRECTION.name, *CHANGELOGS, *(t.name for t in MEMORIES)}


def test_a_refusal_names_the_topic_and_the_brokers_answer():
    broker = of_others(refuses={ARTICLE.name: "[Error 44] PolicyViolationError: no longer than 8 days"})
    with pytest.raises(Stop, match=rf"{ARTICLE.name}: .*no longer than 8 days") as refused:
        keep_as_set(broker, Settings(topic_days=14))
    assert "news.event.v1" not in str(refused.value)


def test_a_topic_that_is_not_there_is_left_out():
    broker = of_others()
    del broker.configs[ARTICLE.name]
    assert ARTICLE.name not in kept_otherwise(broker, Settings(topic_days=14))
    assert "news.event.v1" in keep_as_set(broker, Settings(topic_days=14))

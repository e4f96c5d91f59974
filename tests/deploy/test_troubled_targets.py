"""A target that takes no alerts is told by the watch over groups and by the doctor."""

import pytest

from connectors.notify.announced import HELD_BACK
from deploy.actions.doctor import _targets
from deploy.supervise.groups import GroupWatch
from deploy.supervise.lag import Lag
from streams.console.metrics import troubles
from streams.settings import Settings
from streams.status_files import WaitingMark


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, notify={"desk": {"url": "http://127.0.0.1:1/hook"}})


def troubled(settings):
    watch = GroupWatch("127.0.0.1:1", settings.data_dir, settings.notify)
    watch.look([Lag("tocsin-notify-desk", "news.alert.v1", 3, 0, 0)], 0.0)
    return troubles(watch.groups())


def test_a_target_that_answers_503_is_failing(settings):
    mark = WaitingMark(settings, "notify-desk")
    assert troubled(settings) == {}
    assert all(finding.good for finding in _targets(settings))
    mark.note("it answers 503")
    assert troubled(settings) == {"notify-desk": "it answers 503"}
    (finding,) = _targets(settings)
    assert not finding.good
    assert "it answers 503" in finding.found
    mark.note("")
    assert troubled(settings) == {}


def test_a_rate_limit_is_no_trouble(settings):
    WaitingMark(settings, "notify-desk").note(HELD_BACK)
    assert troubled(settings) == {}
    assert all(finding.good for finding in _targets(settings))


def test_a_loader_that_waits_for_its_store_is_no_failing_target(settings):
    WaitingMark(settings, "loader").note("ClickHouse is away")
    watch = GroupWatch("127.0.0.1:1", settings.data_dir, ())
    watch.look([Lag("tocsin-load", "news.alert.v1", 3, 0, 0)], 0.0)
    assert watch.groups()["loader"].state == "waiting"

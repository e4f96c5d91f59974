"""Settings with some changed keep what nobody has set open, so that whoever runs the parts can choose it."""

import pytest

from deploy.supervise.up import EMBEDDED_PARTITIONS, embedded_settings
from streams.settings import Settings


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_embedded_parts_keep_one_order_of_news_whatever_else_is_changed():
    changed = Settings().changed(console_port=0, notify={})
    assert embedded_settings(changed).partitions == EMBEDDED_PARTITIONS == 1


@pytest.mark.parametrize("partitions", [3, 8])
def test_partitions_that_somebody_has_set_stay(partitions, monkeypatch):
    assert embedded_settings(Settings(partitions=partitions).changed(console_port=0)).partitions == partitions
    monkeypatch.setenv("TOCSIN_PARTITIONS", str(partitions))
    assert embedded_settings(Settings().changed(console_port=0)).partitions == partitions


def test_stages_share_two_processes_on_embedded_parts_unless_somebody_has_set_how_many(monkeypatch):
    assert embedded_settings(Settings()).worker_processes == 2
    assert Settings().worker_processes == 0
    assert embedded_settings(Settings(worker_processes=0)).worker_processes == 0
    monkeypatch.setenv("TOCSIN_WORKER_PROCESSES", "3")
    assert embedded_settings(Settings()).worker_processes == 3


def test_a_change_wins_over_what_was_set():
    settings = Settings(partitions=3, kafka="127.0.0.1:1").changed(partitions=5)
    assert (settings.partitions, settings.kafka) == (5, "127.0.0.1:1")

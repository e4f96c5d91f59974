"""Lag is asked for again after brokers did not answer, by whoever holds the reader."""

import pytest
from kafka.errors import KafkaError, KafkaTimeoutError

from deploy.supervise import lag


class Admin:
    """A client of a broker that may be away; a closed one is of no use."""

    away = False

    def __init__(self, **_):
        self.closed = False
        self._answer()

    def _answer(self):
        if Admin.away:
            raise KafkaTimeoutError("away")

    def list_group_offsets(self, groups):
        if self.closed:
            raise RuntimeError("NetworkSelector closed!")
        self._answer()
        return {group: {} for group in groups}

    def close(self):
        self.closed = True


class Consumer:
    """A client of a broker that always answers."""

    def __init__(self, **_):
        pass

    def partitions_for_topic(self, _):
        return {0}

    def end_offsets(self, partitions):
        return dict.fromkeys(partitions, 5)


def test_a_reader_goes_on_when_brokers_answer_again(monkeypatch):
    monkeypatch.setattr(lag, "KafkaAdminClient", Admin)
    monkeypatch.setattr(lag, "KafkaConsumer", Consumer)
    monkeypatch.setattr(Admin, "away", False)
    reader = lag.LagReader("nowhere:9")
    whole = reader.lags()
    assert {each.behind for each in whole} == {5}
    Admin.away = True
    for _ in range(2):
        with pytest.raises(KafkaError):
            reader.lags()
    Admin.away = False
    assert reader.lags() == whole

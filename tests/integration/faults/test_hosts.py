"""Two hosts in networks of their own: when one dies the other takes over every stage, and every input is there once."""

import pytest

from tests.integration.faults.hosts import missing, rehearse

pytestmark = pytest.mark.timeout(600)


def test_a_standby_on_another_host_takes_over(real_kafka_here, real_clickhouse_here, tmp_path):
    if reason := missing():
        pytest.skip(reason)
    ((killed,), verdict) = rehearse(tmp_path, 7, ("killed",))
    assert killed.held
    assert verdict.good, "\n".join(verdict.lines())

"""Two hosts in networks of their own: the standby takes over every stage, and every input is there once."""

import pytest

from tests.integration.faults.hosts import STRIKES, missing, rehearse

pytestmark = pytest.mark.timeout(600)


def test_a_standby_on_another_host_takes_over(real_kafka_here, real_clickhouse_here, tmp_path):
    if reason := missing():
        pytest.skip(reason)
    taken, verdict = rehearse(tmp_path, 7, STRIKES[:2])
    assert all(t.held for t in taken), taken
    assert verdict.good, "\n".join(verdict.lines())

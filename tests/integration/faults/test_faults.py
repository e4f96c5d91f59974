"""A short run of the suite: one fault of each kind, seeded by the day, on real Kafka and ClickHouse."""

from datetime import UTC, datetime

import pytest

from tests.integration.faults.faults import SHORT
from tests.integration.faults.rig import say
from tests.integration.faults.run import run, table

pytestmark = pytest.mark.timeout(600)


def test_nothing_is_lost_or_doubled_under_faults(real_kafka_here, real_clickhouse_here, tmp_path):
    seed = int(f"{datetime.now(UTC):%j}")
    result = run(tmp_path, seed, SHORT, sample=False, made=5, tell=say)
    report = "\n".join([f"seed {seed}", *table(result), *result.noticed, *result.verdict.lines()])
    assert result.verdict.good, report
    assert all(line.times for line in result.lines[:-1]), report

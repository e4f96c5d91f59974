"""Capacity: arithmetic that grows with the volume and says what breaks first."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.actions.capacity import MEASURED, read_measured
from deploy.capacity.plan import STAGES, USED, Measured, Prices, plan
from schemas.errors import Stop

OURS = Measured(
    {"dedupe": 1.0, "classify": 20.0, "link": 5.0, "alert": 2.0, "loader": 2.0, "Kafka": 8.0, "ClickHouse": 8.0},
    {"news.article.v1": 1000.0, "news.mention.v1": 1000.0}, {"article": 1.0, "mention": 2.0}, {"article": 500.0},
)  # fmt: skip


def test_by_hand():
    found = plan(10.0, OURS, Prices(1.0, 0.0, 0.0), window_hours=1)
    assert found.parts["classify"].processors == pytest.approx(0.2)
    assert found.kafka_gb_day == pytest.approx(10 * 86_400 * 2000 * 3 / 1e9)
    assert found.rows_day == 10 * 86_400 * 3
    assert found.month == pytest.approx(730 * 10 * (30 + 16) / 1000 / USED)
    assert found.most["link"] == pytest.approx(120)
    assert found.first == "link"


@given(st.floats(0.1, 10_000), st.floats(1.0, 50))
def test_more_news_never_takes_less(rate, factor):
    few, many = plan(rate, OURS, Prices()), plan(rate * factor, OURS, Prices())
    assert many.month >= few.month
    for stage in STAGES:
        assert many.parts[stage].partitions >= few.parts[stage].partitions
        assert many.parts[stage].processors / many.parts[stage].processes <= USED + 1e-9


def test_the_measured_figures_are_there_and_whole():
    measured = read_measured()
    assert set(measured.processor_ms) >= {*STAGES, "Kafka", "ClickHouse"}
    assert min(measured.topic_bytes["news.article.v1"], measured.table_bytes["article"]) > 100
    assert measured.rows["article"] == pytest.approx(1.0, abs=0.01)


def test_missing_figures_are_told(tmp_path):
    with pytest.raises(Stop, match="bench_volume"):
        read_measured(tmp_path / "none.json")
    (tmp_path / "half.json").write_text(json.dumps({"rows": {}}))
    with pytest.raises(Stop):
        read_measured(tmp_path / "half.json")
    assert MEASURED.name == "measured.json"

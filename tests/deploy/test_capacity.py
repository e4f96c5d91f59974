"""Capacity: arithmetic that grows with the volume and says what breaks first."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.actions.capacity import MEASURED, PRICES, read_measured, read_prices
from deploy.capacity.plan import STAGES, USED, Measured, Prices, plan
from deploy.cli import main
from schemas.errors import Stop

OURS = Measured(
    {"dedupe": 1.0, "classify": 20.0, "link": 5.0, "alert": 2.0, "loader": 2.0, "Kafka": 8.0, "ClickHouse": 8.0},
    {"news.article.v1": 1000.0, "news.mention.v1": 1000.0}, {"article": 1.0, "mention": 2.0}, {"article": 500.0}, 6144, 39_000,
)  # fmt: skip
LISTED, _ = read_prices()


def test_by_hand():
    found = plan(10.0, OURS, Prices(1.0, 0.0, 0.0), window_hours=1)
    assert found.parts["classify"].processors == pytest.approx(0.2)
    assert found.kafka_gb_day == pytest.approx(10 * 86_400 * 2000 * 3 / 1e9)
    assert found.rows_day == 10 * 86_400 * 3
    assert found.cost == pytest.approx(730 * 10 * (30 + 16) / 1000 / USED)
    memory = plan(10.0, OURS, Prices(0.0, 1.0, 0.0), window_hours=1).month["memory"]
    servers = 730 * 4 * 10 * 16 / 1000 / USED
    assert memory == pytest.approx(servers + 730 * sum(p.memory_gb for p in found.parts.values()))
    disk = plan(10.0, OURS, Prices(0.0, 0.0, 1.0)).month["disk"]
    assert disk == pytest.approx(found.kafka_gb_day * 7 + found.table_gb_day * 30)
    assert found.most["link"] == pytest.approx(120)
    assert found.first == "link"


@given(st.floats(0.1, 10_000), st.floats(1.0, 50))
def test_more_news_never_takes_less(rate, factor):
    few, many = plan(rate, OURS, LISTED), plan(rate * factor, OURS, LISTED)
    assert many.cost >= few.cost
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


def test_prices_have_a_date_and_a_source_and_can_be_ones_own(tmp_path):
    plain = json.loads(PRICES.read_text())
    assert date.fromisoformat(plain["as_of"])
    assert all(source.startswith("https://") for source in plain["sources"])
    own, told = read_prices(processor_hour=0.5)
    assert (own.processor_hour, own.memory_hour) == (0.5, LISTED.memory_hour)
    assert plain["as_of"] in told
    assert read_prices(disk_month=0.0)[0].disk_month == 0  # a disk that is there already
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps(plain | {"disk_month": 7}))
    assert read_prices(mine)[0].disk_month == 7


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"processor_hour": "dear"}'])
def test_a_price_list_without_prices_is_told(tmp_path, text):
    (tmp_path / "mine.json").write_text(text)
    with pytest.raises(Stop, match="holds no prices"):
        read_prices(tmp_path / "mine.json")


def test_a_negative_price_is_told(tmp_path):
    (tmp_path / "mine.json").write_text(json.dumps(json.loads(PRICES.read_text()) | {"disk_month": -1}))
    with pytest.raises(Stop, match="disk_month"):
        read_prices(tmp_path / "mine.json")


@pytest.mark.parametrize("given", [["--times", "-1"], ["--times", "nan"], ["--articles-a-second", "0"]])
def test_a_volume_that_is_none_is_refused(given, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["tocsin", "capacity", *given])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "must be more than 0" in capsys.readouterr().err

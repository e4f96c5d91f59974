"""What every room's tests share: the choice of parts that integration tests run on."""

import os

import pytest
from hypothesis import settings

# A busy machine is no failure: nothing here is judged by the clock.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--parts",
        choices=("auto", "embedded", "real", "both"),
        default="both" if os.environ.get("REQUIRE_REAL_PARTS") == "1" else "auto",
        help="which Kafka and ClickHouse integration tests run on; auto: embedded, and real ones where installed; "
        "both (also REQUIRE_REAL_PARTS=1): embedded and real, missing real ones are errors",
    )

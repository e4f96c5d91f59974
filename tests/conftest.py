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


SLOW_FIRST = ("tests/integration/faults/", "tests/integration/", "tests/browser/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start what waits longest first, so that no worker is left with it alone at the end."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((n for n, room in enumerate(SLOW_FIRST) if room in path), len(SLOW_FIRST))

    items.sort(key=place)

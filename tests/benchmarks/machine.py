"""What a measurement was taken on, and where the evaluation data lies: `make bench DATA=folder`."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

DATA = Path(os.environ.get("DATA") or Path(__file__).parents[3] / "shared" / "data")


def described() -> dict[str, str]:
    """Processor, cores, how busy they were with everything, Python and day."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}",
        "python": platform.python_version(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())

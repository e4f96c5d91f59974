"""What the link stage's open incidents take: room while it runs, and time until a new worker has them again.

    python -m tests.benchmarks.bench_recovery 5000 20000 50000

Incidents are invented, one account each, as of news that hardly ever meets. Room is the process's, with the stored
entries that the stage's table holds; time is processor time of `restore` alone, without reading the changelog. Each
size is measured in a process of its own.
"""

import gc
import json
import subprocess
import sys
import time
from pathlib import Path

from streams.agents.link import LinkStage
from streams.domain.linking.state import MOST_OPEN, LinkState
from tests.benchmarks.bench_link import Invented, fill
from tests.benchmarks.machine import described

WARM, AT_ONCE = 200, 500


def resident() -> float:
    """Kilobytes (1,000 bytes) of this process in memory."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1.024


def grown(size: int) -> tuple[LinkState, dict[str, bytes]]:
    """A state of so many open incidents and what a table holds of it, each entry stored as soon as it is there."""
    state, coming, table = LinkState(max(size, MOST_OPEN)), Invented(), dict[str, bytes]()
    while len(state.open) < size:
        some = coming.some(min(AT_ONCE, size - len(state.open)), again=0.0)
        fill(state, some)
        came, _ = state.turn_over(list(state.open)[-len(some) :])
        table |= {key: state.dump(key) for key in (*came, *list(state.open)[-len(some) :])}
    return state, table


def measure(size: int) -> dict[str, float]:
    """Kilobytes an incident takes, and seconds that restoring ten thousand takes."""
    warm = grown(WARM)[1]
    LinkStage().restore(warm.items())
    before = resident()
    state, table = grown(size)
    room = (resident() - before) / size
    stored = sum(map(len, table.values())) / size / 1000
    del state
    began = time.process_time()
    restored = LinkStage(max(size, MOST_OPEN)).restore(table.items())
    seconds = time.process_time() - began
    assert len(restored.open) == size
    return {
        "open": size,
        "kB": round(room, 1),
        "stored kB": round(stored, 1),
        "s": round(seconds, 2),
        "s per 10,000": round(seconds / size * 1e4, 2),
    }


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "one":
        print(json.dumps(measure(int(sys.argv[2]))))
    elif len(sys.argv) > 1:
        again = [sys.executable, "-m", "tests.benchmarks.bench_recovery", "one"]
        for size in sys.argv[1:]:
            print(subprocess.run([*again, size], check=True, capture_output=True, text=True).stdout.strip(), flush=True)
        print(json.dumps(described()))
    else:
        sys.exit("usage: python -m tests.benchmarks.bench_recovery SIZE..., such as 5000 20000 50000")

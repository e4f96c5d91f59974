"""What dedupe's window takes: `python -m tests.benchmarks.pipeline.room ARTICLES` prints megabytes per 100,000."""

import json
import sys
from datetime import timedelta

from streams.agents.dedupe import DedupeStage
from tests.benchmarks.bench_recovery import resident
from tests.benchmarks.pipeline.stand import news

WARM = 200


def measure(count: int) -> float:
    """Megabytes for 100,000 articles, with the entries that the stage's table holds."""
    stage = DedupeStage(timedelta(days=10_000))
    state, table = stage.restore(()), {}
    coming = iter(news(None, WARM + count))
    before = 0.0
    for number, article in enumerate(coming):
        if number == WARM:
            before = resident()
        table |= stage.handle(state, article).entries
    return (resident() - before) / count * 100_000 / 1000


if __name__ == "__main__":
    print(json.dumps({"MB per 100,000": round(measure(int(sys.argv[1])))}))

"""`make faults`: every fault on real Kafka and ClickHouse; a table, and one JSON object as the last line.

--seed N repeats a run, --only a,b picks faults, --keep leaves the folder of the run behind, --long lets outages last as
they do in production: the broker refuses connections for a minute, ClickHouse is away for ten.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.integration.faults.brokers import CLUSTER_FAULTS
from tests.integration.faults.faults import FAULTS
from tests.integration.faults.rig import say
from tests.integration.faults.run import run, summary, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--only", default="", help="names of faults, semicolon or comma separated")
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=1, help="three: the faults of a cluster too")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--long", action="store_true", help="outages of a minute and of ten")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-faults-"))
    say(f"seed {chosen.seed}, logs below {folder}")
    known = FAULTS | (CLUSTER_FAULTS if chosen.brokers > 1 else {})
    by = ";" if ";" in chosen.only else ","
    names = [name.strip() for name in chosen.only.split(by)] if chosen.only else list(known)
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no fault {', '.join(unknown)}; there are {'; '.join(known)}")
    result = run(folder, chosen.seed, names, long=chosen.long, brokers=chosen.brokers, tell=say)
    for line in (*result.noticed, *result.verdict.lines()):
        say(line)
    say(
        f"{result.verdict.repeats} alert messages stood in the topic again, word for word; {result.verdict.told_again} came to the target again, under their keys"
    )
    print("\n".join(table(result)))
    print(json.dumps(summary(result)))
    if result.verdict.good and not chosen.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if result.verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())

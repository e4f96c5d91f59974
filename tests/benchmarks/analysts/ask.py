"""Every question of the cookbook timed, each twice: the first time and the best of the next."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connectors.sinks.contract import Reader, StoreError
from deploy.actions.cookbook import recipes


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: seconds of wall time and of this process's processor time, rows of the answer; or what failed."""

    name: str
    first: float
    again: float
    processor: float
    rows: int
    failed: str = ""


def ask(reader: Reader, name: str, sql: str, repeat: int = 2) -> Asked:
    """Time one statement. The processor time is the engine's where it works in this process."""
    walls, processors, rows = [], [], 0
    for _ in range(1 + repeat):
        wall, processor = time.perf_counter(), time.process_time()
        try:
            rows = len(reader.query(sql).rows)
        except StoreError as error:
            return Asked(name, time.perf_counter() - wall, 0, 0, 0, str(error)[:200])
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return Asked(name, walls[0], min(walls[1:]), min(processors[1:]), rows)


def cookbook(reader: Reader, given: Mapping[str, str]) -> Iterator[Asked]:
    """Every question with its defaults, and with those of `given` that it takes."""
    for recipe in recipes().values():
        known = {parameter.name for parameter in recipe.parameters}
        yield ask(reader, recipe.name, recipe.fill({k: v for k, v in given.items() if k in known}))

"""The stages' names and which of them share a process; imports nothing, so that supervisors start quickly."""

from collections.abc import Sequence

STAGES = ("dedupe", "classify", "link", "alert")
BUSIEST = ("classify", "link", "dedupe", "alert")  # by the processor time that an article takes


def shared(stages: Sequence[str], processes: int) -> list[tuple[str, ...]]:
    """The stages of each process when there are so many (0: one for each stage): the busiest have one to themselves."""
    if not 0 < processes < len(stages):
        return [(stage,) for stage in stages]
    alone = sorted(stages, key=BUSIEST.index)[: processes - 1]
    return [*((stage,) for stage in alone), tuple(stage for stage in stages if stage not in alone)]

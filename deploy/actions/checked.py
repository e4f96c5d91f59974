"""The result of one check of the doctor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is good, what was found, and what to do where it is not."""

    what: str
    good: bool
    found: str
    cure: str = ""

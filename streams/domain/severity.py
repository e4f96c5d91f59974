"""How grave an incident is: its type's base, raised or lowered by the figures claimed. 0 none .. 5 extreme."""

from collections.abc import Iterable

from schemas.records import Claim
from streams.domain.ontology import ontology

_KILLED = ((100, 5), (10, 4), (1, 3))  # at least so many killed: at least so grave
_HURT = ((500, 5), (50, 4), (5, 3), (1, 2))
_DISPLACED = ((100_000, 5), (10_000, 4), (500, 3))
_GRADES = {
    "killed": _KILLED, "injured": _HURT, "missing": _HURT, "abducted": _HURT, "displaced": _DISPLACED,
}  # fmt: skip
UNHARMED = 3  # the most a report without any victim is given, whatever its type
_GRAVE = frozenset(("battles", "explosions", "violence-against-civilians"))


def grade(family: str, subtype: str, claims: Iterable[Claim]) -> int:
    """Severity of an incident of this type with these claims; an unknown type counts as 1."""
    kind = ontology().by_name.get(f"{family}/{subtype}")
    base = kind.severity if kind else 1
    if kind is not None and not kind.incident:
        return min(base, 1)
    reached, counted = 0, False
    for claim in claims:
        low = claim.min if claim.min is not None else claim.max
        vague = low is None
        for least, level in _GRADES.get(claim.what, ()):
            if (10 if vague else low or 0) >= least:
                reached, counted = max(reached, level), True
                break
    if counted:
        return max(reached, min(base, 2))
    return min(base, UNHARMED) if family in _GRAVE else min(base, 2)

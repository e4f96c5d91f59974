"""How grave an incident is: its type's base, raised or lowered by the figures claimed. 0 none .. 5 extreme."""

from collections.abc import Iterable

from schemas.records import Claim
from streams.domain.mentions.casualty_totals import Toll
from streams.domain.ontology.types import ontology

_KILLED = ((100, 5), (10, 4), (1, 3))  # at least so many killed: at least so grave
_HURT = ((500, 5), (50, 4), (5, 3), (1, 2))
_DISPLACED = ((100_000, 5), (10_000, 4), (500, 3))
GRADES = {
    "killed": _KILLED, "injured": _HURT, "missing": _HURT, "abducted": _HURT, "displaced": _DISPLACED,
}  # fmt: skip
MOST = 5  # the greatest severity
UNHARMED = 3  # the most a report without any victim is given, whatever its type
VAGUE = 10  # what "dozens" and "several" count as
_GRAVE = frozenset(("battles", "explosions", "violence-against-civilians"))


def grade(family: str, subtype: str, claims: Iterable[Claim], toll: Toll | None = None) -> int:
    """Severity of an incident of this type with these claims; an unknown type counts as 1.

    `toll`, where the whole article gives totals, replaces its claims of killed and injured.
    """
    kind = ontology().by_name.get(f"{family}/{subtype}")
    if kind is not None and not kind.incident:
        return begins_at(family, subtype, harmed=False)
    figures = [("killed", toll.killed), ("injured", toll.injured)] if toll else []
    figures += [
        (claim.what, VAGUE if claim.min is None and claim.max is None else claim.min or claim.max or 0)
        for claim in claims
        if toll is None or claim.what not in ("killed", "injured")
    ]
    reached = max((_level(what, number) for what, number in figures), default=0)
    return max(reached, begins_at(family, subtype, harmed=reached > 0))


def begins_at(family: str, subtype: str, *, harmed: bool) -> int:
    """What a type alone gives: little beside known victims, at most UNHARMED without any."""
    kind = ontology().by_name.get(f"{family}/{subtype}")
    base = kind.severity if kind else 1
    if kind is not None and not kind.incident:
        return min(base, 1)
    return min(base, UNHARMED) if family in _GRAVE and not harmed else min(base, 2)


def _level(what: str, number: int) -> int:
    return next((level for least, level in GRADES.get(what, ()) if number >= least), 0)

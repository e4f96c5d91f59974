"""How urgent an incident is, and what its severity is made of.

Severity (0 to 5) is what stages before this one have read. The level of an alert adds to it whether anybody is known
to be harmed and how many independent origins say so, so that red is rare: it means many killed who are not one voice's
word, or the greatest severity.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.records import Figure, Incident
from streams.domain.mentions.severity import GRADES, MOST, VAGUE, begins_at

Level = Literal["info", "warning", "critical"]
HARM = ("killed", "injured", "missing", "abducted", "displaced")
# What is told in running totals of months: the number says how long it has lasted, not that something has happened.
RUNNING_KINDS = frozenset(
    ("health/outbreak", "crime/trafficking", "disasters/drought", "strategic-developments/displacement")
)
RUNNING_FIGURES = frozenset(("displaced",))
MANY_KILLED = 25  # confirmed: the figure, and what each of two origins states, is at least this


def level_of(incident: Incident) -> Level:
    """critical: sudden harm and severity 5, or many killed confirmed. warning: harm and 3, or severity 4. Else info.

    A warning of a storm, or a strong earthquake that hurt nobody yet, is never critical.
    """
    harmed = any(f.what in HARM and number_of(f) > 0 for f in incident.figures)
    if (harmed and incident.severity == MOST and not runs_up(incident)) or many_killed(incident):
        return "critical"
    return "warning" if incident.severity >= (3 if harmed else 4) else "info"


def runs_up(incident: Incident) -> bool:
    """Whether the greatest severity is reached by a running total alone, as of an epidemic or of people displaced.

    One that no figure reaches was given by a feed or a person, and stands.
    """
    reached = [
        f.what for f in incident.figures if any(number_of(f) >= n for n, g in GRADES.get(f.what, ()) if g == MOST)
    ]
    if f"{incident.family}/{incident.subtype}" in RUNNING_KINDS:
        return bool(reached)
    return bool(reached) and RUNNING_FIGURES.issuperset(reached)


def many_killed(incident: Incident) -> bool:
    """Whether MANY_KILLED or more are killed by the settled figure, and two independent origins each state as many.

    What an origin has replaced since counts too: it stated it. An origin that states fewer confirms nothing.
    """
    settled = any(f.what == "killed" and number_of(f) >= MANY_KILLED for f in incident.figures)
    stating = {
        c.origin
        for c in incident.claims
        if c.claim.what == "killed" and (c.claim.min or c.claim.max or 0) >= MANY_KILLED
    }
    return settled and len(stating) > 1


def number_of(figure: Figure) -> int:
    """The number of a figure that urgency goes by: best, else its least, else greatest; `dozens` counts as VAGUE."""
    return next((n for n in (figure.best, figure.low, figure.high) if n is not None), VAGUE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a severity: what it comes from, in words, and the grade that it reaches."""

    words: str
    grade: int


def parts(incident: Incident) -> list[Part]:
    """What the severity of an incident comes from: its type and each figure of harm, the gravest first.

    The severity can differ from their greatest: a feed may give its own, and a person may have set it.
    """
    found = []
    for figure in incident.figures:
        number = number_of(figure)
        reached = next(((least, grade) for least, grade in GRADES.get(figure.what, ()) if number >= least), None)
        if reached:
            found.append(Part(f"{figure.words or number} {figure.what}, {reached[0]:,} or more", reached[1]))
    base = begins_at(incident.family, incident.subtype, harmed=bool(found))
    found.append(Part(f"{incident.subtype.replace('-', ' ')}, by its type alone", base))
    return sorted(found, key=lambda part: -part.grade)

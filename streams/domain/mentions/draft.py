"""A draft of a mention: the passages that report one incident, and whether a further passage may report the same one."""

from dataclasses import dataclass, field, replace
from typing import Literal

from schemas.records import Period
from streams.domain.extract.passages import Passage
from streams.domain.extract.triggers import Trigger, TriggerKind
from streams.domain.geo.places import Toponym
from streams.domain.ontology.compatibility import FAMILIES
from streams.domain.text.temporal import FoundPeriod

MentionRole = Literal["main", "follow-up", "background", "aggregate", "statement", "story"]
WEIGHED = 60  # passages of a draft that its places and types are read from, so that endless lists cost no more than their length
GENERIC = frozenset(("was killed", "were killed", "found dead", "body was found"))
"""Words that report a death and no type of incident."""
_EITHER = frozenset(
    ("clashes", "clashed", "clashed with", "fierce clashes", "heavy clashes")
)  # of soldiers or of crowds
LATER = 0.6  # weight of a trigger after one of another type in its passage
_RIOT = ("riots", "violent-demonstration")
_BESIDE: dict[TriggerKind, float] = {"aftermath": 0.05, "political": 0.2}  # weight of triggers of another kind
_COUNTED = frozenset(
    ("killed", "injured", "missing", "arrested", "displaced", "abducted", "attacks", "participants", "damage")
)
_TYPING: dict[MentionRole, TriggerKind] = {"statement": "speech", "follow-up": "aftermath"}


@dataclass(slots=True, eq=False)
class Draft:
    """One mention read so far: its passages in order, of which the first opened it.

    `legal` marks news of an arrest, a charge or a verdict; `rules` names the rules that gave the role, in order. `evidence` are
    the passages that report it and `kind` its type, where learned readers say so; else both are read from its triggers.
    `reports` is how likely the article reports an incident at all.
    """

    role: MentionRole
    passages: list[Passage]
    time: FoundPeriod | None = None
    legal: bool = False
    rules: tuple[str, ...] = field(default=())
    evidence: tuple[Passage, ...] = ()
    kind: tuple[str, str] | None = None
    reports: float = 1.0

    def by(self, rule: str) -> "Draft":
        """The draft, with a further rule noted."""
        self.rules = (*self.rules, rule)
        return self

    def places(self) -> list[Toponym]:
        """Toponyms of its passages in order."""
        return [t for p in self.passages[:WEIGHED] for t in p.toponyms]

    def types(self, headline: list[Trigger] | None = None) -> dict[tuple[str, str], float]:
        """Support for each type: strengths of triggers; the headline and the first passages count most."""
        out: dict[tuple[str, str], float] = {}
        kind = _TYPING.get(self.role, "event")
        for n, p in enumerate(self.passages):
            first = next(((t.family, t.subtype) for t in p.triggers if t.kind == kind), None)
            for t in p.triggers:
                if t.kind == kind or (self.role in ("main", "background") and t.kind in _BESIDE):
                    full = t.kind == kind or (n == 0 and self.legal)
                    weight = (
                        t.strength**2
                        / (1 + n)
                        * (1.0 if full else _BESIDE[t.kind])
                        * (0.3 if t.word in GENERIC else 1.0)
                    )
                    weight *= 1.0 if (t.family, t.subtype) == first else LATER
                    out[t.family, t.subtype] = out.get((t.family, t.subtype), 0.0) + weight
        for n, t in enumerate(t for t in headline or [] if t.kind == "event"):
            out[t.family, t.subtype] = out.get((t.family, t.subtype), 0.0) + 2 * t.strength**2 / (1 + 2 * n)
        return self._of_crowds(out)

    def _of_crowds(self, types: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        """Clashes beside a protest, with no other word of war, are of a crowd."""
        crowd = any(family in ("protests", "riots") for family, _ in types)
        if crowd and all(t.word in _EITHER for p in self.passages for t in p.triggers if t.family == "battles"):
            moved = sum(types.pop(t) for t in [t for t in types if t[0] == "battles"])
            types[_RIOT] = types.get(_RIOT, 0.0) + moved
        return types

    def families(self) -> set[str]:
        """Families of its events; that people were killed is no family of its own."""
        return {
            t.family
            for p in self.passages[:WEIGHED]
            for t in p.triggers
            if t.kind == "event" and t.strength > 1 and t.word not in GENERIC
        }

    def best_passage(self) -> Passage:
        """The passage that says most about what happened."""
        told = self.evidence or self.passages
        return max(told, key=lambda p: _fullness(p, told[0]))

    def has_casualties(self) -> bool:
        """Whether it has figures of people killed or injured."""
        return any(c.what in ("killed", "injured") for p in self.passages for c in p.claims)


def _fullness(p: Passage, first: Passage) -> tuple[float, int]:
    """How much a passage says about its incident; the earlier of two equals ranks higher."""
    figures = sum(c.what in _COUNTED and not c.known for c in p.claims)
    score = min(p.strength, 4) + bool(p.periods) + bool(p.toponyms) + min(figures, 2) * 0.5 + 1.5 * (p is first)
    return score - 1.5 * p.headline - 0.1 * (p.sentence - first.sentence), -p.start


def recalled(draft: Draft, rule: str) -> Draft:
    """The draft as recalled history, if it was news."""
    if draft.role != "main":
        return replace(draft, legal=False)
    return replace(draft, role="background", legal=False).by(rule)


def overlap(a: Period, b: Period) -> bool:
    """Whether two periods have a moment in common."""
    return a.start <= b.end and b.start <= a.end


def compatible(p: Passage, d: Draft) -> bool:
    """Whether the events of both may be one incident; a passage without an event fits everything."""
    mine, theirs = _groups(p), {k for q in d.passages[:WEIGHED] for k in _groups(q)}
    return not mine or not theirs or bool(mine & theirs)


def _groups(p: Passage) -> set[str]:
    """The groups of families that may be one incident (see `compatibility`) that its events belong to."""
    events = [t for t in p.triggers if t.kind == "event" and t.strength > 1 and t.word not in GENERIC]
    out = {k for t in events for k in FAMILIES.get(t.family, t.family).split()}
    return out | {"crowd"} if any(t.word in _EITHER for t in events) else out


def in_other_countries(p: Passage, d: Draft) -> bool:
    """Whether it names countries and none of those that the draft named."""
    mine = {t.country for t in p.toponyms if t.country}
    return bool(mine) and mine.isdisjoint(t.country for t in d.places())


def same_place(p: Passage, d: Draft) -> bool:
    """Whether it names a place that the draft named."""
    return bool({t.name.lower() for t in p.toponyms} & {t.name.lower() for t in d.places()})

"""One happening as far as it has been read, and whether a passage may tell of the same one."""

from dataclasses import dataclass, field
from typing import Literal

from schemas.records import Period
from streams.domain.extract.passages import Passage
from streams.domain.extract.triggers import Act
from streams.domain.geo.places import Toponym
from streams.domain.ontology.compatibility import FAMILIES
from streams.domain.text.temporal import FoundPeriod

Role = Literal["main", "follow-up", "background", "aggregate", "statement", "story"]
HEARD = 60  # passages of a happening that say where it was and of which kind, so that endless lists cost no more than their length
GENERIC = frozenset(("was killed", "were killed", "found dead", "body was found"))
"""Words that tell of a death and of no kind of happening."""
_EITHER = frozenset(
    ("clashes", "clashed", "clashed with", "fierce clashes", "heavy clashes")
)  # of soldiers or of crowds
LATER = 0.6  # weight of a deed behind one of another type in its passage
_RIOT = ("riots", "violent-demonstration")
_BESIDE = {"after": 0.05, "quiet": 0.2}  # weight of words of another kind than the draft's in its type


@dataclass(slots=True)
class Draft:
    """One happening as far as it has been read: its passages in order, the first of them the one that opened it."""

    role: Role
    passages: list[Passage] = field(default_factory=list)
    time: FoundPeriod | None = None
    legal: bool = False  # news of an arrest, a charge or a verdict

    def places(self) -> list[Toponym]:
        """Toponyms of its passages in order."""
        return [t for p in self.passages[:HEARD] for t in p.toponyms]

    def types(self, headline: list[Act] | None = None) -> dict[tuple[str, str], float]:
        """How much speaks for each type: strengths of deeds, the headline's first and the first passages' counting most."""
        out: dict[tuple[str, str], float] = {}
        kind = {"statement": "words", "follow-up": "after"}.get(self.role, "deed")
        for n, p in enumerate(self.passages):
            first = next(((a.family, a.subtype) for a in p.acts if a.kind == kind), None)
            for act in p.acts:
                if act.kind == kind or (self.role in ("main", "background") and act.kind in ("after", "quiet")):
                    full = act.kind == kind or (n == 0 and self.legal)
                    weight = (
                        act.strength**2
                        / (1 + n)
                        * (1.0 if full else _BESIDE[act.kind])
                        * (0.3 if act.word in GENERIC else 1.0)
                    )
                    weight *= 1.0 if (act.family, act.subtype) == first else LATER
                    out[act.family, act.subtype] = out.get((act.family, act.subtype), 0.0) + weight
        for n, act in enumerate(a for a in headline or [] if a.kind == "deed"):
            out[act.family, act.subtype] = out.get((act.family, act.subtype), 0.0) + 2 * act.strength**2 / (1 + 2 * n)
        return self._of_crowds(out)

    def _of_crowds(self, types: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
        """Clashes beside a protest, with no other word of war, are of a crowd."""
        crowd = any(family in ("protests", "riots") for family, _ in types)
        if crowd and all(a.word in _EITHER for p in self.passages for a in p.acts if a.family == "battles"):
            moved = sum(types.pop(t) for t in [t for t in types if t[0] == "battles"])
            types[_RIOT] = types.get(_RIOT, 0.0) + moved
        return types

    def families(self) -> set[str]:
        """Families of its deeds; that people were killed is no kind of its own."""
        return {
            a.family
            for p in self.passages[:HEARD]
            for a in p.acts
            if a.kind == "deed" and a.strength > 1 and a.word not in GENERIC
        }


def touch(a: Period, b: Period) -> bool:
    """Whether two periods have a moment in common."""
    return a.start <= b.end and b.start <= a.end


def kindred(p: Passage, d: Draft) -> bool:
    """Whether the deeds of both may be one happening; a passage without a deed fits everything."""
    mine, theirs = _kinds(p), {k for q in d.passages[:HEARD] for k in _kinds(q)}
    return not mine or not theirs or bool(mine & theirs)


def _kinds(p: Passage) -> set[str]:
    deeds = [a for a in p.acts if a.kind == "deed" and a.strength > 1 and a.word not in GENERIC]
    out = {k for a in deeds for k in FAMILIES.get(a.family, a.family).split()}
    return out | {"crowd"} if any(a.word in _EITHER for a in deeds) else out


def elsewhere(p: Passage, d: Draft) -> bool:
    """Whether it names countries and none of those that the draft named."""
    mine = {t.country for t in p.toponyms if t.country}
    return bool(mine) and mine.isdisjoint(t.country for t in d.places())


def same_place(p: Passage, d: Draft) -> bool:
    """Whether it names a place that the draft named."""
    return bool({t.name.lower() for t in p.toponyms} & {t.name.lower() for t in d.places()})

"""Counts the killed and injured of one event over all its sentences.

Persons are tracked through the text: "a man was shot ... the 25-year-old died" is one killed, not one injured and one killed.
`Tally` keeps these persons and the numbers that the text states; `total_casualties` chooses between them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.domain.extract.found_claim import FoundClaim

_AGE = re.compile(r"(?<![\d,])(\d{1,3})(?:\s*-\s*|\s)year|,\s*(\d{1,2})\b")
_WORD = re.compile(r"[^\W\d_]+")
_HIM = frozenset(
    "he him himself man boy male father son brother husband boyfriend uncle grandfather nephew gentleman guy".split()
)
_HER = frozenset(
    "she her herself woman girl female mother daughter sister wife girlfriend aunt grandmother niece lady".split()
)
_DOERS = frozenset("suspect gunman shooter robber burglar intruder attacker assailant bomber thief".split())
_PLAIN = frozenset(
    "the a an another his her their one of year old man woman boy girl victim person male female jr sr".split()
)

RECENT = 60  # latest persons, among whom a repeated mention is looked for


@dataclass(slots=True)
class Person:
    """One person harmed: what is known of them and how they fared (`killed` or `injured`)."""

    fate: str
    age: int | None
    sex: str
    names: set[str]
    doer: bool
    shot: bool
    noun: str = ""
    known: bool = False  # referred to before being introduced
    same: "Person | None" = None  # who this one turned out to be

    def who(self) -> "Person":
        """The first of two persons that turned out to be one."""
        return self.same.who() if self.same is not None else self


@dataclass(slots=True)
class Tally:
    """Persons one by one, and the numbers given: highest, first and how often none was stated."""

    persons: list[Person] = field(default_factory=list)
    counts: dict[str, list[int]] = field(default_factory=dict)
    none: set[str] = field(default_factory=set)
    who: list[Person | None] = field(default_factory=list)  # the person of each claim, in the claims' order

    def told(self, fate: str) -> int:
        """How many single persons had this fate."""
        return sum(p.fate == fate for p in self.persons)

    def highest(self, fate: str) -> int:
        """The highest number given; 0 when none is."""
        return max(self.counts.get(fate, ()), default=0)

    def first(self, fate: str) -> int:
        """The first number given; 0 when none is."""
        return next(iter(self.counts.get(fate, ())), 0)


def tally(claims: Iterable[FoundClaim]) -> Tally:
    """Counts of one event from its claims in the order of the text."""
    out = Tally()
    for c in claims:
        out.who.append(_count(out, c))
    return out


def _count(out: Tally, c: FoundClaim) -> Person | None:
    if c.what not in ("killed", "injured") or c.word == "nth" or c.kind == "part":
        return None
    number = c.low if c.low is not None else c.high
    if number == 0:
        out.none.add(c.what)
    elif c.kind == "count" and number is not None and (number > 1 or c.of == "people"):
        out.counts.setdefault(c.what, []).append(number)
    elif c.kind == "self":
        return _by_own_hand(out, c)
    elif number == 1:
        return _person(out, c)
    return None


def _by_own_hand(out: Tally, c: FoundClaim) -> Person:
    doer = next((p for p in out.persons if p.doer), None)
    if doer is None:
        doer = Person(c.what, None, "", set(), doer=True, shot=False, noun="himself")
        out.persons.append(doer)
    elif c.what == "killed" and doer.noun != "himself":
        doer.fate = "killed"
    return doer


def _person(out: Tally, c: FoundClaim) -> Person:
    """A new person, or one already known: same name, same age, or the nearest that fits a pronoun."""
    words = {w.lower() for w in _WORD.findall(c.of)}
    ages = [int(a or b) for a, b in _AGE.findall(c.of)]
    sex = "m" if words & _HIM else "f" if words & _HER else ""
    names = (
        {w.lower() for w in _WORD.findall(c.of) if w[0].isupper()} - _PLAIN - _HIM - _HER
        if c.kind in ("name", "known")
        else set()
    )
    noun = c.of.split()[-1].lower() if c.of else ""
    new = Person(c.what, ages[0] if ages else None, sex, names, bool(words & _DOERS), c.word == "shot", noun)
    new.known = c.kind == "known"
    old = _same(out.persons[-RECENT:], new, c)
    if old is None:
        out.persons.append(new)
        return new
    if c.what == "killed" and old.fate != "killed":
        old.fate = "killed"
        _merge(out.persons, old)
    old.age = old.age or new.age
    old.sex = old.sex or new.sex
    old.names |= new.names
    return old


def _merge(persons: list[Person], late: Person) -> None:
    """Merge a named person with an earlier unnamed one, where both are the same man or woman."""
    for p in persons:
        if p is late:
            return
        apart = (
            (p.names and late.names)
            or (p.age and late.age and p.age != late.age)
            or (p.sex and late.sex and p.sex != late.sex)
        )
        if p.fate == "killed" and not apart and p.doer == late.doer:
            late.same = p
            p.names |= late.names
            p.age = p.age or late.age
            persons.remove(late)
            return


def _same(persons: list[Person], new: Person, c: FoundClaim) -> Person | None:
    fitting = [p for p in reversed(persons) if not (p.sex and new.sex and p.sex != new.sex) and p.doer == new.doer]
    for p in fitting:
        if (new.names and new.names & p.names) or (new.age and p.age == new.age):
            return p
    fitting = [p for p in fitting if not (p.age and new.age) and not (p.names and new.names)]
    if c.kind == "kin":
        return next((p for p in fitting if p.noun == new.noun), None)
    if c.kind == "name" and c.what == "killed":
        return next((p for p in fitting if not p.names and (p.fate == "killed" or p.shot)), None)
    alive = len(fitting) == 1 and not (fitting[0].fate == "killed" and c.what == "injured")
    if c.kind == "known" or (new.names and alive):
        return fitting[0] if fitting else (persons[-1] if c.kind == "known" and persons and not new.names else None)
    if c.kind == "one" and "another" not in c.of.lower().split()[:1]:
        return next((p for p in fitting if (p.fate == "injured" and p.shot and c.what == "killed")
                     or (p.known and p.noun == new.noun)), None)  # fmt: skip
    return None

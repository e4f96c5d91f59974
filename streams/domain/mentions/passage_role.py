"""The role of each passage (report, figures, count over many, aftermath, statement), and the time of its event.

RULES are tried in order and the first that applies decides. To add one, put it where it belongs and test it by its name in
tests/domain/mentions; to replace them by a model, let `passage_roles` return its decisions.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal, NamedTuple

from streams.domain.extract.passages import VICTIMS, Passage, passages
from streams.domain.extract.triggers import STRONG
from streams.domain.text.document import Document, annotation
from streams.domain.text.temporal import FoundPeriod

PassageRole = Literal["event", "figures", "aggregate", "aftermath", "speech", "political", "none"]
# all are matched against text in lower case
_NONE = re.compile(
    r"\W*(?:no\s+(?:one|arrests?|suspects?|charges)|nobody|police\s+have\s+not|there\s+(?:have|has)\s+been\s+no)\b"
)
_WAR = re.compile(
    r"\b(?:war|wars|conflict|insurgency|unrest|violence|fighting|crackdown)\b.{0,80}?\b(?:has|have)\b", re.DOTALL
)
_PERFECT = re.compile(
    r"\b(?:has|have)\s+(?:\w+\s+){0,2}(?:been\s+)?(?:killed|died|wounded|injured|displaced|claimed|left|attacked|carried|launched)\b"
)
_NTH = re.compile(
    r"\b(?:it|this|that)\W+(?:is|was|s|marks|marked)\s+(?:\w+['’]?s?\s+){0,4}?(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"\d{1,3}(?:st|nd|rd|th))\s+(?:[\w-]+\s+){0,3}?(?:shooting|stabbing|killing|homicide|murder|attack|bombing|strike|outbreak|incident|crash|"
    r"accident|death|operation|explosion|fire|kidnapping|quake|earthquake)\b"
)
_SINCE = re.compile(r"\b(?:since|so\s+far\s+this)\b")
LONG = timedelta(days=25)  # of an open time over which figures are counted


class PassageRule(NamedTuple):
    """One rule: its name, the role that it gives, and when it applies."""

    name: str
    role: PassageRole
    applies: Callable[[Passage], bool]


class RoleDecision(NamedTuple):
    """The role of a passage and the name of what decided it."""

    role: PassageRole
    rule: str


def _only_speaks(p: Passage) -> bool:
    return p.has("speech", STRONG) and not (p.event and p.claims)


def _gives_an_ordinal(p: Passage) -> bool:
    """`the city's second homicide of 2013`."""
    return any(c.word == "nth" for c in p.claims)


def _counts_events(p: Passage) -> bool:
    """`more than 40 attacks since January`."""
    if not (p.counts and p.event):
        return False
    return any(c.what == "attacks" for c in p.claims) or any(f.open for f in p.periods)


def _counts_over_a_long_time(p: Passage) -> bool:
    """Its figures are of a war or of a long time: `has killed more than 13,000`, `have died since 2000`."""
    told = [c for c in p.claims if c.what in VICTIMS and c.kind == "count" and c.high != 1]
    since = ("since" in p.low or "far" in p.low) and _SINCE.search(p.low) is not None
    if not (told or since) or not _PERFECT.search(p.low):
        return False
    if any(f.open and f.period.end - f.period.start < LONG for f in p.periods):
        return False
    return since or _WAR.search(p.low) is not None or (
        all(c.low is None and c.high is None for c in told) and not p.times())  # fmt: skip


def _numbers_the_event(p: Passage) -> bool:
    """`It was the third shooting there`."""
    return p.event is not None and _NTH.search(p.low) is not None


def _is_not_real(p: Passage) -> bool:
    """Planned, feared or doubted, with too little that happened."""
    return p.unreal and p.strength < 5


def _denies_an_aftermath(p: Passage) -> bool:
    """`No arrests have been made`."""
    if not p.has("aftermath", STRONG):
        return False
    return any(c.what == "arrested" and c.low == 0 for c in p.claims) or _NONE.match(p.low) is not None


def _opens_with_an_aftermath(p: Passage) -> bool:
    first = next((t for t in p.triggers if t.strength == STRONG), None)
    if first is None or first.kind != "aftermath":
        return False
    return not any(c.what in VICTIMS and c.kind != "known" for c in p.claims)


def _reports_an_event(p: Passage) -> bool:
    """A strong word, or a weaker one with a victim, a time or a place."""
    if p.event is None:
        return False
    return p.strength >= STRONG or (p.strength == 2 and bool(p.periods or p.toponyms or p.another))


def _reports_an_aftermath(p: Passage) -> bool:
    return p.has("aftermath", STRONG)


def _gives_figures(p: Passage) -> bool:
    return p.strength >= 2 and any(c.what in VICTIMS for c in p.claims)


def _recalls_politics(p: Passage) -> bool:
    return p.has("political") and any(not f.open for f in p.periods)


def _always(p: Passage) -> bool:
    del p
    return True


RULES: tuple[PassageRule, ...] = (
    PassageRule("only speaks", "speech", _only_speaks),
    PassageRule("gives an ordinal", "aggregate", _gives_an_ordinal),
    PassageRule("counts events", "aggregate", _counts_events),
    PassageRule("counts over a long time", "aggregate", _counts_over_a_long_time),
    PassageRule("numbers the event", "aggregate", _numbers_the_event),
    PassageRule("is not real", "none", _is_not_real),
    PassageRule("denies an aftermath", "none", _denies_an_aftermath),
    PassageRule("opens with an aftermath", "aftermath", _opens_with_an_aftermath),
    PassageRule("reports an event", "event", _reports_an_event),
    PassageRule("reports an aftermath", "aftermath", _reports_an_aftermath),
    PassageRule("gives figures", "figures", _gives_figures),
    PassageRule("recalls politics", "political", _recalls_politics),
    PassageRule("reports nothing", "none", _always),
)


def decide(p: Passage) -> RoleDecision:
    """The role of one passage by the first rule that applies."""
    rule = next(rule for rule in RULES if rule.applies(p))
    return RoleDecision(rule.role, rule.name)


@annotation
def passage_roles(document: Document) -> list[RoleDecision]:
    """The role of each passage of the document."""
    return [decide(p) for p in passages(document)]


def event_time(p: Passage) -> FoundPeriod | None:
    """The time of what the passage reports: the closed period nearest to its event, days before longer ones."""
    closed = p.times()
    if not closed:
        return None
    at = p.event.start if p.event else p.start
    return min(closed, key=lambda f: (f.period.precision not in ("day", "instant"), abs(f.start - at)))

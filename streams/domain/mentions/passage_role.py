"""What one passage does: report a deed, give figures, count over many, tell what came after, or only speak; and its time."""

import re
from datetime import timedelta
from typing import Literal

from streams.domain.extract.passages import VICTIMS, Passage
from streams.domain.text.temporal import FoundPeriod

Sort = Literal["deed", "figures", "aggregate", "after", "words", "quiet", "none"]
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


def sort_of(p: Passage) -> Sort:
    """What a passage does: report a deed, give figures, count over many, tell what came after, or only speak."""
    strength, deed = p.strength(), p.deed()
    if p.has("words", 3) and not (deed and p.claims):
        return "words"
    if any(c.word == "nth" for c in p.claims):
        return "aggregate"
    attacks = any(c.what == "attacks" for c in p.claims)
    if p.counts and deed and (attacks or any(f.open for f in p.periods)):
        return "aggregate"
    if _counts_long(p) or (deed and _NTH.search(p.low)):
        return "aggregate"
    if p.unreal and strength < 5:
        return "none"
    if p.has("after", 3) and (any(c.what == "arrested" and c.low == 0 for c in p.claims) or _NONE.match(p.low)):
        return "none"
    first = next((a for a in p.acts if a.strength == 3), None)
    if (
        first is not None
        and first.kind == "after"
        and not any(c.what in VICTIMS and c.kind != "known" for c in p.claims)
    ):
        return "after"
    if deed and (strength >= 3 or (strength == 2 and (p.periods or p.toponyms or p.another))):
        return "deed"
    if p.has("after", 3):
        return "after"
    if strength >= 2 and any(c.what in VICTIMS for c in p.claims):
        return "figures"
    return "quiet" if p.has("quiet", 2) and any(not f.open for f in p.periods) else "none"


def _counts_long(p: Passage) -> bool:
    """Whether its figures are of a war or of a long time: `has killed more than 13,000`, `have died since 2000`."""
    told = [c for c in p.claims if c.what in VICTIMS and c.kind == "count" and c.high != 1]
    since = ("since" in p.low or "far" in p.low) and _SINCE.search(p.low) is not None
    if not (told or since) or not _PERFECT.search(p.low):
        return False
    if any(f.open and f.period.end - f.period.start < LONG for f in p.periods):
        return False
    return since or _WAR.search(p.low) is not None or (
        all(c.low is None and c.high is None for c in told) and not p.times())  # fmt: skip


def when_of(p: Passage) -> FoundPeriod | None:
    """The time of what the passage tells: the closed period nearest to its deed, days before longer ones."""
    closed = p.times()
    if not closed:
        return None
    deed = p.deed()
    at = deed.start if deed else p.start
    return min(closed, key=lambda f: (f.period.precision not in ("day", "instant"), abs(f.start - at)))

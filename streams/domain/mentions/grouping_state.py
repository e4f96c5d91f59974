"""The state of grouping an article's passages: its drafts so far, and where each passage went."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from streams.domain.extract.passages import Passage
from streams.domain.extract.triggers import STRONG
from streams.domain.mentions.draft import Draft, compatible, same_place
from streams.domain.mentions.passage_role import PassageRole, RoleDecision
from streams.domain.text.temporal import FoundPeriod

_COARSE = frozenset(("month", "year"))
NEWS_WINDOW = timedelta(days=16)  # how long before publication something may have happened and still be its news


class TimedPassage(NamedTuple):
    """A passage, its role, and the time of its event."""

    passage: Passage
    role: PassageRole
    time: FoundPeriod | None


class Placement(NamedTuple):
    """Where a passage went: its role and the rule that gave it, the rule that placed it, and the draft, None when it went nowhere."""

    passage: Passage
    role: RoleDecision
    rule: str
    draft: Draft | None


@dataclass(slots=True, eq=False)
class Grouping:
    """Drafts so far in the order in which the article reports them, the news among them, and the incident reported last."""

    published: datetime
    drafts: list[Draft] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    main: Draft | None = None
    last: Draft | None = None
    before: Draft | None = None  # what a clause that only recalls has interrupted

    def is_old(self, time: FoundPeriod | None) -> bool:
        """Whether a time lies too far back to be news."""
        return time is not None and time.period.end < self.published - NEWS_WINDOW

    def home(self, p: Passage) -> Draft | None:
        """The draft for a passage without its own time and place: the last one of this paragraph, else the news."""
        if self.last is not None and self.last.role in ("background", "main", "follow-up"):
            before = self.last.passages[-1]
            near = before.paragraph == p.paragraph and before.sentence >= p.sentence - 1
            if before.sentence == p.sentence or (near and not (p.periods or p.toponyms or p.sources)):
                return self.last
            if self.last.role == "main" and near:
                return self.last
        return self.main or self.last

    def news(self) -> Draft:
        """The news; the rules after `opens the news` are tried only when there is one."""
        assert self.main is not None
        return self.main


def is_earlier(g: Grouping, t: TimedPassage, main: Draft) -> bool:
    """Whether the passage reports something before the news: by its own time, or because it says so."""
    p, time = t.passage, t.time
    if time is None:
        return p.recalls and not same_place(p, main) and bool(p.toponyms or p.paragraph != main.passages[0].paragraph)
    if time.period.precision in _COARSE and p.recalls:
        return True
    if main.time is not None:
        return time.period.end < main.time.period.start - timedelta(hours=12)
    if time.period.precision not in ("day", "instant"):
        return time.period.end < g.published - timedelta(days=2)
    return g.is_old(time) or (not compatible(p, main) and time.period.end.date() < g.published.date())


def same_family_news(g: Grouping, p: Passage) -> Draft | None:
    """Of several incidents in the news, the first whose events are of the very family that this passage's are."""
    mains = [d for d in g.drafts if d.role == "main"]
    mine = {s.family for s in p.triggers if s.kind == "event" and s.strength == STRONG}
    if len(mains) < 2 or not mine:
        return None
    same = [d for d in mains if mine & d.families()]
    return same[0] if same and len(same) < len(mains) else None


def joined(draft: Draft, p: Passage, time: FoundPeriod | None) -> Draft:
    """The draft with one more passage, whose time it takes where that is finer."""
    draft.passages.append(p)
    finer = draft.time is None or (time is not None and draft.time.period.precision not in ("day", "instant")
                                   and time.period.precision == "day")  # fmt: skip
    if finer and p.event is not None:
        draft.time = time or draft.time
    return draft

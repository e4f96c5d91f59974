"""The state of grouping an article's passages: its drafts so far, and where each passage went."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from streams.domain.extract.passages import Passage
from streams.domain.mentions.draft import Draft
from streams.domain.mentions.passage_role import PassageRole, RoleDecision
from streams.domain.text.temporal import FoundPeriod

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

"""Groups an article's passages by the happening they tell of, and gives each group its role.

The first passage that reports something recent opens the news (`main`). A later one joins it unless its own time is earlier
(`background`), it counts over many (`aggregate`), it tells what came after (`follow-up`), it only speaks (`statement`), or
it says that it tells of another happening (a second `main`).
"""

import re
from datetime import datetime, timedelta

from streams.domain.extract.passages import VICTIMS, Passage
from streams.domain.mentions.draft import Draft, Role, elsewhere, kindred, same_place, touch
from streams.domain.mentions.passage_role import Sort, sort_of, when_of
from streams.domain.text.temporal import FoundPeriod

NEWS = timedelta(days=16)  # how long before publication something may have happened and still be its news
QUIET = timedelta(days=3)  # how long before publication a vote or a deal must lie to be recalled history
LARGEST = 3  # strength of a word that reports a happening by itself
LEAD = 6  # sentences at the top in which a second happening is news beside the first; up to twice as many
_WHILE = frozenset(("during", "amid", "as", "while", "and", ""))
_CAUSES = frozenset((
    "for", "over", "after", "following", "in retaliation for", "in response to", "in revenge for", "days after", "weeks after",
    "months after", "hours after", "just days after", "just weeks after",
))  # fmt: skip
_COARSE = frozenset(("month", "year"))
_BEGAN = re.compile(
    r"\b(?:outbreak|epidemic|fires?|blaze|wildfires?|war|fighting|protests?|demonstrations?|strike|floods?|flooding|crisis|violence|clashes|unrest|"
    r"siege|standoff)\s+(?:first\s+)?(?:began|started|erupted|broke\s+out|was\s+first|were\s+first)\b"
)
_HAPPENED = re.compile(
    r"\W*(?:the|this)\s+(?:[\w'’.,-]+\s+){0,5}?(?:shootings?|incident|attacks?|accident|crash|collision|blast|explosions?|bombing|quake|earthquake|"
    r"tremor|fire|blaze|stabbing|strikes?|raid|robbery|kidnapping|abduction|derailment|collapse|disaster|tragedy|killings?|murder|clash|clashes|"
    r"ambush|riot|protest|storm|landslide|avalanche|flood|boat|ship|vessel|ferry|plane|aircraft|flight|train|bus|helicopter|temblor)\s+"
    r"(?:occurred|happened|took\s+place|began|started|struck|hit|came|went\s+(?:off|down)|crashed|sank|capsized|collapsed|overturned)\b"
)
LATELY = timedelta(days=7)  # how long before the time first given "the shooting occurred" may set another


def group(passages: list[Passage], published: datetime | None) -> list[Draft]:
    """Drafts in the order in which the article tells them; none when nothing happens in it."""
    state = _Grouping(published)
    for p in passages:
        state.add(p)
    return _settled(state.drafts)


class _Grouping:
    """Drafts so far, the news among them, and the happening told last."""

    def __init__(self, published: datetime | None) -> None:
        self.published = published
        self.drafts: list[Draft] = []
        self.main: Draft | None = None
        self.last: Draft | None = None
        self.before: Draft | None = None  # what a clause that only recalls has interrupted

    def add(self, p: Passage) -> None:
        """Take the next passage."""
        sort = sort_of(p)
        if self.before is not None and self.last is not None and self.last.passages[-1].sentence != p.sentence:
            self.last, self.before = self.before, None
        if p.heading and self.main is not None and sort in ("deed", "figures") and elsewhere(p, self.main):
            self.main = self.last = Draft("main", [p], when_of(p))
            self.drafts.append(self.main)
            return
        if sort == "none":
            home = self._home(p)
            if p.claims and home is not None:
                home.passages.append(p)
            return
        draft = self._draft(p, sort)
        if draft is None:
            return
        if all(d is not draft for d in self.drafts):
            self.drafts.append(draft)
        if draft.role == "main" and self.main is None:
            self.main = draft
        if draft.role == "background" and p.link in _CAUSES and draft is not self.last:
            self.before = self.before or self.last
        self.last = self.last if draft.role in ("statement", "aggregate") else draft

    def _draft(self, p: Passage, sort: Sort) -> Draft | None:
        """The draft this passage belongs to: an old one it was added to, or a new one."""
        time = when_of(p)
        if sort == "words":
            return self._spoken(p, time)
        if sort == "aggregate" and (self.main is not None or not p.has("deed", LARGEST) or p.sentence > 1):
            return self._counted(p, time)
        if sort == "quiet":
            time = time or next((f for f in p.periods if not f.open), None)  # "announced in early June" is its time
            old = time is not None and self.published is not None and time.period.end < self.published - QUIET
            return Draft("background", [p], time) if old else None
        if self.main is None and sort == "after" and p.sentence < LEAD:
            fresh = next((f for f in p.times() if not self._old(f)), None)
            return Draft("main", [p], fresh, legal=True)
        if self.main is None:
            role: Role = "background" if self._old(time) else "main"
            return self._recalled(p, time) if role == "background" else Draft(role, [p], time)
        if sort == "after":
            return self._after(p, self.main, time)
        if time is not None and self._dates(p, time, self.main):
            self.main.time = time
            return _join(self.main, p, time)
        if _BEGAN.search(p.low) and kindred(p, self.main) and not any(c.what in VICTIMS for c in p.claims):
            return _join(self.main, p, None)
        if self._earlier(p, time, self.main) or (p.link in _CAUSES and p.deed() is not None):
            return self._recalled(p, time)
        if sort == "figures" and kindred(p, self.main):
            return _join(self._home(p) or self.main, p, None)
        if (p.another or (p.besides and p.deed() is not None and not same_place(p, self.main))) and not p.recalls:
            return Draft("main", [p], time or self.main.time)
        if not kindred(p, self.main):
            return self._beside(p, time, self.main)
        return _join(self._alike(p) or self._home(p) or self.main, p, time)

    def _dates(self, p: Passage, time: FoundPeriod, main: Draft) -> bool:
        """Whether it says when the news happened ("The shooting occurred about 8 p.m. Monday") a little before the time read so far."""
        if (
            not _HAPPENED.match(p.low)
            or p.recalls
            or time.period.precision not in ("day", "instant")
            or not kindred(p, main)
        ):
            return False
        latest = main.time.period.start if main.time else self.published
        return latest is not None and latest - LATELY <= time.period.start <= latest

    def _alike(self, p: Passage) -> Draft | None:
        """Of several happenings in the news, the first whose deeds are of the very family that this passage's are."""
        mains = [d for d in self.drafts if d.role == "main"]
        mine = {a.family for a in p.acts if a.kind == "deed" and a.strength == LARGEST}
        if len(mains) < 2 or not mine:
            return None
        same = [d for d in mains if mine & d.families()]
        return same[0] if same and len(same) < len(mains) else None

    def _home(self, p: Passage) -> Draft | None:
        """Where a passage without its own time and place belongs: what was just told in this paragraph, else the news."""
        if self.last is not None and self.last.role in ("background", "main", "follow-up"):
            before = self.last.passages[-1]
            near = before.paragraph == p.paragraph and before.sentence >= p.sentence - 1
            if before.sentence == p.sentence or (near and not (p.periods or p.toponyms or p.sources)):
                return self.last
            if self.last.role == "main" and near:
                return self.last
        return self.main or self.last

    def _spoken(self, p: Passage, time: FoundPeriod | None) -> Draft:
        name = p.sources[-1].name if p.sources else None
        kinds = {a.subtype for a in p.acts if a.kind == "words" and a.strength == LARGEST}
        for d in self.drafts:
            before = d.passages[-1]
            if (
                d.role == "statement"
                and before.sentence == p.sentence - 1
                and before.text[-1:] not in '.!?”"'
                and any(a.subtype in kinds for a in before.acts)
            ):  # its heading
                d.passages.append(p)
                return d
            if d.role == "statement" and name and d.passages[-1].sources and d.passages[-1].sources[-1].name == name:
                d.passages.append(p)
                return d
        return Draft("statement", [p], time)

    def _counted(self, p: Passage, time: FoundPeriod | None) -> Draft:
        """One aggregate for all that is said about the same long time."""
        span = next((f for f in p.periods if f.open), time)
        figures = any(c.what == "attacks" or c.word == "nth" for c in p.claims)
        for d in self.drafts:
            both = d.role == "aggregate" and span is not None and span.open and d.time is not None and d.time.open
            if both and span and d.time and touch(span.period, d.time.period) and kindred(p, d):
                d.passages.append(p) if not figures else d.passages.insert(0, p)
                d.time = span if figures else d.time
                return d
        return Draft("aggregate", [p], span)

    def _after(self, p: Passage, main: Draft, time: FoundPeriod | None) -> Draft:
        kind = next((a.subtype for a in p.acts if a.kind == "after" and a.strength == 3), "arrest")
        crowd = kind == "arrest" and not main.families().isdisjoint(("protests", "riots"))
        if (
            crowd
            and any(c.what == "arrested" and c.kind == "count" for c in p.claims)
            and not self._earlier(p, time, main)
        ):
            main.passages.append(p)
            return main
        told = main.legal or not main.passages[0].headline
        if told and any(a.subtype == kind and a.kind == "after" for a in main.passages[0].acts):
            main.passages.append(p)
            return main
        for d in self.drafts:
            if d.role == "follow-up" and any(a.subtype == kind for q in d.passages for a in q.acts):
                d.passages.append(p)
                return d
        return Draft("follow-up", [p], time)

    def _recalled(self, p: Passage, time: FoundPeriod | None) -> Draft:
        for d in self.drafts:
            if d.role != "background" or d.passages[-1].sentence == p.sentence:
                continue
            same_time = time is not None and (touch(time.period, d.time.period) if d.time else d.passages[0].headline)
            if (same_time and (same_place(p, d) or not p.toponyms) and kindred(p, d)) or p.text == d.passages[0].text:
                d.passages.append(p)
                return d
        return Draft("background", [p], time)

    def _old(self, time: FoundPeriod | None) -> bool:
        return time is not None and self.published is not None and time.period.end < self.published - NEWS

    def _earlier(self, p: Passage, time: FoundPeriod | None, main: Draft) -> bool:
        """Whether the passage tells of something before the news: by its own time, or because it says so."""
        if time is None:
            return (
                p.recalls and not same_place(p, main) and bool(p.toponyms or p.paragraph != main.passages[0].paragraph)
            )
        if time.period.precision in _COARSE and p.recalls:
            return True
        if main.time is None:
            published = self.published or time.period.end
            if time.period.precision not in ("day", "instant"):
                return time.period.end < published - timedelta(days=2)
            return self._old(time) or (not kindred(p, main) and time.period.end.date() < published.date())
        return time.period.end < main.time.period.start - timedelta(hours=12)

    def _beside(self, p: Passage, time: FoundPeriod | None, main: Draft) -> Draft:
        """A deed of quite another kind than the news: of a happening already told, else one of its own."""
        for d in self.drafts:
            if d is not main and d.role in ("main", "background") and kindred(p, d):
                return _join(d, p, time)
        deed = p.deed()
        if deed is None or deed.strength < 3:
            return _join(main, p, None)
        if (
            deed.family == "crime"
            and not main.families().isdisjoint(("riots", "protests"))
            and not p.toponyms
            and not p.periods
        ):
            return _join(main, p, None)  # "two people died of gunshot wounds" in the riot
        role: Role = (
            "background" if (p.headline and p.link not in _WHILE) or p.recalls or p.sentence > 2 * LEAD else "main"
        )
        return Draft(role, [p], time or main.time)


def _join(draft: Draft, p: Passage, time: FoundPeriod | None) -> Draft:
    draft.passages.append(p)
    finer = draft.time is None or (time is not None and draft.time.period.precision not in ("day", "instant")
                                   and time.period.precision == "day")  # fmt: skip
    if finer and p.deed() is not None:
        draft.time = time or draft.time
    return draft


def _settled(drafts: list[Draft]) -> list[Draft]:
    """A lead that sums up several happenings ("three explosions rocked the city") is an aggregate once they are told apart."""
    mains = [d for d in drafts if d.role == "main"]
    if len(mains) > 2 and any(c.what == "attacks" for c in mains[0].passages[0].claims):
        mains[0].role = "aggregate"
    return drafts

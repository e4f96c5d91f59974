"""Groups an article's passages by the happening they tell of, and gives each group its role.

The first passage that reports something recent opens the news (`main`). A later one joins it unless its own time is earlier
(`background`), it counts over many (`aggregate`), it tells what came after (`follow-up`), it only speaks (`statement`), or
it tells of another place as news of its own (a second `main`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from schemas.records import Period
from streams.domain.passages import Passage
from streams.domain.places import Toponym
from streams.domain.when import FoundPeriod

Role = Literal["main", "follow-up", "background", "aggregate", "statement", "story"]
Sort = Literal["deed", "figures", "aggregate", "after", "words", "none"]
NEWS = timedelta(days=16)  # how long before publication something may have happened and still be its news
_FINE = frozenset(("point", "city", "admin"))


@dataclass(slots=True)
class Draft:
    """One happening as far as it has been read: its passages in order, the first of them the one that opened it."""

    role: Role
    passages: list[Passage] = field(default_factory=list)
    time: FoundPeriod | None = None

    def places(self) -> list[Toponym]:
        """Toponyms of all its passages in order."""
        return [t for p in self.passages for t in p.toponyms]

    def names(self) -> set[str]:
        """Its places below the country, by name in lower case."""
        return {t.name.lower() for t in self.places() if t.precision in _FINE}

    def types(self) -> dict[tuple[str, str], float]:
        """How much speaks for each type: strengths of deeds, the first passages counting more."""
        out: dict[tuple[str, str], float] = {}
        kind = {"statement": "words", "follow-up": "after"}.get(self.role, "deed")
        for n, p in enumerate(self.passages):
            for act in p.acts:
                if act.kind == kind or (self.role == "main" and act.kind == "after"):
                    weight = act.strength**2 / (1 + 0.3 * n) * (1.0 if act.kind == kind else 0.2)
                    out[act.family, act.subtype] = out.get((act.family, act.subtype), 0.0) + weight
        return out


def group(passages: list[Passage], published: datetime | None) -> list[Draft]:
    """Drafts in the order in which the article tells them; none when nothing happens in it."""
    drafts: list[Draft] = []
    main: Draft | None = None
    last: Draft | None = None
    for p in passages:
        sort = sort_of(p)
        if sort == "none":
            if p.claims and (last or main):
                _join(_home(p, main, last), p)
            continue
        draft = _place(p, sort, drafts, main, last, published)
        if draft is None:
            continue
        if draft not in drafts:
            drafts.append(draft)
        if draft.role == "main" and main is None:
            main = draft
        last = draft if draft.role != "statement" else last
    return drafts


def sort_of(p: Passage) -> Sort:
    """What a passage does: report a deed, give figures, count over many, tell what came after, or only speak."""
    strength = p.strength()
    deed = p.deed()
    if p.has("words", 3) and not (deed and p.claims):
        return "words"
    if any(c.what == "attacks" and c.of.endswith("s") and c.low and p.text.find("such") >= 0 for c in p.claims):
        return "aggregate"
    if p.counts and deed and (any(c.what == "attacks" for c in p.claims) or any(f.open for f in p.periods) or not p.claims):
        return "aggregate"
    if p.unreal and strength < 5:
        return "none"
    if deed and (strength >= 3 or (strength == 2 and (p.periods or p.toponyms))):
        return "deed"
    if p.has("after", 3):
        return "after"
    if strength >= 2 and any(c.what in ("killed", "injured", "missing") for c in p.claims):
        return "figures"
    return "none"


def when_of(p: Passage) -> FoundPeriod | None:
    """The time of what the passage tells: the closed period nearest to its deed."""
    closed = [f for f in p.periods if not f.open]
    deed = p.deed()
    if not closed:
        return None
    at = deed.start if deed else p.start
    return min(closed, key=lambda f: (f.period.precision not in ("day", "instant"), abs(f.start - at)))


def _place(p: Passage, sort: Sort, drafts: list[Draft], main: Draft | None, last: Draft | None,
           published: datetime | None) -> Draft | None:  # fmt: skip
    """The draft this passage belongs to: an old one it was added to, or a new one."""
    time = when_of(p)
    if sort == "words":
        return _spoken(p, drafts, time)
    if sort == "aggregate":
        return Draft("aggregate", [p], next((f for f in p.periods if f.open), time))
    if sort == "after" and main is not None:
        return _after(p, drafts, main, time)
    if sort == "figures" and not _earlier(time, main, published):
        home = _home(p, main, last)
        return _join(home, p) if home else Draft("main", [p], time)
    if main is None:
        role: Role = "background" if _old(time, published) else "main"
        return Draft(role, [p], time)
    if _earlier(time, main, published) or (p.recalls and not _same_place(p, main)):
        return _recalled(p, drafts, time)
    if _elsewhere(p, main):
        again = next((d for d in drafts if d.role == "main" and d is not main and _same_place(p, d)), None)
        return _join(again, p) if again else Draft("main", [p], time)
    return _join(_home(p, main, last) or main, p, time)


def _join(draft: Draft | None, p: Passage, time: FoundPeriod | None = None) -> Draft | None:
    if draft is not None:
        draft.passages.append(p)
        if draft.time is None or (time is not None and draft.time.period.precision not in ("day", "instant")
                                  and time.period.precision == "day"):  # fmt: skip
            draft.time = time or draft.time
    return draft


def _home(p: Passage, main: Draft | None, last: Draft | None) -> Draft | None:
    """Where a passage without its own time and place belongs: to the happening just told in this paragraph, else the news."""
    if last is not None and last.role != "aggregate":
        before = last.passages[-1]
        if before.sentence == p.sentence or (before.paragraph == p.paragraph and before.sentence >= p.sentence - 1
                                             and last.role in ("background", "main") and not _back_to_main(p)):  # fmt: skip
            return last
    return main or last


def _back_to_main(p: Passage) -> bool:
    return bool(p.periods or p.toponyms or p.sources)


def _spoken(p: Passage, drafts: list[Draft], time: FoundPeriod | None) -> Draft:
    for d in drafts:
        if d.role == "statement" and d.passages[-1].sources and p.sources and d.passages[-1].sources[-1].name == p.sources[-1].name:
            d.passages.append(p)
            return d
    return Draft("statement", [p], time)


def _after(p: Passage, drafts: list[Draft], main: Draft, time: FoundPeriod | None) -> Draft:
    kind = next((a.subtype for a in p.acts if a.kind == "after" and a.strength == 3), "arrest")
    if any(a.subtype == kind for a in main.passages[0].acts):
        main.passages.append(p)
        return main
    for d in drafts:
        if d.role == "follow-up" and any(a.subtype == kind for q in d.passages for a in q.acts):
            d.passages.append(p)
            return d
    return Draft("follow-up", [p], time)


def _recalled(p: Passage, drafts: list[Draft], time: FoundPeriod | None) -> Draft:
    for d in drafts:
        if d.role != "background" or d.passages[-1].sentence == p.sentence:
            continue
        same_time = time is not None and d.time is not None and _touch(time.period, d.time.period)
        if same_time and (_same_place(p, d) or not p.toponyms) and _same_type(p, d):
            d.passages.append(p)
            return d
    return Draft("background", [p], time)


def _touch(a: Period, b: Period) -> bool:
    return a.start <= b.end and b.start <= a.end


def _same_type(p: Passage, d: Draft) -> bool:
    mine = {a.family for a in p.acts if a.kind == "deed"}
    return not mine or bool(mine & {a.family for q in d.passages for a in q.acts if a.kind == "deed"})


def _same_place(p: Passage, d: Draft) -> bool:
    return bool({t.name.lower() for t in p.toponyms} & {t.name.lower() for t in d.places()})


def _elsewhere(p: Passage, main: Draft) -> bool:
    """News of another place: it says so ("another", "also") or names a finer place that the news has not."""
    own = {t.name.lower() for t in p.toponyms if t.precision in _FINE}
    if not own or own & main.names() or not main.names():
        return False
    return p.another and p.strength() >= 3


def _earlier(time: FoundPeriod | None, main: Draft | None, published: datetime | None) -> bool:
    if time is None:
        return False
    if main is not None and main.time is not None:
        return time.period.end < main.time.period.start - timedelta(hours=12)
    return _old(time, published)


def _old(time: FoundPeriod | None, published: datetime | None) -> bool:
    return time is not None and published is not None and time.period.end < published - NEWS


def day_of(moment: datetime) -> date:
    """The calendar day of a moment."""
    return moment.date()

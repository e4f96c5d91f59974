"""The rules by which a passage joins the draft of a mention or opens one, tried in the order of RULES.

The first passage that reports something recent opens the news (`main`). A later one joins it unless its own time is earlier
(`background`), it counts over many (`aggregate`), it tells what came after (`follow-up`), it only speaks (`statement`), or
it says that it reports another incident (a second `main`).
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from streams.domain.extract.passages import VICTIMS
from streams.domain.extract.triggers import STRONG
from streams.domain.mentions.draft import (
    Draft,
    MentionRole,
    compatible,
    in_other_countries,
    overlap,
    same_place,
)
from streams.domain.mentions.grouping_state import Grouping, TimedPassage, is_earlier, joined, same_family_news

POLITICS_WINDOW = timedelta(days=3)  # how long before publication a vote or a deal must lie to be recalled history
CORRECTION_WINDOW = timedelta(days=7)  # how long before the time first given "the shooting occurred" may set another
TOP_SENTENCES = 6  # in which a second incident is news beside the first; up to twice as many
CAUSES = frozenset((
    "for", "over", "after", "following", "in retaliation for", "in response to", "in revenge for", "days after", "weeks after",
    "months after", "hours after", "just days after", "just weeks after",
))  # fmt: skip
"""Words between two clauses of which the second reports what the first answers or follows."""
_WHILE = frozenset(("during", "amid", "as", "while", "and", ""))
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

_COUNTED_BEFORE = re.compile(
    r"\bhad\s+(?:\w+\s+)?(?:spoken\s+of|put|reported|given|announced|counted|confirmed|said|listed)\b|\bup\s+from\b|"
    r"\b(?:earlier|previous|initial|preliminary|first|provisional|last)\s+(?:official\s+)?(?:death\s+)?(?:tolls?|counts?|tally|figures?|reports?)\b"
)


class GroupingRule(NamedTuple):
    """One rule: its name, when it applies, and the draft that it puts the passage into, None for no draft."""

    name: str
    applies: Callable[[Grouping, TimedPassage], bool]
    place: Callable[[Grouping, TimedPassage], Draft | None]


def _heads_a_story(g: Grouping, t: TimedPassage) -> bool:
    """A heading inside a round-up, of another country."""
    p, main = t.passage, g.main
    return p.heading and main is not None and t.role in ("event", "figures") and in_other_countries(p, main)


def _headed(g: Grouping, t: TimedPassage) -> Draft:
    g.main = Draft("main", [t.passage], t.time)
    return g.main


def _reports_nothing(g: Grouping, t: TimedPassage) -> bool:
    del g
    return t.role == "none"


def _figures_kept(g: Grouping, t: TimedPassage) -> Draft | None:
    """The draft whose figures it gives, if it gives any."""
    home = g.home(t.passage) if t.passage.claims else None
    if home is not None:
        home.passages.append(t.passage)
    return home


def _only_speaks(g: Grouping, t: TimedPassage) -> bool:
    del g
    return t.role == "speech"


def _spoken(g: Grouping, t: TimedPassage) -> Draft:
    """The statement of the same speaker, or the one that this line heads."""
    p = t.passage
    name = p.sources[-1].name if p.sources else None
    kinds = {s.subtype for s in p.triggers if s.kind == "speech" and s.strength == STRONG}
    for d in g.drafts:
        if d.role != "statement":
            continue
        before = d.passages[-1]
        heading = before.sentence == p.sentence - 1 and before.text[-1:] not in '.!?”"'
        if (heading and any(s.subtype in kinds for s in before.triggers)) or (
            name and before.sources and before.sources[-1].name == name
        ):
            d.passages.append(p)
            return d
    return Draft("statement", [p], t.time)


def _counts_over_many(g: Grouping, t: TimedPassage) -> bool:
    """A count, unless it is all the top of the article says of its news."""
    p = t.passage
    return t.role == "aggregate" and (g.main is not None or not p.has("event", STRONG) or p.sentence > 1)


def _counted(g: Grouping, t: TimedPassage) -> Draft:
    """One aggregate for all that is said about the same long time."""
    p = t.passage
    span = next((f for f in p.periods if f.open), t.time)
    figures = any(c.what == "attacks" or c.word == "nth" for c in p.claims)
    for d in g.drafts:
        both = d.role == "aggregate" and span is not None and span.open and d.time is not None and d.time.open
        if both and span and d.time and overlap(span.period, d.time.period) and compatible(p, d):
            d.passages.append(p) if not figures else d.passages.insert(0, p)
            d.time = span if figures else d.time
            return d
    return Draft("aggregate", [p], span)


def _turns_politics(g: Grouping, t: TimedPassage) -> bool:
    del g
    return t.role == "political"


def _old_politics(g: Grouping, t: TimedPassage) -> Draft | None:
    """History, when its time ("announced in early June" too) lies some days back."""
    time = t.time or next((f for f in t.passage.periods if not f.open), None)
    old = time is not None and time.period.end < g.published - POLITICS_WINDOW
    return Draft("background", [t.passage], time) if old else None


def _opens_with_an_aftermath(g: Grouping, t: TimedPassage) -> bool:
    return g.main is None and t.role == "aftermath" and t.passage.sentence < TOP_SENTENCES


def _legal_news(g: Grouping, t: TimedPassage) -> Draft:
    fresh = next((f for f in t.passage.times() if not g.is_old(f)), None)
    return Draft("main", [t.passage], fresh, legal=True)


def _recalls_before_the_news(g: Grouping, t: TimedPassage) -> bool:
    return g.main is None and g.is_old(t.time)


def _opens_the_news(g: Grouping, t: TimedPassage) -> bool:
    del t
    return g.main is None


def _new_main(g: Grouping, t: TimedPassage) -> Draft:
    """News; of the time of the news before it when it gives none."""
    return Draft("main", [t.passage], t.time or (g.main.time if g.main else None))


def _tells_an_aftermath(g: Grouping, t: TimedPassage) -> bool:
    del g
    return t.role == "aftermath"


def _followed_up(g: Grouping, t: TimedPassage) -> Draft:
    """The news itself, where the aftermath belongs to it; else the follow-up of the same kind, or a new one."""
    p, main = t.passage, g.news()
    kind = next((s.subtype for s in p.triggers if s.kind == "aftermath" and s.strength == STRONG), "arrest")
    crowd = kind == "arrest" and not main.families().isdisjoint(("protests", "riots"))
    held = any(c.what == "arrested" and c.kind == "count" for c in p.claims)
    told = main.legal or not main.passages[0].headline
    if (crowd and held and not is_earlier(g, t, main)) or (
        told and any(s.subtype == kind and s.kind == "aftermath" for s in main.passages[0].triggers)
    ):
        main.passages.append(p)
        return main
    for d in g.drafts:
        if d.role == "follow-up" and any(s.subtype == kind for q in d.passages for s in q.triggers):
            d.passages.append(p)
            return d
    return Draft("follow-up", [p], t.time)


def _dates_the_news(g: Grouping, t: TimedPassage) -> bool:
    """It says when the news happened ("The shooting occurred about 8 p.m. Monday"), a little before the time read so far."""
    p, time, main = t.passage, t.time, g.news()
    if time is None or not _HAPPENED.match(p.low) or p.recalls:
        return False
    if time.period.precision not in ("day", "instant") or not compatible(p, main):
        return False
    latest = main.time.period.start if main.time else g.published
    return latest - CORRECTION_WINDOW <= time.period.start <= latest


def _dated(g: Grouping, t: TimedPassage) -> Draft:
    main = g.news()
    main.time = t.time
    return joined(main, t.passage, t.time)


def _tells_how_it_began(g: Grouping, t: TimedPassage) -> bool:
    """`The fire broke out ...` has the time of its beginning, not of another incident."""
    p = t.passage
    return _BEGAN.search(p.low) is not None and compatible(p, g.news()) and not any(c.what in VICTIMS for c in p.claims)


def _joined_without_time(g: Grouping, t: TimedPassage) -> Draft:
    return joined(g.news(), t.passage, None)


def _counted_before(g: Grouping, t: TimedPassage) -> bool:
    """`Police had spoken of 46 dead a day earlier`: an older count of the news."""
    p, time, main = t.passage, t.time, g.news()
    if t.role != "figures" or p.event is not None or not _COUNTED_BEFORE.search(p.low):
        return False
    return (
        (time is None or time.period.start >= g.published - CORRECTION_WINDOW)
        and any(c.what in VICTIMS for c in p.claims)
        and (same_place(p, main) or not p.toponyms)
    )


def _is_earlier_or_a_cause(g: Grouping, t: TimedPassage) -> bool:
    p = t.passage
    return is_earlier(g, t, g.news()) or (p.link in CAUSES and p.event is not None)


def _recalled_history(g: Grouping, t: TimedPassage) -> Draft:
    """The history of the same time and place, or a new one."""
    p, time = t.passage, t.time
    for d in g.drafts:
        if d.role != "background" or d.passages[-1].sentence == p.sentence:
            continue
        same_time = time is not None and (overlap(time.period, d.time.period) if d.time else d.passages[0].headline)
        if (same_time and (same_place(p, d) or not p.toponyms) and compatible(p, d)) or p.text == d.passages[0].text:
            d.passages.append(p)
            return d
    return Draft("background", [p], time)


def _gives_figures(g: Grouping, t: TimedPassage) -> bool:
    return t.role == "figures" and compatible(t.passage, g.news())


def _figures_at_home(g: Grouping, t: TimedPassage) -> Draft:
    return joined(g.home(t.passage) or g.news(), t.passage, None)


def _reports_another(g: Grouping, t: TimedPassage) -> bool:
    """`In another attack`, or `Meanwhile, in` a place that the news did not name."""
    p = t.passage
    beside = p.besides and p.event is not None and not same_place(p, g.news())
    return (p.another or beside) and not p.recalls


def _is_of_another_type(g: Grouping, t: TimedPassage) -> bool:
    return not compatible(t.passage, g.news())


def _beside(g: Grouping, t: TimedPassage) -> Draft:
    """Of an incident already reported, else one of its own; the news itself where the words are too weak."""
    p, time, main = t.passage, t.time, g.news()
    for d in g.drafts:
        if d is not main and d.role in ("main", "background") and compatible(p, d):
            return joined(d, p, time)
    if p.event is None or p.event.strength < STRONG:
        return joined(main, p, None)
    riot = not main.families().isdisjoint(("riots", "protests"))
    if p.event.family == "crime" and riot and not p.toponyms and not p.periods:
        return joined(main, p, None)  # "two people died of gunshot wounds" in the riot
    late = p.recalls or p.sentence > 2 * TOP_SENTENCES
    role: MentionRole = "background" if (p.headline and p.link not in _WHILE) or late else "main"
    return Draft(role, [p], time or main.time)


def _goes_on(g: Grouping, t: TimedPassage) -> bool:
    del g, t
    return True


def _joined(g: Grouping, t: TimedPassage) -> Draft:
    return joined(same_family_news(g, t.passage) or g.home(t.passage) or g.news(), t.passage, t.time)


RULES: tuple[GroupingRule, ...] = (
    GroupingRule("heads a story of a round-up", _heads_a_story, _headed),
    GroupingRule("reports nothing", _reports_nothing, _figures_kept),
    GroupingRule("only speaks", _only_speaks, _spoken),
    GroupingRule("counts over many", _counts_over_many, _counted),
    GroupingRule("recalls politics", _turns_politics, _old_politics),
    GroupingRule("opens with an aftermath", _opens_with_an_aftermath, _legal_news),
    GroupingRule("recalls before the news", _recalls_before_the_news, _recalled_history),
    GroupingRule("opens the news", _opens_the_news, _new_main),
    GroupingRule("tells an aftermath", _tells_an_aftermath, _followed_up),
    GroupingRule("dates the news", _dates_the_news, _dated),
    GroupingRule("tells how it began", _tells_how_it_began, _joined_without_time),
    GroupingRule("counts the news as before", _counted_before, _joined_without_time),
    GroupingRule("is earlier or a cause", _is_earlier_or_a_cause, _recalled_history),
    GroupingRule("gives figures of the news", _gives_figures, _figures_at_home),
    GroupingRule("reports another incident", _reports_another, _new_main),
    GroupingRule("is of another type", _is_of_another_type, _beside),
    GroupingRule("goes on with the news", _goes_on, _joined),
)

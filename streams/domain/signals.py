"""Everything the reader looks for in a text, found in one pass: acts, words of harm, of saying, of time, of recalling.

Careful reading (claims, times, sources) is then done only in the sentences that have such a word.
"""

from functools import cache
from itertools import product

from streams.domain.actors import actor_phrases
from streams.domain.acts import Act, act_phrases
from streams.domain.attribution import SAYING
from streams.domain.bind import COUNTED_ACTS
from streams.domain.claims import ORDINALS
from streams.domain.cues import Cue, Phrases
from streams.domain.harm import harm_phrases
from streams.domain.when import TIME_WORDS

_RECALL = (
    "previous|previously|earlier this year|earlier this month|earlier this week|last year|last month|in the past|years ago|a year ago|"
    "months ago|a month ago|weeks ago|decades ago|anniversary|recalled|history of|the last time|the previous time|the first time|"
    "once before|similar attack|similar attacks|similar incident|similar incidents|similar strike|similar case|similar accident|"
    "since then|was also|were also|earlier attack|in an earlier|decade ago|last week|just last weekend|worst since|deadliest since"
)
_MONTHS = "january february march april may june july august september october november december"
_ORDER = "second third fourth fifth sixth seventh eighth ninth tenth 10th 11th 12th"
_TIMES = "such successful fatal deadly homicide murder killing attack shooting death time"
_MANY = [
    *(f"since {m}" for m in _MONTHS.split()), "since the start", "since the beginning", "since last", "so far this year",
    *(f"in recent {u}" for u in ("years", "months", "weeks", "days")), "past year", "past years", "last years", "past months",
    *(f"{a} {b}" for a, b in product(_ORDER.split(), _TIMES.split())),
    "series of", "wave of", "spate of", "string of", "repeated", "repeatedly", "regularly", "every year", "across the country",
    "this year", "each year", "a total of",
]  # fmt: skip
_UNREAL = (
    "would|could|might|if|plan to|plans to|planned|planning|to prevent|fear of|fears of|feared|risk of|in case of|threat of|"
    "warned of|warning of|prepare for|prepares for|preparing for|drill|exercise|exercises|hypothetical|fiction|fictional|movie|film|"
    "novel|episode|series finale|video game"
)
_ANOTHER = "another|separate|a second|a third|a fourth|the second|the third|other"
_ELSEWHERE = "separately|elsewhere|at the same time|in a separate incident|in another incident|the most serious incident|spread to"


@cache
def _book() -> Phrases:
    entries: list[tuple[str, str, object]] = [(phrase, "act", act) for phrase, act in act_phrases()]
    for group, words in (
        ("harm", harm_phrases()), ("say", SAYING), ("attack", COUNTED_ACTS | ORDINALS.keys()),
        ("recall", _RECALL.split("|")), ("many", _MANY), ("unreal", _UNREAL.split("|")), ("another", _ANOTHER.split("|")),
    ):  # fmt: skip
        entries.extend((word, group, None) for word in words)
    entries.extend((word, "time", kind) for word, kind in TIME_WORDS.items())
    entries.extend((phrase, "actor", value) for phrase, value in actor_phrases())
    entries.extend((word, "another", True) for word in _ELSEWHERE.split("|"))
    return Phrases(entries)


def find_signals(text: str) -> list[Cue]:
    """Every signal of a text in order, groups apart: act, actor, harm, say, time, attack, recall, many, unreal, another."""
    return _book().find(text)


def as_act(cue: Cue) -> Act:
    """The act that a signal of group `act` stands for."""
    return Act(cue.start, cue.end, *cue.value)

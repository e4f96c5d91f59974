"""Finds all signal words of a text in one pass: triggers, words of harm, of speech, of time, of recalled history.

Careful reading (claims, times, sources) is then done only in the sentences that have such a word.
"""

from functools import cache

from streams.domain.extract.actors import actor_phrases
from streams.domain.extract.casualty_lexicon import casualty_phrases
from streams.domain.extract.claim_patterns import COUNTED
from streams.domain.extract.speakers import SAYING
from streams.domain.extract.triggers import Trigger, trigger_phrases
from streams.domain.extract.wordlists import wordlist
from streams.domain.text.phrase_matcher import Cue, Phrases
from streams.domain.text.temporal import TIME_WORDS

_GROUPS = ("recall", "many", "unreal", "another")


@cache
def _book() -> Phrases:
    lists = wordlist("signals")
    entries: list[tuple[str, str, object]] = [(phrase, "trigger", found) for phrase, found in trigger_phrases()]
    entries.extend((phrase, "harm", None) for phrase in casualty_phrases())
    entries.extend((word, "say", None) for word in SAYING)
    entries.extend((word, "attack", None) for word in COUNTED)
    entries.extend((phrase, group, None) for group in _GROUPS for phrase in lists[group])
    entries.extend((word, "time", kind) for word, kind in TIME_WORDS.items())
    entries.extend((phrase, "actor", value) for phrase, value in actor_phrases())
    entries.extend((word, "another", True) for word in lists["elsewhere"])
    return Phrases(entries)


def find_signals(text: str) -> list[Cue]:
    """Every signal of a text in order, groups apart: trigger, actor, harm, say, time, attack, recall, many, unreal, another."""
    return _book().find(text)


def as_trigger(cue: Cue) -> Trigger:
    """The trigger that a signal of group `trigger` stands for."""
    return Trigger(cue.start, cue.end, *cue.value)

"""Event triggers: words that report an incident, with their type and strength. `signal_words` finds them.

The ontology's seed words say what a text is about; these say that something happened. Strength: 3 alone reports an
incident ("airstrike", "derailed"), 2 mostly does ("explosion"), 1 only beside a figure or with a place and a time ("fire").
Kinds: `event` the incident itself, `speech` acts of speech (condemnation, threat), `aftermath` what follows an incident
(arrest), `political` turns of politics that news recalls (vote, deal), `none` phrases that hold such a word and report nothing.
"""

from typing import Literal, NamedTuple

from streams.domain.extract.wordlists import wordlist

TriggerKind = Literal["event", "aftermath", "speech", "political", "none"]
_KINDS: tuple[TriggerKind, ...] = ("event", "aftermath", "speech", "political")
STRONG = 3  # strength of a word that reports an incident by itself


class Trigger(NamedTuple):
    """One trigger: offsets into the text, type, strength 1 to 3 (0 for `none`), kind, and the phrase as listed."""

    start: int
    end: int
    family: str
    subtype: str
    strength: int
    kind: TriggerKind
    word: str


def trigger_phrases() -> list[tuple[str, tuple[str, str, int, TriggerKind, str]]]:
    """Every phrase with (family, subtype, strength, kind, phrase); a phrase under two types keeps the first."""
    lists = wordlist("triggers")
    out: dict[str, tuple[str, str, int, TriggerKind, str]] = {}
    for kind in _KINDS:
        for name, by_strength in lists[kind].items():
            family, subtype = name.split("/")
            for strength, phrases in by_strength.items():
                for phrase in phrases:
                    out.setdefault(phrase, (family, subtype, int(strength), kind, phrase))
    neither: tuple[str, str, int, TriggerKind, str] = ("other", "human-interest", 0, "none", "")
    return [*out.items(), *((phrase, neither) for phrase in lists["neither"])]

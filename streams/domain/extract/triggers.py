"""Words that report an incident: which type they tell of and how strongly. `signals` finds them.

The ontology's seed words say what a text is about; these say that something happened. Strength: 3 alone reports an
incident ("airstrike", "derailed"), 2 mostly does ("explosion"), 1 only beside a figure or with a place and a time ("fire").
`deed` marks the happening itself, `words` acts of speech (condemnation, threat), `after` what follows an incident (arrest),
`quiet` the turns of politics that news recalls, `none` phrases that hold such a word and report nothing.
"""

from typing import Literal, NamedTuple

from streams.domain.extract.wordlists import wordlist

Kind = Literal["deed", "words", "after", "quiet", "none"]
_KINDS: tuple[Kind, ...] = ("deed", "after", "words", "quiet")


class Act(NamedTuple):
    """One word of an incident: offsets into the text, type, strength 1 to 3, and what kind of word it is."""

    start: int
    end: int
    family: str
    subtype: str
    strength: int
    kind: Kind
    word: str


def act_phrases() -> list[tuple[str, tuple[str, str, int, Kind, str]]]:
    """Every phrase with (family, subtype, strength, kind, phrase); a phrase under two types keeps the first."""
    lists = wordlist("acts")
    out: dict[str, tuple[str, str, int, Kind, str]] = {}
    for kind in _KINDS:
        for name, by_strength in lists[kind].items():
            family, subtype = name.split("/")
            for strength, phrases in by_strength.items():
                for phrase in phrases:
                    out.setdefault(phrase, (family, subtype, int(strength), kind, phrase))
    neither: tuple[str, str, int, Kind, str] = ("other", "human-interest", 0, "none", "")
    return [*out.items(), *((phrase, neither) for phrase in lists["neither"])]

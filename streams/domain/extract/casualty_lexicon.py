"""The lexicon of claims: words for what happened to the people or things that are counted.

Forms: `part` a past form that is active before its object and passive after its subject; `ing` active, object after;
`intr` its subject is counted; `state` predicate or noun after a number ("two dead", "are missing"); `of` a noun whose object
follows ("death of a man"); `noun` a noun that a number counts ("12 arrests"); `gather` verbs of crowds; `wound` what a
person has; `carried` taken, if to a hospital; `self` done to oneself; `toll` a running total; `none` phrases that contain
such a word and report no harm.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from streams.domain.extract.wordlists import wordlist
from streams.domain.text.tokenize import Words

What = Literal[
    "killed", "injured", "missing", "arrested", "displaced", "abducted", "attacks", "participants", "damage", "other"
]  # fmt: skip
TermForm = Literal[
    "part", "ing", "intr", "state", "of", "noun", "gather", "wound", "carried", "self", "toll", "none", "cue"
]  # fmt: skip


class CasualtyTerm(NamedTuple):
    """One harm word or phrase over tokens first..last (end exclusive)."""

    first: int
    last: int
    what: What
    form: TermForm
    word: str


_TO_DEATH = frozenset("stabbed stabbing shot shooting beaten beating burned burning hacked hacking".split())
_COUNTED_HARM: dict[str, What] = {
    "killed": "killed", "dead": "killed", "deaths": "killed", "wounded": "injured", "injured": "injured", "hurt": "injured",
    "missing": "missing", "arrested": "arrested", "detained": "arrested", "displaced": "displaced",
}  # fmt: skip
_INDEX: dict[str, list[tuple[tuple[str, ...], What, TermForm]]] = {}
for _what, _forms in wordlist("casualties")["forms"].items():
    for _form, _phrases in _forms.items():
        for _phrase in _phrases:
            _words = tuple(_phrase.split())
            _INDEX.setdefault(_words[0], []).append((_words, _what, _form))
for _entries in _INDEX.values():
    _entries.sort(key=lambda e: -len(e[0]))
CASUALTY_WORDS = frozenset(words[0] for entries in _INDEX.values() for words, _, _ in entries if len(words) == 1)
"""Single words of harm."""


def casualty_phrases() -> list[str]:
    """Every word and phrase of harm."""
    return [" ".join(words) for entries in _INDEX.values() for words, _, _ in entries]


def find_casualty_terms(words: Words) -> list[CasualtyTerm]:
    """Words and phrases of harm in order; the longest phrase wins; a word with several forms is returned once for each."""
    return phrases_in(words, _INDEX)


def phrases_in(words: Words, index: Mapping[str, list[tuple[tuple[str, ...], What, TermForm]]]) -> list[CasualtyTerm]:
    """Phrases of an index by their first word, in order; the longest at each place wins, in each of its forms."""
    out: list[CasualtyTerm] = []
    low = words.low
    behind = 0
    for at, word in enumerate(low):
        if at < behind or word not in index:
            continue
        size = 0
        for phrase, what, form in index[word]:
            if len(phrase) < size:
                break
            if len(phrase) == 1 or tuple(low[at : at + len(phrase)]) == phrase:
                size = len(phrase)
                out.append(CasualtyTerm(at, at + size, what, form, " ".join(phrase)))
        behind = at + size
    return out


def casualty_terms(words: Words) -> list[CasualtyTerm]:
    """Words of harm, in order; people stabbed or beaten "to death" are killed."""
    found = [
        h._replace(what="killed") if h.word in _TO_DEATH and _to_death(words, h.last) else h
        for h in find_casualty_terms(words)
    ]
    totals = _running_totals(words) if "number" in words.low else []
    if not totals:
        return found
    covered = {n for t in totals for n in range(t.first, t.last)}
    return sorted([*totals, *(h for h in found if h.first not in covered)])


def _running_totals(words: Words) -> list[CasualtyTerm]:
    """`the number of fighters killed`: a toll, whatever the noun between."""
    low, out = words.low, []
    for at in range(len(low) - 3):
        if low[at] == "number" and low[at + 1] == "of":
            last = next((n for n in range(at + 2, min(at + 7, len(low))) if low[n] in _COUNTED_HARM), None)
            if last is not None:
                out.append(CasualtyTerm(at, last + 1, _COUNTED_HARM[low[last]], "toll", "number of"))
    return out


def _to_death(words: Words, at: int) -> bool:
    """`stabbing his mother and a former girlfriend to death`."""
    low = words.low
    for n in range(at, min(at + 8, len(low) - 1)):
        if low[n] in (",", ";", ".", "who", "when", "after", "before"):
            return False
        if low[n] == "to" and low[n + 1] == "death":
            return True
    return False

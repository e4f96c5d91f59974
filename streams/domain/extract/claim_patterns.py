"""Claims by patterns of their own: denials, crowds, hostages, counts of attacks, and figures stated again.

The claims of parties that suffer harm are bound in `claims.py`.
"""

from streams.domain.extract.argument_binding import COUNTED_ACTS, NOBODY
from streams.domain.extract.casualty_lexicon import What
from streams.domain.extract.counted_parties import Party
from streams.domain.extract.found_claim import FoundClaim
from streams.domain.extract.subjects import HAVE
from streams.domain.text.numbers import NUMBER_WORDS, SCALES
from streams.domain.text.tokenize import Sentence, Words

ORDINALS = {
    w: n for n, w in enumerate("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2)
}
_CRIMES = frozenset("homicide murder killing death fatality slaying".split())
_ACTS = frozenset(
    "attack strike operation bombing shooting raid blast explosion incident offensive assault such".split()
)
_TAKES = frozenset("took take takes taking taken held hold holds holding".split())
CROWDS = frozenset(("crowd", "crowds", "turnout", "gathering"))
CROWDED = frozenset("protesters protestors demonstrators marchers rioters strikers".split())
COUNTED = COUNTED_ACTS | ORDINALS.keys() | CROWDS | CROWDED
"""Words that may be counted without any word of harm."""
_NONE: dict[str, What] = {
    "injured": "injured", "hurt": "injured", "wounded": "injured", "injuries": "injured", "killed": "killed",
    "deaths": "killed", "fatalities": "killed", "casualties": "killed", "arrests": "arrested", "arrested": "arrested",
    "died": "killed", "death": "killed", "fatality": "killed", "casualty": "killed", "evacuations": "displaced", "evacuated": "displaced",
}  # fmt: skip
NO_DENIAL = frozenset(
    ", ; but and suspects arrests fewer less more longer doubt details word information indication confirmation report reports official "
    "immediate idea reason evidence further one's such matter sign claim".split()
)
"""Words after "no" that make it deny something else than victims."""
_SAFE = frozenset(("unhurt", "uninjured", "unharmed"))


def crowds(words: Words, parties: list[Party]) -> list[FoundClaim]:
    """`a crowd of 70`, `put the crowd at about 70`, `2,000 demonstrators`."""
    out = []
    for p in parties:
        lead = words.low[max(0, p.first - 4) : p.first]
        if p.kind == "count" and p.noun in CROWDED and (p.high is None or p.high > 1):
            out.append(FoundClaim("participants", p.low, p.high, p.noun, words.start[p.first], words.end[p.last - 1],
                                  words.start[p.first], "count", "crowd"))  # fmt: skip
        elif p.kind == "count" and lead[-1:] in (["of"], ["at"]) and CROWDS & {*lead}:
            first = p.first - 2
            out.append(FoundClaim("participants", p.low, p.high, p.noun or "people", words.start[first], words.end[p.last - 1],
                                  words.start[first], "count", "crowd"))  # fmt: skip
    return out


def denials(words: Words) -> list[FoundClaim]:
    """`no one was injured`, `no injuries`, `nobody was killed`, `all were unhurt`: a claim of none."""
    out: list[FoundClaim] = []
    low, start, end = words
    if _SAFE.isdisjoint(low) and NOBODY.isdisjoint(low):
        return out
    for n, word in enumerate(low):
        if word in _SAFE:
            out.append(FoundClaim("injured", 0, 0, "people", start[max(0, n - 6)], end[n], start[n], "count", word))
        if word not in NOBODY:
            continue
        for k, w in enumerate(low[n + 1 : n + 8], n + 1):
            what = _NONE.get(w)
            if what:
                out.append(FoundClaim(what, 0, 0, "people", start[n], end[k], start[k], "count", w))
                break
            if w in NO_DENIAL or (k > n + 1 and w in HAVE):
                break
    return out


def hostages(sentence: Sentence, words: Words, parties: list[Party]) -> list[FoundClaim]:
    """`took scores of passengers hostage`, `holding 40 people captive`."""
    out = []
    for n, word in enumerate(words.low):
        if word not in ("hostage", "captive"):
            continue
        verb = next((k for k in range(n - 1, max(-1, n - 9), -1) if words.low[k] in _TAKES), None)
        held = next(
            (
                p
                for p in parties
                if verb is not None and verb < p.first and p.last in (n, n + 1) and p.person and p.kind != "known"
            ),
            None,
        )
        if verb is not None and held is not None:
            of = counted_noun(sentence, words, held).removesuffix(" hostage")
            out.append(
                FoundClaim(
                    "abducted",
                    held.low,
                    held.high,
                    of,
                    words.start[verb],
                    words.end[n],
                    words.start[n],
                    held.kind,
                    word,
                )
            )
    return out


def restated(words: Words, parties: list[Party], found: list[FoundClaim]) -> list[FoundClaim]:
    """`109 people were killed, a newspaper said; police put the figure at 56`: the same thing counted by another."""
    out = []
    for p in parties:
        lead = words.low[max(0, p.first - 2) : p.first]
        told = next((c for c in found if c.end <= words.start[p.first] and c.kind == "count"), None)
        if (
            p.kind == "count"
            and told is not None
            and lead in (["figure", "at"], ["number", "at"], ["total", "at"], ["count", "at"])
        ):
            first = p.first - 2
            out.append(
                told._replace(
                    low=p.low, high=p.high, start=words.start[first], end=words.end[p.last - 1], act=words.start[first]
                )
            )
    return out


def counted_attacks(words: Words, parties: list[Party]) -> list[FoundClaim]:
    """Counts of acts: `more than 40 attacks`, `the second such operation`, `the city's second homicide of 2013`."""
    out = []
    for p in parties:
        if p.kind == "count" and p.noun in COUNTED_ACTS and p.low != 1:
            start, end = words.start[p.first], words.end[p.last - 1]
            out.append(
                FoundClaim("attacks", p.low, p.high, p.noun, start, end, words.start[p.last - 1], "count", p.noun)
            )
    for n, word in enumerate(words.low):
        if word not in ORDINALS or n + 1 == len(words.low):
            continue
        size, rest = ORDINALS[word], words.low[n + 1 : n + 6]
        start = words.start[n]
        if rest[0] in _CRIMES and rest[1:2] and rest[1] in ("of", "in", "this", "since"):
            out.append(FoundClaim("killed", size, size, rest[0] + "s", start, words.end[n + 1], start, "count", "nth"))
        elif rest[0] == "such" and len(rest) > 1 and rest[1] in _ACTS:
            out.append(FoundClaim("attacks", size, size, rest[1] + "s", start, words.end[n + 2], start, "count", "nth"))
    return out


def counted_noun(sentence: Sentence, words: Words, party: Party) -> str:
    """The words after the number up to the head noun."""
    if not party.noun:
        return "people"
    head = party.last - 1
    first = head
    while (
        first > party.core + 1
        and words.low[first - 1] not in ("of", ",", "-", "them", "whom")
        and words.low[first - 1] not in NUMBER_WORDS | SCALES
        and (not words.low[first - 1][0].isdigit())
    ):
        first -= 1
    return " ".join(sentence.text[words.start[first] - sentence.start : words.end[head] - sentence.start].split())

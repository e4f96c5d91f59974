"""Figures as the text states them: how many were killed, injured, missing, arrested ... each with its quote.

`find_claims` binds words of harm (`casualty_lexicon`) to parties (`counted_parties`) inside one sentence: the object
after an active verb, the subject before a passive one, the number right before "dead" or "arrests", the object of
"the killing of". `attribution` finds the source; the room `mentions` finds the incident that a claim belongs to.
"""

from typing import Literal, NamedTuple

from streams.domain.extract.argument_binding import COUNTED_ACTS, NOBODY, parts_of, said_of
from streams.domain.extract.casualty_lexicon import CasualtyTerm, What, find_casualty_terms
from streams.domain.extract.claim_candidates import CUE_WORDS, Candidate, candidates
from streams.domain.extract.claim_model import CLAIMS, LIKELY
from streams.domain.extract.counted_parties import Party, PartyKind, find_parties
from streams.domain.extract.subjects import HAVE
from streams.domain.text.numbers import NUMBER_WORDS, SCALES
from streams.domain.text.tokenize import Sentence, Words, tokens

ORDINALS = {
    w: n for n, w in enumerate("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2)
}
_CRIMES = frozenset("homicide murder killing death fatality slaying".split())
_ACTS = frozenset(
    "attack strike operation bombing shooting raid blast explosion incident offensive assault such".split()
)
_TO_DEATH = frozenset("stabbed stabbing shot shooting beaten beating burned burning hacked hacking".split())
_TAKES = frozenset("took take takes taking taken held hold holds holding".split())
_PARTS = frozenset("leg foot hand arm thigh toe finger knee calf ankle groin hip buttocks shoulder".split())
CROWDS = frozenset(("crowd", "crowds", "turnout", "gathering"))
CROWDED = frozenset("protesters protestors demonstrators marchers rioters strikers".split())
LONGEST_QUOTE = 24  # tokens from a party to its word of harm; beyond them the party alone is quoted
_COUNTED_HARM: dict[str, What] = {
    "killed": "killed", "dead": "killed", "deaths": "killed", "wounded": "injured", "injured": "injured", "hurt": "injured",
    "missing": "missing", "arrested": "arrested", "detained": "arrested", "displaced": "displaced",
}  # fmt: skip
_WITHIN = frozenset(("them", "whom"))
COUNTED = COUNTED_ACTS | ORDINALS.keys() | CROWDS | CROWDED
"""Words that may be counted without any word of harm."""
ClaimKind = PartyKind | Literal["part"]


class FoundClaim(NamedTuple):
    """A figure: inclusive bounds (None where not given), what was counted, and its quote as offsets into the text.

    kind: that of the party (`count`, `one`, `kin`, `name`, `known`, `self`), `part` for those who make up a number; act: offset of the word of harm; word: that word, such as "shot"; sure: how likely it is a figure to
    report; ruled: the rules of grammar say so, not the model alone.
    """

    what: What
    low: int | None
    high: int | None
    of: str
    start: int
    end: int
    act: int
    kind: ClaimKind
    word: str
    sure: float = 1.0
    ruled: bool = True

    @property
    def known(self) -> bool:
        """Said of someone already spoken of ("the victim died")."""
        return self.kind == "known"


def find_claims(sentence: Sentence, words: Words | None = None) -> list[FoundClaim]:
    """Claims of one sentence in order of their quotes."""
    words = tokens(sentence.text, sentence.start) if words is None else words
    harms = casualty_terms(words)
    if not harms and COUNTED.isdisjoint(words.low) and CUE_WORDS.isdisjoint(words.low):
        return []
    parties = find_parties(words, sentence.text, sentence.start)
    out = _of_parties(sentence, words, parties, harms)
    out.extend(_denials(words))
    out.extend(_attacks(words, parties))
    out.extend(_hostages(sentence, words, parties))
    out.extend(_restated(words, parties, out))
    harmed = {(c.start, c.low) for c in out}
    out.extend(
        c for c in _crowds(words, parties) if all(not (s <= c.start < s + 60 and low == c.low) for s, low in harmed)
    )
    return _distinct(out)


def _of_parties(sentence: Sentence, words: Words, parties: list[Party], harms: list[CasualtyTerm]) -> list[FoundClaim]:
    """The claim of each party: of several kinds of harm the likeliest.

    What the rules bind stays even when the model doubts it (`sure`), as persons are followed through the text.
    """
    bound = [(harm, party) for harm in harms for party in said_of(words, parties, harm)]
    parts = {p for harm, party in bound for p in parts_of(words, parties, party, harm)}
    bound += [(harm, p) for harm, party in bound for p in parts_of(words, parties, party, harm)]
    best: dict[Party, tuple[float, Candidate]] = {}
    for c in candidates(words, parties, harms, bound, whole=sentence.text[-1] in ".?!…\"'”’"):
        sure = CLAIMS.probability(c.features)
        if sure < LIKELY and not c.bound:
            continue
        old = best.get(c.party)
        if old is None or (sure >= LIKELY, sure) > (old[0] >= LIKELY, old[0]):
            best[c.party] = (sure, c)
    dead = {party for harm, party in bound if harm.what == "killed"}
    ruled = {(p, h.what): h for h, p in reversed(bound) if h.what == "killed" or p not in dead}
    out = []
    for sure, c in best.values():
        if c.harm.what != "damage":
            claim = _claim(sentence, words, c.harm, c.party, sure)
            claim = claim._replace(ruled=ruled.pop((c.party, c.harm.what), None) is not None)
            inside = c.party in parts or _inside(words, c, [o for _, o in best.values()])
            out.append(claim._replace(kind="part") if inside else claim)
    told = [(h, p) for h, p in bound if h.what in ("damage", "other") or p.kind == "self"]
    out += [_claim(sentence, words, h, p, 1.0) for h, p in told]
    out += [_claim(sentence, words, h, p, 0.0) for (p, _), h in ruled.items() if (h, p) not in told and p not in parts]
    return out


def _inside(words: Words, c: Candidate, others: list[Candidate]) -> bool:
    """`including four children`, `two of them`: part of a larger number told in the same sentence."""
    p, size = c.party, c.party.low or c.party.high or 0
    lead = words.low[max(0, p.first - 3) : p.first]
    inside = _WITHIN & {*words.low[p.first : p.last]} or {"including", "includes", "among"} & {*lead}
    return bool(inside) and any(o.harm.what == c.harm.what and o.party.first < p.first
                                and (o.party.low or o.party.high or 0) > size for o in others)  # fmt: skip


def _running_totals(words: Words) -> list[CasualtyTerm]:
    """`the number of fighters killed`: a toll, whatever the noun between."""
    low, out = words.low, []
    for at in range(len(low) - 3):
        if low[at] == "number" and low[at + 1] == "of":
            last = next((n for n in range(at + 2, min(at + 7, len(low))) if low[n] in _COUNTED_HARM), None)
            if last is not None:
                out.append(CasualtyTerm(at, last + 1, _COUNTED_HARM[low[last]], "toll", "number of"))
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


def _crowds(words: Words, parties: list[Party]) -> list[FoundClaim]:
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


def _claim(sentence: Sentence, words: Words, harm: CasualtyTerm, party: Party, sure: float) -> FoundClaim:
    first, last = min(harm.first, party.first), max(harm.last, party.last)
    if last - first > LONGEST_QUOTE:
        first, last = party.first, party.last
    start, end = words.start[first], words.end[last - 1]
    of = sentence.text[words.start[party.first] - sentence.start : words.end[party.last - 1] - sentence.start]
    if party.kind == "count":
        of = _counted_noun(sentence, words, party)
    what = harm.what
    if harm.word in ("shot himself", "shot herself"):
        behind = {*words.low[harm.last : harm.last + 6]}
        before = {*words.low[max(0, harm.first - 3) : harm.first]}
        what = "injured" if behind & (_PARTS | {"accidentally"}) or "accidentally" in before else what
    return FoundClaim(what, party.low, party.high, of.strip(" ,'’\n") or "people", start, end, words.start[harm.first],
                      party.kind, harm.word, sure)  # fmt: skip


def _to_death(words: Words, at: int) -> bool:
    """`stabbing his mother and a former girlfriend to death`."""
    low = words.low
    for n in range(at, min(at + 8, len(low) - 1)):
        if low[n] in (",", ";", ".", "who", "when", "after", "before"):
            return False
        if low[n] == "to" and low[n + 1] == "death":
            return True
    return False


def _counted_noun(sentence: Sentence, words: Words, party: Party) -> str:
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


def _denials(words: Words) -> list[FoundClaim]:
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


def _hostages(sentence: Sentence, words: Words, parties: list[Party]) -> list[FoundClaim]:
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
            of = _counted_noun(sentence, words, held).removesuffix(" hostage")
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


def _restated(words: Words, parties: list[Party], found: list[FoundClaim]) -> list[FoundClaim]:
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


def _attacks(words: Words, parties: list[Party]) -> list[FoundClaim]:
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


def _distinct(found: list[FoundClaim]) -> list[FoundClaim]:
    """One claim per figure and place in the text: of two readings of the same words the more specific one stays."""
    out: list[FoundClaim] = []
    for c in sorted(found, key=lambda c: (c.start, c.kind == "part", -c.end)):
        same = next((n for n, o in enumerate(out) if min(o.end, c.end) > max(o.start, c.start) and _same(o, c)), None)
        if same is None:
            out.append(c)
        elif c.kind == "part" or out[same].kind == "part":
            out[same] = out[same]._replace(kind="part")
        elif (out[same].known and not c.known) or (
            out[same].known == c.known and c.end - c.start < out[same].end - out[same].start
        ):
            out[same] = c
    return out


def _same(a: FoundClaim, b: FoundClaim) -> bool:
    return a.what == b.what and (a.low, a.high) == (b.low, b.high) and (a.of == b.of or a.known or b.known)

"""Finds figures as the text states them: how many were killed, injured, missing, arrested ... each with its quote.

`find_claims` binds words of harm (`casualty_lexicon`) to parties (`counted_parties`) inside one sentence: the object
after an active verb, the subject before a passive one, the number right before "dead" or "arrests", the object of
"the killing of". `claim_patterns` adds figures with patterns of their own. `attribution` finds the source; the room
`mentions` finds the incident that a claim belongs to.
"""

from streams.domain.extract.argument_binding import parts_of, said_of
from streams.domain.extract.casualty_lexicon import CasualtyTerm, casualty_terms
from streams.domain.extract.claim_candidates import CUE_WORDS, Candidate, candidates
from streams.domain.extract.claim_model import CLAIMS, LIKELY
from streams.domain.extract.claim_patterns import (
    COUNTED,
    counted_attacks,
    counted_noun,
    crowds,
    denials,
    hostages,
    restated,
)
from streams.domain.extract.counted_parties import Party, find_parties
from streams.domain.extract.found_claim import FoundClaim
from streams.domain.text.tokenize import Sentence, Words, tokens

_PARTS = frozenset("leg foot hand arm thigh toe finger knee calf ankle groin hip buttocks shoulder".split())
LONGEST_QUOTE = 24  # tokens from a party to its word of harm; beyond them the party alone is quoted
_WITHIN = frozenset(("them", "whom"))


def find_claims(sentence: Sentence, words: Words | None = None) -> list[FoundClaim]:
    """Claims of one sentence in order of their quotes."""
    words = tokens(sentence.text, sentence.start) if words is None else words
    harms = casualty_terms(words)
    if not harms and COUNTED.isdisjoint(words.low) and CUE_WORDS.isdisjoint(words.low):
        return []
    parties = find_parties(words, sentence.text, sentence.start)
    out = _of_parties(sentence, words, parties, harms)
    out.extend(denials(words))
    out.extend(counted_attacks(words, parties))
    out.extend(hostages(sentence, words, parties))
    out.extend(restated(words, parties, out))
    harmed = {(c.start, c.low) for c in out}
    out.extend(
        c for c in crowds(words, parties) if all(not (s <= c.start < s + 60 and low == c.low) for s, low in harmed)
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


def _claim(sentence: Sentence, words: Words, harm: CasualtyTerm, party: Party, sure: float) -> FoundClaim:
    first, last = min(harm.first, party.first), max(harm.last, party.last)
    if last - first > LONGEST_QUOTE:
        first, last = party.first, party.last
    start, end = words.start[first], words.end[last - 1]
    of = sentence.text[words.start[party.first] - sentence.start : words.end[party.last - 1] - sentence.start]
    if party.kind == "count":
        of = counted_noun(sentence, words, party)
    what = harm.what
    if harm.word in ("shot himself", "shot herself"):
        behind = {*words.low[harm.last : harm.last + 6]}
        before = {*words.low[max(0, harm.first - 3) : harm.first]}
        what = "injured" if behind & (_PARTS | {"accidentally"}) or "accidentally" in before else what
    return FoundClaim(what, party.low, party.high, of.strip(" ,'’\n") or "people", start, end, words.start[harm.first],
                      party.kind, harm.word, sure)  # fmt: skip


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

"""Every pair of a party and a kind of harm in a sentence, described for the trained reader of claims (`claim_model`).

The rules of `argument_binding` say which party a word of harm applies to; their result is one feature beside the words around
party and harm, their order and distance, and what stands between them.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.domain.extract.argument_binding import NOBODY, is_unreal
from streams.domain.extract.casualty_lexicon import CASUALTY_WORDS, CasualtyTerm, TermForm, What, phrases_in
from streams.domain.extract.counted_parties import Party
from streams.domain.extract.subjects import BE, HAVE, THINGS
from streams.domain.extract.wordlists import wordlist
from streams.domain.text.numbers import NUMBER_WORDS
from streams.domain.text.tokenize import Words

KINDS: tuple[What, ...] = ("killed", "injured", "missing", "arrested", "displaced", "abducted", "participants")
FARTHEST = 40  # tokens between a party and a word of harm
_CUES: dict[str, list[tuple[tuple[str, ...], What, TermForm]]] = {}
for _what, _phrases in wordlist("claims")["cues"].items():
    for _phrase in _phrases:
        _CUES.setdefault(_phrase.split()[0], []).append((tuple(_phrase.split()), _what, "cue"))
for _entries in _CUES.values():
    _entries.sort(key=lambda e: -len(e[0]))
CUE_WORDS = frozenset(_CUES)
_THEM = frozenset(("them", "whom"))
_NOBODY_ELSE = frozenset(("himself", "herself"))  # told by verbs of their own
_UNREAL = frozenset(
    "if would could may might will should can plan planned threatened avoid prevent attempted to not no without".split()
)
_LEGAL = frozenset(
    "accused charged suspected convicted trial acquitted sentenced alleged allegedly wanted pleaded court verdict guilty".split()
)
_PAST = frozenset(
    "year years since decade decades ago anniversary last previous previously earlier history war 19th 20th century".split()
)
_INCLUDES = frozenset("including includes included among whom them both comprising particularly".split())
_DIRECT = frozenset(
    ("by", "in", "of", "from", "with", "for", "against", "after", "to", "at", "on", "as", "than", "between", "near")
)
_JOINING = "who that which and or while when but another other others said".split()
_TELLING_GAP = frozenset((*_DIRECT, *_INCLUDES, *BE, *HAVE, *_JOINING))
_JOINTS = frozenset((",", "and", "as", "well", "another", "-", "–", "plus"))
_ASIDE_MARKS = frozenset((",", "–", "—", "(", ")"))
_ASIDE_ENDS = _ASIDE_MARKS - {"("}
_PHRASE_OPENERS = frozenset(("in", "at", "on", "of", "from", "near", "for", "during", "with"))
_PHRASE_ENDS = frozenset((*BE, *HAVE, "who", "that", "which", "and", "but", "when", "while"))
_CLAUSE_OPENERS = frozenset((",", "and", "that", "but", ";", "when", "while", "after", "which", "where", "–", "—"))
_BEFORE_VERBS = frozenset((*BE, *HAVE, "to", "by", "the", "a", "of"))


class Candidate(NamedTuple):
    """A party and the word of harm of one kind that most likely applies to it; `bound` when the rules bind the two."""

    party: Party
    harm: CasualtyTerm
    bound: bool
    features: tuple[str, ...]


def find_cues(words: Words) -> list[CasualtyTerm]:
    """Weak words of harm, in order."""
    return phrases_in(words, _CUES) if not CUE_WORDS.isdisjoint(words.low) else []


def candidates(
    words: Words,
    parties: list[Party],
    harms: list[CasualtyTerm],
    bound: Iterable[tuple[CasualtyTerm, Party]],
    *,
    whole: bool,
) -> Iterator[Candidate]:
    """Each party with each kind of harm in the sentence; `whole` when it ends as a sentence does, not as a headline."""
    said: dict[tuple[int, What], CasualtyTerm] = {}
    for harm, party in bound:
        said.setdefault((party.first, harm.what), harm)
    harms = [h for h in harms if not is_unreal(words, h.first)]
    strong, weak = _by_kind(harms), _by_kind(h for h in find_cues(words) if not is_unreal(words, h.first))
    common = _of_sentence(words, whole=whole)
    for n, party in enumerate(parties):
        if party.kind == "place" or party.noun in THINGS or party.noun in _NOBODY_ELSE or _counted_before(words, party):
            continue
        mine = [what for what in KINDS if (party.first, what) in said]
        for what in KINDS:
            near = said.get((party.first, what)) or _nearest(party, strong.get(what)) or _nearest(party, weak.get(what))
            if near is not None:
                found = _features(words, parties, n, near, harms, said, mine)
                yield Candidate(party, near, (party.first, what) in said, (*found, *(f"{what} {c}" for c in common)))


def _counted_before(words: Words, party: Party) -> bool:
    """`many of them children`: inside a number that was given."""
    return party.low is None and party.high is None and not _THEM.isdisjoint(words.low[party.first : party.last])


def _by_kind(harms: Iterable[CasualtyTerm]) -> dict[What, list[CasualtyTerm]]:
    """The words of harm that a party may be near to, by kind."""
    out: dict[What, list[CasualtyTerm]] = {}
    for h in harms:
        if h.form not in ("none", "carried", "self"):
            out.setdefault(h.what, []).append(h)
    return out


def _nearest(party: Party, harms: list[CasualtyTerm] | None) -> CasualtyTerm | None:
    """The nearest of these words of harm, the first of equals, within reach; None when there is none."""
    if not harms:
        return None
    least = min((_gap(party, h), h.first, h) for h in harms)
    return least[2] if least[0] <= FARTHEST else None


def _gap(party: Party, harm: CasualtyTerm) -> int:
    return max(0, harm.first - party.last, party.first - harm.last)


def _of_sentence(words: Words, *, whole: bool) -> list[str]:
    low = words.low
    out = ["S"]
    out += ["S legal"] if not _LEGAL.isdisjoint(low) else []
    out += ["S past"] if not _PAST.isdisjoint(low) else []
    out += ["S unreal"] if not _UNREAL.isdisjoint(low) else []
    out += [] if whole else ["S headline"]
    out += ["S question"] if "?" in low else []
    out += ["S first"] if not {"i", "we", "my", "our"}.isdisjoint(low) else []
    return out


def _bucket(n: int) -> str:
    return str(n) if n < 4 else "4" if n < 6 else "6" if n < 9 else "9" if n < 15 else "15"


def _size(party: Party) -> str:
    n = party.low if party.low is not None else party.high
    if n is None:
        return "none"
    return (
        str(n)
        if n < 3
        else "3"
        if n < 10
        else "10"
        if n < 100
        else "100"
        if n < 1900
        else "year"
        if n < 2100
        else "2100"
    )


def _features(
    words: Words, parties: list[Party], n: int, harm: CasualtyTerm, harms: list[CasualtyTerm],
    said: dict[tuple[int, What], CasualtyTerm], mine: list[What],
) -> list[str]:  # fmt: skip
    p, what, low = parties[n], harm.what, words.low
    side = "before" if p.last <= harm.first else "after" if p.first >= harm.last else "in"
    first, last = (p.last, harm.first) if side == "before" else (harm.last, p.first) if side == "after" else (0, 0)
    gap = low[first:last]
    dist = _bucket(len(gap))
    rule = "yes" if what in mine else "other" if mine else "no"
    between = sum(first <= q.first and q.last <= last for q in parties)
    harms_between = {h.first: h.what for h in harms if first <= h.first and h.last <= last and h is not harm}
    passive = side == "before" and not BE.isdisjoint(low[max(first, harm.first - 4) : harm.first])
    object_behind = side == "before" and any(0 <= q.first - harm.last <= 1 and q.kind != "place" for q in parties)
    lead = low[p.first - 1] if p.first else "^"
    lead2 = low[p.first - 2] if p.first > 1 else "^"
    tail = low[p.last] if p.last < len(low) else "$"
    tail2 = low[p.last + 1] if p.last + 1 < len(low) else "$"
    core = low[p.core]
    written = (
        "digit"
        if core[0].isdigit()
        else "word"
        if core in NUMBER_WORDS
        else core
        if p.kind in ("one", "known") and len(core) < 6
        else "x"
    )
    bounds = "same" if p.low == p.high else "least" if p.high is None else "most" if p.low is None else "range"
    joined = _joined(words, parties, n, what, said)
    bare_gap = _without_asides(gap)
    near = _bucket(len(bare_gap))
    rival = _rival(parties, n, harm, said)
    verb = "-"
    for w in low[max(0, harm.first - 3) : harm.first]:
        if w in _BEFORE_VERBS:
            verb = w
    opens = "start" if p.first == 0 else "clause" if low[p.first - 1] in _CLAUSE_OPENERS else "no"
    earlier = sum(q.kind == "count" for q in parties[:n])
    size = _size(p)
    base = [
        "B", f"rule {rule}", f"rule {rule} {p.kind}", f"rule {rule} {harm.form}", f"rule {rule} {harm.word}",
        f"rule {rule} {side} {dist}", f"kind {p.kind}", f"kind {p.kind} {side}", f"form {harm.form} {side}",
        f"form {harm.form} {side} {dist}", f"harm {harm.word} {side}", f"dist {side} {dist}", f"size {size}",
        f"size {size} {p.kind} {p.person}", f"noun {p.noun}", f"bounds {bounds}", f"written {written}",
        f"person {p.person} {p.plural} {p.kind}", f"lead {lead}", f"tail {tail}", f"lead2 {lead2} {lead}",
        f"tail2 {tail} {tail2}", f"harmlead {low[harm.first - 1] if harm.first else '^'} {side}",
        f"harmtail {low[harm.last] if harm.last < len(low) else '$'} {side}", f"between {side} {min(between, 3)}",
        f"harms {len(set(harms_between.values()))} {side}", f"joined {joined}", f"joined {joined} {p.kind} {p.person}",
        f"passive {passive} object {object_behind} {side}", f"passive {passive} {harm.form} {dist}",
        f"near {side} {near}", f"near {side} {near} {p.kind}", f"near {side} {near} passive {passive}", f"rival {rival} {side}",
        f"rival {rival} rule {rule}", f"rival {rival} {near} {side}", f"verb {verb} {side} {harm.form}", f"opens {opens} {side} {near}",
        f"opens {opens} {p.kind} {harm.form}", f"head {low[p.first]}", f"head {low[p.first]} {lead}", f"earlier {min(earlier, 3)}",
        f"owned {p.owned}", f"bare {not p.noun} {p.kind} {side} {dist}",
    ]  # fmt: skip
    base += [f"gap {w} {side}" for w in dict.fromkeys(gap) if w in _TELLING_GAP or not w[0].isalnum()]
    base += ["gap only and"] if gap and all(w in ("and", ",") for w in gap) else []
    base += ["near unreal"] if not _UNREAL.isdisjoint(low[max(0, harm.first - 4) : harm.first]) else []
    base += ["near none"] if not NOBODY.isdisjoint(low[max(0, harm.first - 5) : harm.first]) else []
    base += ["includes"] if not _INCLUDES.isdisjoint(low[max(0, p.first - 3) : p.first]) else []
    base += ["includes behind"] if not _INCLUDES.isdisjoint(low[p.last : p.last + 3]) else []
    base += [f"legal near {side}"] if not _LEGAL.isdisjoint(low[max(0, p.first - 3) : p.last + 3]) else []
    base += ["harm inside"] if any(w in CASUALTY_WORDS for w in low[p.first : p.last]) else []
    strong = "strong" if harm.form != "cue" else "weak"
    key = [f"rule {rule} {strong}", f"rule {rule} {p.kind}", f"kind {p.kind} {side} {dist}", f"noun {p.noun}", f"tail {tail}", f"lead {lead}",
           f"size {size}", f"joined {joined}", f"other {' '.join(mine)}", f"person {p.person}"]  # fmt: skip
    return base + [f"{what} {k}" for k in key]


def _without_asides(gap: list[str]) -> list[str]:
    """The words between without what commas, dashes or brackets set apart and without phrases of place and time."""
    out = gap if _ASIDE_MARKS.isdisjoint(gap) else _outside(gap)
    if _PHRASE_OPENERS.isdisjoint(out):
        return out
    kept: list[str] = []
    inside = 0
    for w in out:
        if w in _PHRASE_OPENERS:
            inside = 5
        elif w in _PHRASE_ENDS:
            inside = 0
        if not inside:
            kept.append(w)
        inside = max(0, inside - 1)
    return kept


def _outside(gap: list[str]) -> list[str]:
    """The words that no commas, dashes or brackets set apart."""
    out: list[str] = []
    aside = False
    for n, w in enumerate(gap):
        if w in _ASIDE_MARKS:
            aside = w != ")" and not aside and not _ASIDE_ENDS.isdisjoint(gap[n + 1 :])
        elif not aside:
            out.append(w)
    return out


def _rival(parties: list[Party], n: int, harm: CasualtyTerm, said: dict[tuple[int, What], CasualtyTerm]) -> str:
    """Whether the rules bind another party to this very word: a nearer one, a farther one, or none."""
    rivals = [q for q in parties if said.get((q.first, harm.what)) == harm and q is not parties[n]] if said else []
    if not rivals:
        return "none"
    return "nearer" if min(_gap(q, harm) for q in rivals) < _gap(parties[n], harm) else "farther"


def _joined(words: Words, parties: list[Party], n: int, what: What, said: dict[tuple[int, What], CasualtyTerm]) -> str:
    """Whether commas and `and` alone stand between this party and one that the rules bind to this kind."""
    if not said:
        return "no"
    for step in (-1, 1):
        at = n
        while 0 <= at + step < len(parties) and abs(at - n) < 4:
            one, two = sorted((at, at + step))
            gap = words.low[parties[one].last : parties[two].first]
            if not _JOINTS.issuperset(gap):
                break
            at += step
            if (parties[at].first, what) in said:
                return "behind" if step < 0 else "before"
    return "no"

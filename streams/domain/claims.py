"""Figures as the text states them: how many were killed, injured, missing, arrested ... each with its quote.

`find_claims` binds words of harm (`harm`) to the parties they are said of (`quantities`) inside one sentence: the object
behind an active verb, the subject before a passive one, the number right before "dead" or "arrests", the object of
"the killing of". Who says so is the business of `attribution`; which incident it belongs to, of `mentions`.
"""

from typing import NamedTuple

from streams.domain.harm import FIRST_WORDS, Harm, find_harm
from streams.domain.quantities import Party, find_parties
from streams.domain.text import Sentence, Token, tokens

_BE = frozenset("was were is are been be being got get gets have has had".split())
_FILL = frozenset(
    "also reportedly allegedly another some other the of its critically seriously slightly badly severely all both later "
    "fatally shot lightly gravely apparently suspected further already still , initially subsequently confirmed feared "
    "believed presumed found pronounced declared left being have has had been be was were is are got to reported a".split()
)
_BARRIER = frozenset((";", ":", "”", "“", '"', "said", "says", "told", "because"))
_UNREAL = frozenset(
    "could would might may can should will shall if threatened threatening tried trying attempting attempted plan planned "
    "planning plotting plotted want wanted wants intent risk avoid prevent prevented preventing almost nearly".split()
)
_NOBODY = frozenset(("no", "nobody", "none", "without", "neither", "never"))
_MASS = frozenset(
    "attacks explosions blasts bombings airstrikes strikes raids shootings incidents assaults bombs ambushes clashes air-strikes "
    "kidnappings robberies earthquakes aftershocks fires protests demonstrations riots operations offensives murders".split()
)
_ORDINAL = {w: n for n, w in enumerate("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2)}
_CRIMES = frozenset("homicide murder killing death fatality slaying".split())
_ACTS = frozenset("attack strike operation bombing shooting raid blast explosion incident offensive assault such".split())
_NEVER_OF = frozenset("hospital scene world street road home house county city state war army".split())


class FoundClaim(NamedTuple):
    """A figure: inclusive bounds (None where not given), what was counted, and its quote as offsets into the text.

    known: said of someone already spoken of ("the victim died"); act: offset of the word of harm; shot: harm was only "shot".
    """

    what: str
    low: int | None
    high: int | None
    of: str
    start: int
    end: int
    act: int
    known: bool
    shot: bool


def find_claims(sentence: Sentence, words: list[Token] | None = None) -> list[FoundClaim]:
    """Claims of one sentence in order of their quotes; none when it has no word of harm and counts no attacks."""
    words = tokens(sentence.text, sentence.start) if words is None else words
    spoken = {t.word for t in words}
    harmful = not FIRST_WORDS.isdisjoint(spoken)
    if not harmful and _MASS.isdisjoint(spoken) and _ORDINAL.keys().isdisjoint(spoken):
        return []
    parties = find_parties(words, sentence.text, sentence.start)
    found: list[tuple[Harm, Party]] = []
    for harm in find_harm(words) if harmful else ():
        found.extend((harm, p) for p in _said_of(words, parties, harm))
    out = [_claim(sentence, words, harm, party) for harm, party in found]
    if harmful:
        out.extend(_denials(sentence, words))
    out.extend(_attacks(words, parties, sentence))
    return _distinct(out)


def _said_of(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """The parties that a word of harm is said of; none when it is only feared, planned or denied."""
    if _unreal(words, harm.first):
        return []
    if harm.form == "of":
        return _behind(words, parties, harm.last, reach=2)
    if harm.form == "ing":
        return _behind(words, parties, harm.last, reach=3)
    if harm.form == "toll":
        return _toll(words, parties, harm)
    if harm.form == "noun":
        return [p for p in parties if p.kind == "count" and p.core < harm.first < p.last + 1 and _fits_noun(p, harm)]
    if harm.form == "gather":
        return _crowd(words, parties, harm)
    if harm.form == "part":
        return _participle(words, parties, harm)
    return _before(words, parties, harm)


def _fits_noun(party: Party, harm: Harm) -> bool:
    return party.last in (harm.first, harm.last) or party.noun == harm.word


def _unreal(words: list[Token], at: int) -> bool:
    window = [t.word for t in words[max(0, at - 4) : at]]
    if "not" in window[-2:] or any(w.endswith("n't") or w.endswith("n’t") for w in window[-2:]):
        return True
    for n, word in enumerate(reversed(window)):
        if word in ("that", ",", "and", "who", "which", ";"):
            return False
        if word in _UNREAL:
            return not (word in ("may", "might", "can") and n > 1)
        if n == 0 and word == "to" and len(window) > 1 and window[-2] not in ("reported", "believed", "said", "known"):
            return True
    return False


def _behind(words: list[Token], parties: list[Party], at: int, reach: int) -> list[Party]:
    """The party that starts within reach of this token, and those joined to it by commas and `and`."""
    out: list[Party] = []
    for p in parties:
        if p.first < at:
            continue
        gap = words[at : p.first]
        if not out:
            if len(gap) > reach or any(t.word not in _FILL and t.word not in ("about", "around", "as", "many") for t in gap):
                break
        elif not gap or any(t.word not in (",", "and") for t in gap) or _has_own_verb(words, p):
            break
        out.append(p)
        at = p.last
    return [p for p in out if p.kind != "known" or p.person] if out else []


def _has_own_verb(words: list[Token], party: Party) -> bool:
    window = [t.word for t in words[party.last : party.last + 3]]
    return any(w in _BE or w in FIRST_WORDS for w in window)


def _participle(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """Object or subject of a past form: passive with a form of `be` before it, active with an object right behind it."""
    back = [t.word for t in words[max(0, harm.first - 4) : harm.first]]
    passive = any(w in _BE for w in back) and not {"have", "has", "had"}.issuperset({w for w in back if w in _BE})
    if not passive:
        direct = _behind(words, parties, harm.last, reach=1)
        if direct and (direct[0].kind != "known" or direct[0].low == 1):
            return direct
        if harm.word == "died" or any(w in ("have", "has", "had") for w in back):
            return _before(words, parties, harm)
        return [p for p in _before(words, parties, harm) if harm.first - p.last <= 2 or p.kind != "known"][:3]
    return _before(words, parties, harm)


def _before(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """The subject: the nearest party before that agrees in number and is no prepositional object; with joined ones."""
    at = harm.first
    while at > 0 and words[at - 1].word in _FILL and words[at - 1].word not in (",", "a", "the", "another", "other"):
        at -= 1
    verb = next((t.word for t in reversed(words[at : harm.first]) if t.word in _BE), "")
    chosen: Party | None = None
    for p in reversed(parties):
        if p.last > harm.first or (p.last > at and p.kind == "known"):
            continue
        between = [t.word for t in words[p.last : at]]
        if len(between) > 14 or any(w in _BARRIER for w in between):
            break
        if not _agrees(p, verb) or (p.last < at and not p.person and p.kind == "count" and between[:1] != [","]):
            continue
        if any(w in FIRST_WORDS for w in between[1:]) and harm.form == "state":
            break
        lead = words[p.first - 1].word if p.first else ""
        if p.last < at and lead in _PREPOSITIONS:
            chosen = chosen or (p if lead == "of" and not between else None)
            continue
        chosen = p
        break
    if chosen is None:
        return []
    return [chosen, *_joined_before(words, parties, chosen)] if chosen.kind in ("count", "one") else [chosen]


_PREPOSITIONS = frozenset("of in by with near from against for after to on at into between among under over into".split())


def _joined_before(words: list[Token], parties: list[Party], chosen: Party) -> list[Party]:
    out, first = [], chosen.first
    for p in reversed(parties):
        if p.last > first or p.kind not in ("count", "one") or not p.person:
            continue
        if [t.word for t in words[p.last : first]] not in (["and"], [",", "and"], [","]):
            break
        out.append(p)
        first = p.first
    return out


def _agrees(party: Party, verb: str) -> bool:
    if verb in ("was", "is", "has"):
        return not party.plural
    if verb in ("were", "are", "have"):
        return party.plural or party.kind == "name"
    return True


def _toll(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """`death toll rose from 5 to 10`, `stands at 10`: the last bare number within reach."""
    close = [p for p in parties if p.kind == "count" and 0 <= p.core - harm.last <= 9 and (p.person or not p.noun)]
    links = ("to", "at", "of", "past", "is", "was", "reached", "hit", "above", "exceeded", "least", "than")
    return [p for p in close if p.first and words[p.first - 1].word in links][-1:] or [p for p in close if p.first][:1]


def _crowd(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    out = []
    for p in parties:
        between = [t.word for t in words[p.last : harm.first]]
        if p.kind == "count" and p.person and p.last <= harm.first and len(between) <= 3 and not _PREPOSITIONS & {*between}:
            out.append(p)
    return out


def _claim(sentence: Sentence, words: list[Token], harm: Harm, party: Party) -> FoundClaim:
    first, last = min(harm.first, party.first), max(harm.last, party.last)
    start, end = words[first].start, words[last - 1].end
    of = sentence.text[words[party.core].start - sentence.start : words[party.last - 1].end - sentence.start]
    if party.kind == "count":
        number_end = party.core + 1
        of = " ".join(sentence.text[words[number_end].start - sentence.start :].split()[: party.last - number_end]) \
            if number_end < party.last else "people"
    shot = harm.what == "injured" and harm.word in ("shot", "found shot")
    return FoundClaim(harm.what, party.low, party.high, of.strip(" ,") or "people", start, end, words[harm.first].start,
                      party.kind == "known", shot)  # fmt: skip


def _denials(sentence: Sentence, words: list[Token]) -> list[FoundClaim]:
    """`no one was injured`, `no injuries`, `nobody was killed`: a claim of none."""
    out = []
    for n, t in enumerate(words):
        if t.word not in ("no", "nobody", "none"):
            continue
        window = words[n : n + 8]
        for k, w in enumerate(window):
            what = _NONE.get(w.word)
            if k and what and not any(x.word in (",", ";", "but", "and") for x in window[:k] if x.word != "or"):
                of = "people"
                out.append(FoundClaim(what, 0, 0, of, t.start, w.end, w.start, False, False))
                break
    return out


_NONE = {
    "injured": "injured", "hurt": "injured", "wounded": "injured", "injuries": "injured", "killed": "killed",
    "deaths": "killed", "fatalities": "killed", "casualties": "killed", "arrests": "arrested", "arrested": "arrested",
    "died": "killed",
}  # fmt: skip


def _attacks(words: list[Token], parties: list[Party], sentence: Sentence) -> list[FoundClaim]:
    """Counts of acts: `more than 40 attacks`, `the second such operation`, `the city's second homicide of 2013`."""
    out = []
    for p in parties:
        if p.kind == "count" and p.noun in _MASS and p.low != 1:
            start, end = words[p.first].start, words[p.last - 1].end
            out.append(FoundClaim("attacks", p.low, p.high, p.noun, start, end, words[p.last - 1].start, False, False))
    for n, t in enumerate(words):
        size = _ORDINAL.get(t.word)
        if size is None or n + 1 >= len(words):
            continue
        rest = [w.word for w in words[n + 1 : n + 6]]
        if rest[0] in _CRIMES and rest[1:2] and rest[1] in ("of", "in", "this", "since"):
            out.append(FoundClaim("killed", size, size, rest[0] + "s", t.start, words[n + 1].end, t.start, False, False))
        elif rest[0] == "such" and len(rest) > 1 and rest[1] in _ACTS:
            out.append(FoundClaim("attacks", size, size, rest[1] + "s", t.start, words[n + 2].end, t.start, False, False))
    return out


def _distinct(found: list[FoundClaim]) -> list[FoundClaim]:
    """One claim per figure and place in the text: the harm nearest to the party and the more serious one win."""
    out: list[FoundClaim] = []
    for c in sorted(found, key=lambda c: (c.start, c.end)):
        same = next((n for n, o in enumerate(out) if o.what == c.what and min(o.end, c.end) > max(o.start, c.start)
                     and (o.low, o.high) == (c.low, c.high)), None)  # fmt: skip
        if same is None:
            out.append(c)
        elif c.end - c.start > out[same].end - out[same].start and out[same].known:
            out[same] = c
    return out

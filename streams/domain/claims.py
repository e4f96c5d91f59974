"""Figures as the text states them: how many were killed, injured, missing, arrested ... each with its quote.

`find_claims` binds words of harm (`harm`) to the parties they are said of (`quantities`) inside one sentence: the object
behind an active verb, the subject before a passive one, the number right before "dead" or "arrests", the object of
"the killing of". Who says so is the business of `attribution`; which incident it belongs to, of `mentions`.
"""

from typing import NamedTuple

from streams.domain.harm import HARM_WORDS, Harm, find_harm
from streams.domain.quantities import Party, find_parties
from streams.domain.text import Sentence, Token, tokens

_BE = frozenset("was were is are been be being got get gets".split())
_HAVE = frozenset("have has had".split())
_FILL = _BE | _HAVE | frozenset(
    "also reportedly allegedly other others critically seriously slightly badly severely all both later the accidentally "
    "fatally lightly gravely apparently suspected further already still initially subsequently confirmed feared mortally "
    "believed presumed found pronounced declared left reported listed then both died when who and shot each only just since remains remained remain being".split()
)  # fmt: skip
_OBJECT_FILL = frozenset("another some other of its all also at least about around an the two as many up to more than both a".split())
_BARRIER = frozenset((";", ":", "”", "“", '"', "said", "says", "told", "because", "''"))
_UNREAL = frozenset(
    "could would might may can should will shall if threatened threatening tried trying attempting attempted plan planned "
    "planning plotting plotted want wanted wants intent risk avoid prevent prevented preventing likely conspiring conspired".split()
)
_HEDGES = frozenset("that , and who which ; after when".split())
COUNTED_ACTS = frozenset(
    "attacks explosions blasts bombings airstrikes strikes raids shootings incidents assaults bombs ambushes clashes air-strikes "
    "kidnappings robberies earthquakes fires operations offensives murders".split()
)
ORDINALS = {w: n for n, w in enumerate("second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 2)}
_CRIMES = frozenset("homicide murder killing death fatality slaying".split())
_ACTS = frozenset("attack strike operation bombing shooting raid blast explosion incident offensive assault such".split())
_THINGS = frozenset(
    "homes home houses house vehicles vehicle cars car buildings building windows window deer dogs dog rounds shots bullets casings "
    "guns gun handguns firearms weapons apartments residences businesses stores shops trees acres animals cats horses cows birds "
    "times hours minutes days weeks months miles blocks sites locations incidents charges counts gunshots wounds calls trucks buses "
    "planes boats doors walls shell jobs searches units wells drones rockets missiles bombs tickets hostages-taken".split()
)
_FRESH = frozenset(("count", "one", "name", "kin"))
_PARTS = frozenset("leg foot hand arm thigh toe finger knee calf ankle groin hip buttocks shoulder".split())
_PREPOSITIONS = frozenset("of in by with near from against for after to on at into between among under over like at down".split())
_AT = frozenset("in at near from on outside around by".split())
_GROUP = frozenset("group total number crowd majority estimated families dozens hundreds thousands bodies body".split())


class FoundClaim(NamedTuple):
    """A figure: inclusive bounds (None where not given), what was counted, and its quote as offsets into the text.

    kind: that of the party (`count`, `one`, `name`, `known`, `self`); act: offset of the word of harm; word: that word, such as "shot".
    """

    what: str
    low: int | None
    high: int | None
    of: str
    start: int
    end: int
    act: int
    kind: str
    word: str

    @property
    def known(self) -> bool:
        """Said of someone already spoken of ("the victim died")."""
        return self.kind == "known"


def find_claims(sentence: Sentence, words: list[Token] | None = None) -> list[FoundClaim]:
    """Claims of one sentence in order of their quotes."""
    words = tokens(sentence.text, sentence.start) if words is None else words
    parties = find_parties(words, sentence.text, sentence.start)
    out: list[FoundClaim] = []
    for harm in find_harm(words):
        for party in _said_of(words, parties, harm):
            out.append(_claim(sentence, words, harm, party))
            out.extend(_claim(sentence, words, harm, part) for part in _parts(words, parties, party, harm))
    out.extend(_denials(words))
    out.extend(_attacks(words, parties))
    out.extend(_crowds(words, parties))
    return _distinct(out)


def _said_of(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """The parties that a word of harm is said of; none when it is only feared, planned or denied."""
    if _unreal(words, harm.first):
        return []
    if harm.form == "toll":
        return _toll(words, parties, harm)
    if harm.form == "noun":
        return [p for p in parties if _is_counted_by(p, harm, words)]
    if harm.form == "self":
        return [Party(harm.first, harm.last, 1, 1, "self", "himself", True, False, harm.first)]
    if harm.form == "carried" and not _HOSPITAL & {t.word for t in words[harm.last : harm.last + 12]}:
        return []
    if harm.form == "wound" and _DEADLY & {t.word for t in words[max(0, harm.first - 8) : harm.first]}:
        return []
    if harm.form == "gather":
        return _gathered(words, parties, harm)
    if harm.form in ("part", "state") and harm.first and words[harm.first - 1].word in ("the", "those") and harm.last - harm.first == 1:
        return []
    if harm.form in ("of", "ing"):
        found = _behind(words, parties, harm.last, reach=3)
    elif harm.form == "part":
        found = _participle(words, parties, harm)
    else:
        found = _before(words, parties, harm)
    if harm.what == "damage":
        return [p for p in found if not p.person and p.kind == "count" and p.noun]
    found = [p for p in found if p.noun not in _THINGS and p.kind != "place"]
    if harm.word in ("hit", "struck", "assaulted", "attacked", "striking", "hitting", "shooting", "stabbing") or harm.form == "carried":
        found = [p for p in found if p.person or p.kind == "name" or (p.kind == "known" and "-" not in p.noun)]
    return [p for p in found if p.person or p.kind != "one" or (harm.what in ("killed", "injured") and _close(words, p, harm))]


def _parts(words: list[Token], parties: list[Party], whole: Party, harm: Harm) -> list[Party]:
    """Those that make up a number: "five patients including four men and one woman", "three victims, two females and a male"."""
    size = whole.low if whole.low is not None else whole.high
    if whole.kind != "count" or size is None or size < 2 or harm.what not in ("killed", "injured"):
        return []
    out: list[Party] = []
    at = whole.last
    for p in parties:
        if p.first < whole.last:
            continue
        gap = [t.word for t in words[at : p.first]]
        if out and any(w not in (",", "and") for w in gap):
            break
        if p.kind in ("count", "one") and p.person and p.low is not None and (out or _opens_parts(gap)):
            out.append(p)
            at = p.last
        elif out:
            break
    return out if len(out) > 1 and sum(p.low or 0 for p in out) == size else []


def _opens_parts(gap: list[str]) -> bool:
    return bool(gap) and gap[-1] in (",", ":", "—", "-", "including", "(") and ";" not in gap


def _close(words: list[Token], party: Party, harm: Harm) -> bool:
    """An unknown noun ("a dentist") is taken for a person only right before "was shot", "died", "who was"."""
    gap = words[party.last : harm.first]
    return party.last <= harm.first and len(gap) <= 4 and all(t.word in _FILL or t.word == "in" for t in gap) and (
        harm.form in ("intr",) or any(t.word in _BE for t in gap)) and party.noun not in COUNTED_ACTS  # fmt: skip


_HOSPITAL = frozenset("hospital hospitals medical clinic infirmary trauma".split())
_DEADLY = frozenset("died dead killed death died fatal dies deceased pronounced succumbed".split())


def _is_counted_by(party: Party, harm: Harm, words: list[Token]) -> bool:
    if party.owned:
        return party.last == harm.first
    if party.kind != "count" or harm.word in ("body", "death", "remains", "killing", "murder", "slaying") and party.high != 1:
        return False
    return party.core < harm.first and (party.last == harm.last or (party.last == harm.first and not party.noun))


def _unreal(words: list[Token], at: int) -> bool:
    window = [t.word for t in words[max(0, at - 4) : at]]
    if "not" in window[-2:] or any(w.endswith(("n't", "n’t")) for w in window[-2:]) or "no" in window[-2:]:
        return True
    for n, word in enumerate(reversed(window)):
        if word in _HEDGES:
            return False
        if word.startswith("attempt") and n > 1:
            continue
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
        gap = [t.word for t in words[at : p.first]]
        if not out:
            if len(gap) > reach or any(w not in _OBJECT_FILL for w in gap):
                break
        elif not gap or any(w not in (",", "and", "then") for w in gap) or _has_own_verb(words, p) or p.kind == "known":
            break
        out.append(p)
        at = p.last
    return [p for p in out if p.kind != "known" or p.person or p.low == 1]


def _has_own_verb(words: list[Token], party: Party) -> bool:
    window = [t.word for t in words[party.last : party.last + 3]]
    return any(w in _BE or w in HARM_WORDS for w in window)


def _participle(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """Object or subject of a past form: passive with a form of `be` before it, active with an object right behind it."""
    back = [t.word for t in words[max(0, harm.first - 4) : harm.first]]
    for n in range(len(back) - 1, -1, -1):
        if back[n] in _BE:
            return _before(words, parties, harm)
        if back[n] not in _FILL:
            break
    following = words[harm.last].word if harm.last < len(words) else "."
    direct = _behind(words, parties, harm.last, reach=1)
    if harm.word == "shot" and direct and direct[0].low == 1 and not direct[0].noun:
        return []
    if direct and following not in ("in", "at", "on", ",", "by", "and"):
        return [] if following in ("at", "into", "toward", "towards") else direct
    if any(w in _HAVE for w in back[-2:]) or following in ("at", "into", "toward", "towards", "a", "an", "the", "his", "her", "their"):
        return []
    close = _before(words, parties, harm)
    if harm.word in ("shot", "hit", "struck") and close and not close[0].noun and close[0].low == 1:
        return []
    if not close or close[0].kind == "known" and following not in ("in", "by", "."):
        return []
    gap = [t.word for t in words[close[0].last : harm.first]]
    return close if len(gap) <= 3 or close[0].kind == "count" and len(gap) < 6 else []


def _before(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """The subject: the nearest party before that agrees in number and is no prepositional object; with joined ones."""
    at = harm.first
    while at > 0 and words[at - 1].word in _FILL:
        at -= 1
    verb = next((t.word for t in words[at : harm.first] if t.word in _BE or t.word in _HAVE), "")
    chosen: Party | None = None
    spare: Party | None = None
    for p in reversed(parties):
        if p.first >= harm.first or p.last > harm.first:
            continue
        between = [t.word for t in words[p.last : at]]
        if len(between) > 16 or any(w in _BARRIER for w in between):
            break
        if not _agrees(p, verb) or (p.last < at and not p.person and p.kind == "count" and between[:1] != [","]):
            continue
        if p.noun in _THINGS and harm.what != "damage" and len(between) <= 2:
            break
        if p.kind == "place" or (p.noun in _THINGS and harm.what != "damage") or _of_them(words, p):
            continue
        if not p.person and p.kind == "one":
            spare = spare or (p if not between and (verb or harm.form == "intr") else None)
            continue
        if not p.person and p.kind in ("name", "known") and p.first and words[p.first - 1].word in _AT:
            continue
        lead = words[p.first - 1].word if p.first else ""
        if p.last < at and lead in _PREPOSITIONS:
            chosen = chosen or (p if lead == "of" and not between and words[p.first - 2].word not in _GROUP else None)
            continue
        if lead == "of" and p.first > 1 and words[p.first - 2].word not in _GROUP and p.kind != "count":
            chosen = chosen or p
            continue
        chosen = p
        break
    chosen = chosen or spare
    if chosen is None:
        return []
    return [chosen, *_joined_before(words, parties, chosen, verb)]


def _of_them(words: list[Token], party: Party) -> bool:
    """`many of them children` counts inside a number already given."""
    return party.low is None and "them" in [t.word for t in words[party.first : party.last]][1:3]


def _joined_before(words: list[Token], parties: list[Party], chosen: Party, verb: str) -> list[Party]:
    out, first = [], chosen.first
    if chosen.kind not in _FRESH:
        return out
    for p in reversed(parties):
        if p.last > first or p.kind not in _FRESH:
            continue
        link = [t.word for t in words[p.last : first] if t.word != ","]
        if words[p.first - 1].word == "including" or link != ["and"] and not (out and not link) or (verb not in ("were", "are", "have") and verb):
            break
        out.append(p)
        first = p.first
    return out


def _agrees(party: Party, verb: str) -> bool:
    if verb in ("was", "is", "has"):
        return not party.plural
    if verb in ("were", "are", "have"):
        return party.plural or party.kind in ("name", "one")
    return True


def _toll(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    """`death toll rose from 5 to 10`, `stands at 10`: the last number within reach, of no people or of people."""
    close = [p for p in parties if p.kind == "count" and 0 <= p.core - harm.last <= 9 and (p.person or not p.noun)]
    links = ("to", "at", "of", "past", "is", "was", "reached", "hit", "above", "exceeded", "least", "than")
    return [p for p in close if p.first and words[p.first - 1].word in links][-1:] or close[:1]


def _gathered(words: list[Token], parties: list[Party], harm: Harm) -> list[Party]:
    out = []
    for p in parties:
        between = [t.word for t in words[p.last : harm.first]]
        if p.kind == "count" and p.person and p.last <= harm.first and len(between) <= 3 and not _PREPOSITIONS & {*between}:
            out.append(p)
    return out


def _crowds(words: list[Token], parties: list[Party]) -> list[FoundClaim]:
    """`a crowd of 70`, `put the crowd at about 70`."""
    out = []
    for p in parties:
        lead = [t.word for t in words[max(0, p.first - 4) : p.first]]
        if p.kind == "count" and lead[-1:] in (["of"], ["at"]) and {"crowd", "crowds", "turnout", "gathering"} & {*lead}:
            first = p.first - 2
            out.append(FoundClaim("participants", p.low, p.high, p.noun or "people", words[first].start, words[p.last - 1].end,
                                  words[first].start, "count", "crowd"))  # fmt: skip
    return out


def _claim(sentence: Sentence, words: list[Token], harm: Harm, party: Party) -> FoundClaim:
    first, last = min(harm.first, party.first), max(harm.last, party.last)
    start, end = words[first].start, words[last - 1].end
    of = sentence.text[words[party.first].start - sentence.start : words[party.last - 1].end - sentence.start]
    if party.kind == "count":
        of = _counted_noun(sentence, words, party)
    what = harm.what
    if harm.word in ("shot himself", "shot herself"):
        behind = {t.word for t in words[harm.last : harm.last + 6]}
        before = {t.word for t in words[max(0, harm.first - 3) : harm.first]}
        what = "injured" if behind & (_PARTS | {"accidentally"}) or "accidentally" in before else what
    return FoundClaim(what, party.low, party.high, of.strip(" ,'’\n") or "people", start, end, words[harm.first].start,
                      party.kind, harm.word)  # fmt: skip


def _counted_noun(sentence: Sentence, words: list[Token], party: Party) -> str:
    """The words behind the number up to the head noun."""
    if not party.noun:
        return "people"
    head = party.last - 1
    first = head
    while first > party.core + 1 and words[first - 1].word not in ("of", ",", "-") and not words[first - 1].word[0].isdigit():
        first -= 1
    return " ".join(sentence.text[words[first].start - sentence.start : words[head].end - sentence.start].split())


_NONE = {
    "injured": "injured", "hurt": "injured", "wounded": "injured", "injuries": "injured", "killed": "killed",
    "deaths": "killed", "fatalities": "killed", "casualties": "killed", "arrests": "arrested", "arrested": "arrested",
    "died": "killed",
}  # fmt: skip
_SAFE = frozenset(("unhurt", "uninjured", "unharmed"))


def _denials(words: list[Token]) -> list[FoundClaim]:
    """`no one was injured`, `no injuries`, `nobody was killed`, `all were unhurt`: a claim of none."""
    out = []
    for n, t in enumerate(words):
        if t.word in _SAFE:
            first = max(0, n - 6)
            out.append(FoundClaim("injured", 0, 0, "people", words[first].start, t.end, t.start, "count", t.word))
        if t.word not in ("no", "nobody", "none"):
            continue
        for k, w in enumerate(words[n + 1 : n + 8], 1):
            what = _NONE.get(w.word)
            if what:
                out.append(FoundClaim(what, 0, 0, "people", t.start, w.end, w.start, "count", w.word))
                break
            if w.word in (",", ";", "but", "and", "suspects", "arrests") or k > 1 and w.word in ("has", "have"):
                break
    return out


def _attacks(words: list[Token], parties: list[Party]) -> list[FoundClaim]:
    """Counts of acts: `more than 40 attacks`, `the second such operation`, `the city's second homicide of 2013`."""
    out = []
    for p in parties:
        if p.kind == "count" and p.noun in COUNTED_ACTS and p.low != 1:
            start, end = words[p.first].start, words[p.last - 1].end
            out.append(FoundClaim("attacks", p.low, p.high, p.noun, start, end, words[p.last - 1].start, "count", p.noun))
    for n, t in enumerate(words):
        size = ORDINALS.get(t.word)
        rest = [w.word for w in words[n + 1 : n + 6]] if size is not None else []
        if not rest:
            continue
        if rest[0] in _CRIMES and rest[1:2] and rest[1] in ("of", "in", "this", "since"):
            out.append(FoundClaim("killed", size, size, rest[0] + "s", t.start, words[n + 1].end, t.start, "count", "nth"))
        elif rest[0] == "such" and len(rest) > 1 and rest[1] in _ACTS:
            out.append(FoundClaim("attacks", size, size, rest[1] + "s", t.start, words[n + 2].end, t.start, "count", "nth"))
    return out


def _distinct(found: list[FoundClaim]) -> list[FoundClaim]:
    """One claim per figure and place in the text: of two readings of the same words the more telling one stays."""
    out: list[FoundClaim] = []
    for c in sorted(found, key=lambda c: (c.start, -c.end)):
        same = next((n for n, o in enumerate(out) if min(o.end, c.end) > max(o.start, c.start) and _same(o, c)), None)
        if same is None:
            out.append(c)
        elif out[same].known and not c.known:
            out[same] = c
    return out


def _same(a: FoundClaim, b: FoundClaim) -> bool:
    return a.what == b.what and (a.low, a.high) == (b.low, b.high) and (a.of == b.of or a.known or b.known)

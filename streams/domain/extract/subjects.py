"""The subject of a word of harm: the party before it that agrees with its verb, and those joined to it."""

from streams.domain.extract.casualty_lexicon import CasualtyTerm
from streams.domain.extract.counted_parties import STOPS, Party
from streams.domain.extract.wordlists import wordlist
from streams.domain.text.tokenize import Words

BE = frozenset("was were is are been be being got get gets".split())
HAVE = frozenset("have has had".split())
FILL = (
    BE
    | HAVE
    | frozenset(
        "also reportedly allegedly other others critically seriously slightly badly severely all both later the accidentally "
        "fatally lightly gravely apparently suspected further already still initially subsequently confirmed feared mortally "
        "believed presumed found pronounced declared left reported listed then both died when who and shot each only just since remains remained remain being".split()
    )
)
_BARRIER = frozenset((";", ":", "”", "“", '"', "said", "says", "told", "because", "where", "while", "''"))
THINGS = frozenset(wordlist("persons")["things"])
_FRESH = frozenset(("count", "one", "name", "kin"))
PREPOSITIONS = frozenset(
    "of in by with near from against for after to on at into between among under over like at down".split()
)
_ASIDES = frozenset("who which whose including mostly mainly among many most".split())
_THEM = frozenset(("them", "whom"))
_AT = frozenset("in at near from on outside around by".split())
_GROUP = frozenset("group total number crowd majority estimated families dozens hundreds thousands bodies body".split())


def before(words: Words, parties: list[Party], harm: CasualtyTerm) -> list[Party]:
    """The subject: the nearest party before that agrees in number and is no prepositional object; with joined ones."""
    at = harm.first
    while at > 0 and words.low[at - 1] in FILL:
        at -= 1
    if at and words.low[at - 1] in ("it", "which"):
        return []
    verb = next((w for w in words.low[at : harm.first] if w in BE or w in HAVE), "")
    chosen: Party | None = None
    spare: Party | None = None
    for p in reversed(parties):
        if p.first >= harm.first or (
            p.last > harm.first and not (harm.word.startswith("bod") and p.last == harm.first + 1)
        ):
            continue
        between = words.low[p.last : at]
        if len(between) > 16 or any(w in _BARRIER for w in between) or "after" in between[:-1]:
            break
        if not _agrees(p, verb) or (p.last < at and not p.person and p.kind == "count" and between[:1] != [","]):
            continue
        if p.noun in THINGS and harm.what != "damage" and len(between) <= 2:
            break
        if p.kind == "place" or (p.noun in THINGS and harm.what != "damage") or _of_them(words, p):
            continue
        if not p.person and p.kind == "one":
            spare = spare or (p if not between and (verb or harm.form == "intr") else None)
            continue
        if not p.person and p.kind in ("name", "known") and p.first and words.low[p.first - 1] in _AT:
            continue
        lead = words.low[p.first - 1] if p.first else ""
        if "," in between and _in_aside(words, p):
            continue
        if words.low[p.last] == "who" and p.kind in ("one", "count") and p.person and lead == "of":
            return [p]
        if p.kind in ("name", "known") and not p.person and between and _is_noun(between[0]):
            continue
        if (
            p.last < at
            and lead in PREPOSITIONS
            and not (lead in ("after", "before") and verb and p.kind == "count" and p.person)
        ):
            chosen = chosen or (p if lead == "of" and not between and words.low[p.first - 2] not in _GROUP else None)
            continue
        if lead == "of" and p.first > 1 and words.low[p.first - 2] not in _GROUP and p.kind != "count":
            chosen = chosen or p
            continue
        chosen = p
        break
    chosen = chosen or spare
    if chosen is None:
        return []
    return [chosen, *_joined_before(words, parties, chosen, verb)]


def _is_noun(word: str) -> bool:
    """Whether a word after a name goes on with it ("Watergate scandal"), as far as its looks tell."""
    return (
        word[0].isalpha()
        and word not in STOPS
        and word not in FILL
        and not word.endswith(("ed", "ing", "ly", "'s", "’s"))
    )


def _in_aside(words: Words, party: Party) -> bool:
    """Whether a party stands inside ", who has a son," or ", mostly women," rather than before it."""
    low = words.low
    comma = next((n for n in range(party.first - 1, max(-1, party.first - 9), -1) if low[n] == ","), None)
    if comma is None:
        return False
    return not _ASIDES.isdisjoint(low[comma + 1 : min(comma + 3, party.first)]) or not _THEM.isdisjoint(
        low[comma + 1 : party.last]
    )


def _of_them(words: Words, party: Party) -> bool:
    """`many of them children` counts inside a number already given."""
    return party.low is None and "them" in words.low[party.first : party.last][1:3]


def _joined_before(words: Words, parties: list[Party], chosen: Party, verb: str) -> list[Party]:
    out: list[Party] = []
    first = chosen.first
    if chosen.kind not in _FRESH:
        return out
    for p in reversed(parties):
        if p.last > first or p.kind not in _FRESH:
            continue
        link = [w for w in words.low[p.last : first] if w != ","]
        if (
            words.low[p.first - 1] == "including"
            or link != ["and"]
            and not (out and not link)
            or (verb not in ("were", "are", "have") and verb)
        ):
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

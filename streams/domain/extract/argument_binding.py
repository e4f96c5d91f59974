"""Binds a word of harm to the parties it applies to, inside one sentence.

The object after an active verb, the subject before a passive one, the number right before "dead" or "arrests", the object
of "the killing of", what a death toll has reached. Nothing where harm is only feared, planned or denied.
"""

from streams.domain.extract.casualty_lexicon import CASUALTY_WORDS, CasualtyTerm
from streams.domain.extract.counted_parties import Party
from streams.domain.extract.subjects import BE, FILL, HAVE, PREPOSITIONS, THINGS, before
from streams.domain.text.tokenize import Words

_OBJECT_FILL = frozenset(
    "another some other of its all also at least about around an the two as many up to more than both a".split()
)
_UNREAL = frozenset(
    "could would might may can should will shall if threatened threatening tried trying attempting attempted plan planned "
    "planning plotting plotted want wanted wants intent risk avoid prevent prevented preventing likely conspiring conspired".split()
)
NOBODY = frozenset(("no", "nobody", "none", "no-one"))
_HEDGES = frozenset("that , and who which ; after when".split())
_DEADS = frozenset(("fatalities", "fatality", "deaths", "dead", "bodies"))
COUNTED_ACTS = frozenset(
    "attacks explosions blasts bombings airstrikes strikes raids shootings incidents assaults ambushes clashes air-strikes "
    "kidnappings robberies earthquakes fires offensives murders".split()
)
REACH = 25  # words between "death toll" and the verb that gives it
_REACHED = frozenset(
    "rose risen rises rise climbed climbs stood stands reached reaches hit hits jumped jumps passed topped exceeded increased grew "
    "soared doubled fell revised put".split()
)
_INCLUDES = frozenset(("including", "includes", "included"))
_STANDS = frozenset("of at to is was".split())
_MODAL = frozenset("could may might would".split())


def said_of(words: Words, parties: list[Party], harm: CasualtyTerm) -> list[Party]:
    """The parties that a word of harm applies to; none when it is only feared, planned or denied."""
    if is_unreal(words, harm.first) or not NOBODY.isdisjoint(words.low[max(0, harm.first - 5) : harm.first]):
        return []
    if harm.form == "toll":
        return _toll(words, parties, harm)
    if harm.form == "none":
        return []
    if harm.form == "noun":
        return [p for p in parties if _is_counted_by(p, harm)]
    if harm.form == "self":
        return [Party(harm.first, harm.last, 1, 1, "self", "himself", True, False, harm.first)]
    if harm.form == "carried" and not _HOSPITAL & {*words.low[harm.last : harm.last + 12]}:
        return []
    if harm.form == "wound" and _DEADLY & {*words.low[max(0, harm.first - 8) : harm.first]}:
        return []
    if harm.form == "gather":
        return _gathered(words, parties, harm)
    if (
        harm.form in ("part", "state")
        and harm.first
        and words.low[harm.first - 1] in ("the", "those")
        and harm.last - harm.first == 1
    ):
        return []
    if (
        harm.form in ("of", "ing")
        and words.low[harm.last : harm.last + 1] == ["at"]
        and words.low[harm.last + 1 : harm.last + 2] != ["least"]
    ):
        return []
    if harm.form in ("of", "ing"):
        found = _behind(words, parties, harm.last, reach=3)
    elif harm.form == "part":
        found = _participle(words, parties, harm)
    else:
        found = before(words, parties, harm)
    if harm.what == "displaced":
        found = [p for p in found if p.plural]
    if harm.what == "damage":
        return [p for p in found if not p.person and p.kind == "count" and p.noun]
    found = [
        p
        for p in found
        if p.noun not in THINGS and p.kind != "place" and (harm.what == "killed" or p.noun not in _DEADS)
    ]
    if harm.word == "seized":
        return [p for p in found if p.person and p.kind in ("count", "one")]
    if (
        harm.word in ("hit", "struck", "assaulted", "attacked", "striking", "hitting", "shooting", "stabbing")
        or harm.form == "carried"
    ):
        found = [p for p in found if p.person or p.kind == "name"]
    return [
        p
        for p in found
        if p.person or p.kind != "one" or (harm.what in ("killed", "injured") and _close(words, p, harm))
    ]


def parts_of(words: Words, parties: list[Party], whole: Party, harm: CasualtyTerm) -> list[Party]:
    """Those that make up a number: "five patients including four men and one woman", "three victims, two females and a male"."""
    size = whole.low if whole.low is not None else whole.high
    if whole.kind != "count" or size is None or size < 2 or harm.what not in ("killed", "injured"):
        return []
    out: list[Party] = []
    at = whole.last
    for p in parties:
        if p.first < whole.last:
            continue
        gap = words.low[at : p.first]
        if out and any(w not in (",", "and") for w in gap):
            break
        if p.kind in ("count", "one") and p.person and p.low is not None and (out or _opens_parts(gap)):
            out.append(p)
            at = p.last
        elif out:
            break
    told = sum(p.low or 0 for p in out)
    return (
        out
        if out and (told == size if not _INCLUDES & {*words.low[whole.last : out[0].first]} else told <= size)
        else []
    )


def _opens_parts(gap: list[str]) -> bool:
    if gap[-1:] == [","] and gap[-2:-1] and gap[-2] in CASUALTY_WORDS:  # "five men have died, five ..."
        return False
    return bool(gap) and (gap[-1] in (",", ":", "—", "-", "(") or gap[-1].startswith("includ")) and ";" not in gap


def _close(words: Words, party: Party, harm: CasualtyTerm) -> bool:
    """An unknown noun ("a dentist") is taken for a person only right before "was shot", "died", "who was"."""
    gap = words.low[party.last : harm.first]
    return party.last <= harm.first and len(gap) <= 4 and all(w in FILL or w == "in" for w in gap) and (
        harm.form == "intr" or not BE.isdisjoint(gap)) and party.noun not in COUNTED_ACTS  # fmt: skip


_HOSPITAL = frozenset("hospital hospitals medical clinic infirmary trauma".split())
_DEADLY = frozenset("died dead killed death died fatal dies deceased pronounced succumbed".split())


def _is_counted_by(party: Party, harm: CasualtyTerm) -> bool:
    if party.owned:
        return party.last == harm.first
    if (
        party.kind != "count"
        or harm.word in ("body", "death", "remains", "killing", "murder", "slaying")
        and party.high != 1
    ):
        return False
    return party.core < harm.first and (party.last == harm.last or (party.last == harm.first and not party.noun))


def is_unreal(words: Words, at: int) -> bool:
    """Whether the word of harm at this token is only feared, planned or denied."""
    window = words.low[max(0, at - 4) : at]
    if (
        "not" in window[-2:]
        or window[-2:] == ["from", "being"]
        or any(w.endswith(("n't", "n’t")) for w in window[-2:])
        or "no" in window[-2:]
    ):
        return True
    for n, word in enumerate(reversed(window)):
        if word in _HEDGES:
            return False
        if word == "may" and n and window[-n][0].isdigit():  # the month
            continue
        if word.startswith("attempt") and n > 1:
            continue
        if word in _UNREAL:
            return not (word in ("may", "might", "can") and n > 1)
        if n == 0 and word == "to" and len(window) > 1 and window[-2] not in ("reported", "believed", "said", "known"):
            return True
    return False


def _behind(words: Words, parties: list[Party], at: int, reach: int) -> list[Party]:
    """The party that starts within reach of this token, and those joined to it by commas and `and`."""
    out: list[Party] = []
    for p in parties:
        if p.first < at:
            continue
        gap = words.low[at : p.first]
        if not out:
            if len(gap) > reach or any(w not in _OBJECT_FILL for w in gap):
                break
        elif (
            p.low is None
            and p.high is None
            and not p.noun
            or not gap
            or any(w not in (",", "and", "then") for w in gap)
            or _has_own_verb(words, p)
            or p.kind == "known"
        ):
            break
        out.append(p)
        at = p.last
    return [p for p in out if p.kind != "known" or p.person or p.low == 1]


def _has_own_verb(words: Words, party: Party) -> bool:
    window = words.low[party.last : party.last + 3]
    if window[:2] == ["to", "death"]:
        return False
    return any(w in BE or w in CASUALTY_WORDS for w in window)


def _participle(words: Words, parties: list[Party], harm: CasualtyTerm) -> list[Party]:
    """Object or subject of a past form: passive with a form of `be` before it, active with an object right after it."""
    back = words.low[max(0, harm.first - 4) : harm.first]
    for n in range(len(back) - 1, -1, -1):
        if back[n] in BE:
            return before(words, parties, harm)
        if back[n] not in FILL:
            break
    bare = next((p for p in parties if p.last == harm.first and p.kind == "count" and not p.noun), None)
    if bare is not None and (bare.low != 1 or harm.word not in ("shot", "hit", "struck")):
        return [bare]
    following = words.low[harm.last] if harm.last < len(words.low) else "."
    direct = _behind(words, parties, harm.last, reach=1)
    if harm.word == "shot" and direct and direct[0].low == 1 and not direct[0].noun:
        return []
    adjacent = bool(direct) and direct[0].first == harm.last
    if direct and (adjacent or following not in ("in", "at", "on", ",", "by", "and")):
        return [] if following in ("at", "into", "toward", "towards") and not adjacent else direct
    if any(w in HAVE for w in back[-2:]) or following in (
        "at",
        "into",
        "toward",
        "towards",
        "a",
        "an",
        "the",
        "his",
        "her",
        "their",
    ):
        return []
    close = before(words, parties, harm)
    if harm.word in ("shot", "hit", "struck") and close and not close[0].noun and close[0].low == 1:
        return []
    if not close or close[0].kind == "known" and following not in ("in", "by", "."):
        return []
    gap = words.low[close[0].last : harm.first]
    return close if len(gap) <= 3 or close[0].kind == "count" and len(gap) < 6 else []


def _toll(words: Words, parties: list[Party], harm: CasualtyTerm) -> list[Party]:
    """`death toll from the quake rose from 5 to 10`, `toll stands at 10`, `toll of 10`: the number after the verb."""
    low = words.low
    near = [n for n in range(harm.last, min(len(low), harm.last + 2)) if low[n] in _STANDS]
    verb = next(
        (n for n in (*near, *range(harm.last, min(len(low), harm.last + REACH))) if n in near or low[n] in _REACHED),
        None,
    )
    if verb is None:
        return []
    given = [p for p in parties if p.kind == "count" and 0 <= p.core - verb <= 8 and (p.person or not p.noun)
             and not any(w in (";", ":") or w in _MODAL for w in low[harm.last : p.core])]  # fmt: skip
    rising = len(given) > 1 and low[given[0].first - 1] == "from"
    return given[rising : rising + 1]


def _gathered(words: Words, parties: list[Party], harm: CasualtyTerm) -> list[Party]:
    out = []
    for p in parties:
        between = words.low[p.last : harm.first]
        if (
            p.kind == "count"
            and p.person
            and p.last <= harm.first
            and len(between) <= 3
            and not PREPOSITIONS & {*between}
        ):
            out.append(p)
    return out

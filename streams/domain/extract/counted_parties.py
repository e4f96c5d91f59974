"""Who or what is counted in a sentence: numbers with their nouns, single persons, names, pronouns.

`find_parties` reads "at least five pro-Iranian fighters", "another man", "Oscar Garcia, 22," and "the victim" alike as a
party: a span of tokens with bounds on its size. Claims are built from parties and from words of harm.
"""

from typing import Literal, NamedTuple

from streams.domain.extract.casualty_lexicon import CASUALTY_WORDS
from streams.domain.extract.wordlists import wordlist
from streams.domain.text.numbers import NUMBER_WORDS, Number, find_numbers
from streams.domain.text.tokenize import Words

_LISTS = wordlist("persons")
SINGLE = frozenset(_LISTS["one"])
PLURAL = (
    frozenset(_LISTS["many"])
    | {w + "s" for w in _LISTS["one"] if not w.endswith(("man", "child", "y", "s"))}
    | {"babies", "bodies"}
)
_DETERMINERS = frozenset(("a", "an", "another"))
_DEFINITE = frozenset(
    ("the", "his", "her", "whose", "their", "this", "that", "these", "those", "its", "my", "your", "our", "both")
)
_PRONOUNS = {"he": 1, "she": 1, "him": 1, "himself": 1, "herself": 1, "they": None, "them": None}
STOPS = frozenset(_LISTS["stops"])
_KIN = frozenset(_LISTS["kin"])
_NTH = frozenset("second third fourth fifth sixth".split())
_STREETS = frozenset(
    "streets avenues street avenue roads road avenue boulevard drive lane neighborhood area section".split()
)
_OPENS = (
    _DETERMINERS | _DEFINITE | _PRONOUNS.keys() | PLURAL | {"those", "police", "officers", "troops", "people", "others"}
)
"""Lower-case words that a party may begin with, numbers aside."""
_NUMBERED = frozenset(
    "block street avenue road highway route interstate channel section article page year years".split()
)
_UNITS = frozenset(_LISTS["units"])
_POSSESSED = frozenset(_LISTS["possessed"])
_NO_PERSON = frozenset(_LISTS["no_person"])
_AGES = frozenset(("ages", "aged", "age"))
_SUFFIX = frozenset(("jr", "sr", "ii", "iii", "iv", "jr.", "sr."))
_CARRIES = frozenset(
    "train trains bus buses plane planes jet ship ships boat boats ferry vessel vessels car cars van vehicle vehicles truck convoy station "
    "stations base checkpoint camp camps post posts office headquarters building quarters school".split()
)
_TITLES = frozenset("mr mrs ms dr sgt lt col gen capt cpl cmdr maj rev sen rep gov det officer deputy sheriff".split())
PartyKind = Literal["count", "one", "kin", "name", "known", "place", "self"]


class Party(NamedTuple):
    """Some persons or things over tokens first..last (end exclusive); bounds inclusive, None where not given.

    kind: `count` a number with or without noun, `one` "a man", `kin` "his wife", `name` a proper name, `known` a definite
    or pronoun, `place` a proper name of no person.
    noun: the head noun in lower case, empty for a bare number; person: it is known to mean people; `owned` is set where
    what follows is theirs ("a man's body").
    """

    first: int
    last: int
    low: int | None
    high: int | None
    kind: PartyKind
    noun: str
    person: bool
    plural: bool
    core: int
    owned: bool = False


def find_parties(words: Words, text: str, offset: int) -> list[Party]:
    """Parties of one sentence in order, none overlapping; `text` is the sentence, `offset` where its tokens count from."""
    numbers = {n.first: n for n in find_numbers(words)}
    cores = {n.core: n for n in numbers.values()}
    shouting = text.isupper()
    out: list[Party] = []
    free = 0
    for at, word in enumerate(words.low):
        number = numbers.get(at) or cores.get(at)
        if at < free or (number is None and word not in _OPENS and not text[words.start[at] - offset].isupper()):
            continue
        party = None
        if number is not None:
            party = _counted(words, number)
            if party is None:
                free = number.last
                continue
        if party is None:
            party = _single(words, at, cores)
        if party is None and not shouting:
            party = _named(words, at, text, offset)
        if party is not None:
            out.append(party)
            free = party.last
    return out


def is_age(words: Words, at: int) -> bool:
    """Whether `N - year - old` (spaced or not) starts at this token."""
    rest = words.low[at + 1 : at + 5]
    return rest[:2] in (["years", "old"], ["year", "old"]) or rest[:4] == ["-", "year", "-", "old"]


def head_noun(words: Words, at: int, limit: int = 7, behind: int | None = None) -> tuple[int, bool] | None:
    """(index of the head noun, whether it means people) of the noun phrase that goes on here, before `after` at most."""
    best: tuple[int, bool] | None = None
    end = min(len(words.low), at + limit, len(words.low) if behind is None else behind)
    while at < end:
        word = words.low[at]
        if word.endswith(("'s", "’s")) and at + 1 < len(words.low) and words.low[at + 1] in _POSSESSED:
            return (at, True) if word[:-2] in SINGLE or word[:-2].endswith("-year-old") else best
        if (word in SINGLE or word in PLURAL) and at + 1 < end and words.low[at + 1] in _CARRIES:  # "a passenger train"
            best = (at + 1, False)
            at += 1
        elif word in SINGLE or word in PLURAL or word.endswith(("-year-old", "-year-olds")) or _spaced_age(words, at):
            best = (at, True)
        elif word in STOPS or word in CASUALTY_WORDS or word.endswith("ly") or _breaks(words, at):
            if not (word == "and" and best is not None and not best[1] and _goes_on(words, at + 1)):
                break
        elif best is not None and word.endswith("ed"):
            break
        elif best is None or not best[1]:
            best = (at, False)
        at += 1
    return best


def _breaks(words: Words, at: int) -> bool:
    """Whether a mark ends a noun phrase: all do but a hyphen inside a word or a tokenised age."""
    if words.low[at][0].isalnum():
        return False
    spaced = at and words.start[at] > words.end[at - 1] and words.low[at - 1].isdigit()
    return words.low[at] != "-" or bool(spaced and not is_age(words, at - 1))


def _spaced_age(words: Words, at: int) -> bool:
    return words.low[at] == "old" and at > 2 and words.low[at - 1] == "-" and words.low[at - 2] in ("year", "years")


def _goes_on(words: Words, at: int) -> bool:
    """Two more words of a noun phrase follow ("Somali and Yemeni sea brigands"), not a second number."""
    pair = words.low[at : at + 2]
    return len(pair) == 2 and all(w[0].isalpha() and w not in STOPS and w not in CASUALTY_WORDS for w in pair) \
        and words.low[at] not in NUMBER_WORDS  # fmt: skip


def _counted(words: Words, number: Number) -> Party | None:
    """A number with its noun; a bare number is a party of its own; ages, clock times, addresses, years are none."""
    at, last = number.last, number.last
    if is_age(words, number.last - 1):
        return None
    following = words.low[at] if at < len(words.low) else ""
    before = words.low[number.core - 1] if number.core else ""
    if (
        following in _UNITS
        or following in _NUMBERED
        or following == ":"
        or before in ("$", "£", "€", "#", ":", "highway")
    ):
        return None
    if (
        number.low is not None
        and number.low == number.high
        and (before in _MONTHS or before == "no" or words.low[max(0, number.core - 2) : number.core] == ["no", "-"])
    ):
        return None
    if (
        before == "may"
        and (number.low or 99) < 32
        and words.low[max(0, number.core - 2) : number.core - 1] in (["on"], ["of"], ["since"], ["by"])
    ):
        return None
    if not _AGES.isdisjoint(words.low[max(0, number.core - 4) : number.core]) and (number.low or 0) < 110:
        return None
    if before == "," and following == "," and words.low[number.core].isdigit() and 9 < (number.low or 0) < 100:
        return None
    year = number.low is not None and 1900 <= number.low <= 2100 and "," not in words.low[number.core]
    if year and number.low == number.high and number.last == number.core + 1 and following not in PLURAL:
        return None
    if before == "/" or following == "/":  # "picture 16/19"
        return None
    size = (number.low, number.high)
    plural = size != (1, 1)
    if following == "of" and words.low[at + 1 : at + 2] in (["them"], ["whom"]) and size != (None, None):
        head = head_noun(words, at + 2, 4)  # "two of them children"
        last, noun = (head[0] + 1, words.low[head[0]]) if head is not None and head[1] else (at + 2, "them")
        return Party(number.first, last, *size, "count", noun, True, plural, number.core)
    if (
        following == "of"
        and words.low[at + 1 : at + 2] == ["the"]
        and words.low[at + 2 : at + 3]
        in (["wounded"], ["injured"], ["missing"], ["dead"], ["killed"], ["victims"], ["hostages"])
    ):
        return Party(number.first, at + 3, *size, "count", words.low[at + 2], True, plural, number.core)
    if following == "of" and at + 1 < len(words.low):
        inner = at + 1 + (words.low[at + 1] in _DEFINITE)
        head = head_noun(words, inner) if words.low[inner - 1] != "of" or number.vague else None
        if head is not None and head[1]:
            return Party(number.first, head[0] + 1, *size, "count", words.low[head[0]], True, plural, number.core)
    head = head_noun(words, at)
    if head is None:
        return Party(number.first, last, *size, "count", "", False, plural, number.core)
    return Party(number.first, head[0] + 1, *size, "count", words.low[head[0]], head[1], plural, number.core)


_MONTHS = frozenset(
    "january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct "
    "nov dec jan. feb. mar. apr. aug. sept. oct. nov. dec.".split()
)


def _single(words: Words, at: int, numbers: dict[int, Number]) -> Party | None:
    """`a man`, `another 16-year-old boy`, `a third`, `the victim`, `his brother`, `he`."""
    word = words.low[at]
    if word in _PRONOUNS:
        size = _PRONOUNS[word]
        return Party(at, at + 1, size, size, "known", word, True, word in ("they", "them"), at)
    if word == "those" and at + 1 < len(words.low) and words.low[at + 1] == "who":
        return Party(at, at + 1, None, None, "known", word, True, True, at)
    definite = word in _DEFINITE
    if not definite and word not in _DETERMINERS:
        if word in ("police", "officers", "troops", "people", "residents", "civilians", "others") or word in PLURAL:
            return Party(at, at + 1, None, None, "known", word, True, True, at)
        return None
    following = words.low[at + 1] if at + 1 < len(words.low) else ""
    if word == "another" and (following in STOPS or not following[:1].isalnum()):  # "captured another."
        return Party(at, at + 1, 1, 1, "one", word, True, False, at)
    if (
        word == "the"
        and following == "other"
        and words.low[at + 2 : at + 3] in (["was"], ["is"], ["has"], ["had"], ["died"])
    ):
        return Party(at, at + 2, 1, 1, "one", following, True, False, at)
    if following in _NTH and word == "a" and at + 2 < len(words.low) and words.low[at + 2] in STOPS:
        return Party(at, at + 2, 1, 1, "one", following, True, False, at)
    if following == "family" and words.low[at + 2 : at + 3] == ["of"] and (size_of := numbers.get(at + 3)) is not None:
        return Party(at, size_of.last, size_of.low, size_of.high, "count", "people", True, False, size_of.core)
    behind = next(
        (n for n in range(at + 1, min(at + 9, len(words.low))) if n in numbers and not is_age(words, n)), None
    )
    head = head_noun(words, at + 1, 9, behind)
    if head is None:
        return None
    if not head[1]:
        if definite:
            return None
        return Party(at, head[0] + 1, 1, 1, "one", words.low[head[0]], False, False, at)
    noun = words.low[head[0]]
    owned = noun.endswith(("'s", "’s"))
    if noun in ("couple", "twins") and not definite:
        return Party(at, head[0] + 1, 2, 2, "one", noun, True, True, at)
    plural = noun in PLURAL and noun not in SINGLE
    if plural and word == "both":
        return Party(at, head[0] + 1, 2, 2, "count", noun, True, True, at)
    if word in ("his", "her", "their", "my", "whose") and noun in _KIN and head[0] - at < 5:
        return Party(at, head[0] + 1, 1, 1, "kin", noun, True, False, at, owned)
    if plural:
        return Party(at, head[0] + 1, None, None, "known", noun, True, True, at)
    return Party(at, head[0] + 1, 1, 1, "known" if definite else "one", noun, True, False, at, owned)


def _named(words: Words, at: int, text: str, offset: int) -> Party | None:
    """Two or more capitalised words with a person's age or suffix after, or simply two to four of them."""

    def capital(i: int) -> bool:
        if i >= len(words.low):
            return False
        letter = text[words.start[i] - offset]
        initial = len(words.low[i]) == 1 and words.low[i + 1 : i + 2] == ["."]  # "Elizabeth A. Burton"
        return letter.isupper() and (words.low[i] not in STOPS or initial)

    if not capital(at) or words.low[at].rstrip(".") in _MONTHS:
        return None
    last = at
    while last < len(words.low) and last - at < 6 and (capital(last) or (words.low[last] == "." and last > at
                                                      and len(words.low[last - 1]) <= 4)):  # fmt: skip
        last += 1
    if words.low[last - 1] == "." and words.low[last - 2] not in _SUFFIX:
        last -= 1
    end = last
    if end + 1 < len(words.low) and words.low[end] == "," and words.low[end + 1] in _SUFFIX:
        end += 2
    if (
        end + 1 < len(words.low)
        and words.low[end] == ","
        and words.low[end + 1].isdigit()
        and len(words.low[end + 1]) < 3
        and (
            end + 2 == len(words.low)
            or not words.low[end + 2][0].isalpha()
            or words.low[end + 2] in STOPS
            or words.low[end + 2] in CASUALTY_WORDS
        )
    ):
        end += 2
        if end < len(words.low) and words.low[end] == ",":
            end += 1
    noun = words.low[last - 1]
    if noun.endswith("ly") and last - at == 1:
        return None
    owned = noun.endswith(("'s", "’s"))
    street = last < len(words.low) and words.low[last] in _STREETS
    if street or noun in _NO_PERSON or (owned and not (last < len(words.low) and words.low[last] in _POSSESSED)):
        return Party(at, last, None, None, "place", noun, False, True, at)
    aged = at > 0 and words.low[at - 1].endswith("-year-old")
    kind: PartyKind = "name" if last - at >= 2 else "known"
    return Party(at - aged, end, 1, 1, kind, noun, False, False, at, owned)

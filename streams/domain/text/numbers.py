"""Numbers in running text: digits, words, bounds ("at least five"), ranges and vague quantities ("dozens")."""

import re
from typing import NamedTuple

from streams.domain.text.tokenize import Words, tokens

_UNITS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SMALL = _UNITS | _TENS
_SCALE = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "m": 10**6, "mn": 10**6, "bn": 10**9,
    "lakh": 10**5, "lakhs": 10**5, "lac": 10**5, "lacs": 10**5, "crore": 10**7, "crores": 10**7,
}  # fmt: skip
_LAKHS = frozenset(("lakh", "lakhs", "lac", "lacs"))  # "1 crore 20 lakh" is one number
_VAGUE = frozenset(
    "dozens scores hundreds thousands millions several many numerous multiple countless few tens various".split()
)
_DIGITS = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d+)(?:\.(\d+))?$")  # 150,000 or 1,50,000
_COMPOUND = re.compile(
    r"(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)-(one|two|three|four|five|six|seven|eight|nine)$"
)
NUMBER_WORDS = frozenset((*_SMALL, *_VAGUE))
SCALES = frozenset((*_SCALE, "dozen"))
_STARTS = frozenset((*_SMALL, *_VAGUE, "a", "half", "couple", "dozen", "hundred", "thousand"))
_APOSTROPHES = frozenset("'’‘ʼ′")
_NAMED_BY_NUMBER = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct "
    "nov dec flight highway route interstate room line page article section chapter channel unit block bus train gate no".split()
)
LARGEST = 9 * 10**15  # above it a run of digits is no count

# words before a number that bound it: tuple of words -> kind of bound
_BOUNDS: dict[tuple[str, ...], str] = {
    **dict.fromkeys([("at", "least"), ("no", "fewer", "than"), ("no", "less", "than"), ("minimum", "of"),
                     ("not", "less", "than"), ("not", "fewer", "than")], "least"),
    **dict.fromkeys([("more", "than"), ("over",), ("upwards", "of"), ("excess", "of"), ("above",), ("exceeding",),
                     ("exceeds",), ("exceeded",), ("surpassed",), ("topped",), ("passed",)], "above"),
    **dict.fromkeys([("up", "to"), ("as", "many", "as"), ("at", "most"), ("no", "more", "than"), ("not", "more", "than"),
                     ("nearly",), ("almost",), ("close", "to"), ("under",), ("maximum", "of"), ("as", "much", "as"),
                     ("just", "under"), ("just", "short", "of")], "most"),
    **dict.fromkeys([("fewer", "than"), ("less", "than")], "below"),
    **dict.fromkeys([("about",), ("around",), ("some",), ("approximately",), ("roughly",), ("estimated",), ("an", "estimated"),
                     ("total", "of"), ("all",), ("the", "other"), ("another",), ("further",), ("a", "further"),
                     ("only",), ("just",), ("exactly",), ("additional",), ("an", "additional"), ("a", "total", "of"),
                     ("the",), ("other",), ("these",), ("those",)], "equal"),
}  # fmt: skip

_LAST_OF_BOUND = frozenset(words[-1] for words in _BOUNDS)


class Number(NamedTuple):
    """A number over tokens first..last (end exclusive, bounding words included); core is where its digits begin.

    `low` and `high` are inclusive bounds, None where the text gives none. `vague` is set for "dozens" and the like.
    """

    first: int
    last: int
    core: int
    low: int | None
    high: int | None
    vague: bool


def find_numbers(words: Words) -> list[Number]:
    """Numbers among the tokens of one sentence, in order. Decimals without a scale word are no counts: left out."""
    out: list[Number] = []
    free = 0
    for at in [n for n, word in enumerate(words.low) if word in _STARTS or word[0].isdigit() or "-" in word]:
        read = _read(words, at) if at >= free else None
        if read is None:
            continue
        value, last = read
        if value is not None and not 0 <= value <= LARGEST:
            free = last
            continue
        number = _bounded(words, at, last, value)
        if out and number.first < out[-1].last:
            number = number._replace(first=number.core)
        joined = _joined(words, out[-1], number) if out else None
        if joined is not None:
            out[-1] = joined
        else:
            out.append(number)
        free = max(last, number.last)
    return out


_PLAIN = frozenset("the all other another further these those only just exactly total of a an additional some".split())


def as_worded(text: str, low: int | None, high: int | None) -> str:
    """The words in which a text gives these bounds ("more than 300", "about 70", "dozens"); empty for a plain number."""
    words = tokens(text)
    found = next((n for n in find_numbers(words) if (n.low, n.high) == (low, high)), None)
    if found is None:
        return ""
    first = found.first
    while first < found.core and words.low[first] in _PLAIN:
        first += 1
    plain = first == found.core and low == high and not found.vague
    return "" if plain else " ".join(text[words.start[first] : words.end[found.last - 1]].split())


def _read(words: Words, at: int) -> tuple[int | None, int] | None:
    """(value, None when vague, and index after) of the number that starts at this token; None when none does."""
    word = words.low[at]
    if word in _VAGUE:
        if at and words.low[at - 1] in ("as", "so", "too", "how"):
            return None
        last = at + 1
        while last + 1 < len(words.low) and words.low[last] == "of" and words.low[last + 1] in _VAGUE:
            last += 2
        return None, last
    if word in ("a", "half", "couple", "dozen"):
        return _dozens(words, at)
    if word[0].isdigit() or word in _SMALL or "-" in word:
        return _sum(words, at)
    if word in ("hundred", "thousand") and at and words.low[at - 1] in ("a", "one"):
        return _SCALE[word], at + 1
    return None


def _dozens(words: Words, at: int) -> tuple[int, int] | None:
    head = tuple(words.low[at : at + 3])
    for phrase, value in (
        (("half", "a", "dozen"), 6), (("a", "half", "dozen"), 6), (("a", "dozen"), 12), (("a", "couple"), 2),
        (("a", "hundred"), 100), (("a", "thousand"), 1000), (("a", "million"), 10**6), (("dozen",), 12), (("couple",), 2),
    ):  # fmt: skip
        if head[: len(phrase)] == phrase:
            if phrase[-1] == "couple" and (head + ("",) * 3)[len(phrase)] != "of":
                return None
            return value, at + len(phrase)
    return None


def _sum(words: Words, at: int) -> tuple[int, int] | None:
    """Digits with their scale, or number words added up ("two hundred and fifty"); -1 for a plain decimal."""
    total, group, last, some = 0, 0, at, False
    while last < len(words.low):
        word = words.low[last]
        value, fraction, behind = _atom(words, last)
        if value is not None:
            scale = words.low[behind] if behind < len(words.low) else ""
            if fraction:
                if scale not in _SCALE or scale == "hundred":
                    return -1, behind
                return round(float(f"{value}.{fraction}") * _SCALE[scale]), behind + 1
            if some and not (group % 100 == 0 or (group % 10 == 0 and value < 10 and group >= 20)):
                break
            if some and word[0].isdigit() and not (group == 0 and total % 10**7 == 0 and scale in _LAKHS):
                break
            group += value
            last, some = behind, True
        elif some and word in _SCALE and (len(word) > 2 or words.start[last] == words.end[last - 1]):
            if word == "hundred":
                group *= 100
            else:
                total, group = total + max(group, 1) * _SCALE[word], 0
            last += 1
        elif some and word == "dozen":
            return (total + group) * 12, last + 1
        elif some and word == "and" and group and group % 100 == 0 and _follows(words, last + 1):
            last += 1
        else:
            break
    return (total + group, last) if some else None


def _follows(words: Words, at: int) -> bool:
    return at < len(words.low) and (words.low[at] in _SMALL or _COMPOUND.match(words.low[at]) is not None)


def _atom(words: Words, at: int) -> tuple[int | None, str, int]:
    """(value, digits after the point, index after) of one figure; tokenised text writes 26 , 000 and 6 . 1."""
    word = words.low[at]
    if word in _SMALL:
        return _SMALL[word], "", at + 1
    if m := _COMPOUND.match(word):
        return _TENS[m[1]] + _UNITS[m[2]], "", at + 1
    m = _DIGITS.match(word)
    if m is None or len(word) > 20:
        return None, "", at
    digits, fraction, last = m[1].replace(",", ""), m[2] or "", at + 1
    if not fraction and len(word) <= 3:
        digits, last = _grouped(words, at, digits)
    while not fraction and last + 1 < len(words.low) and words.low[last] in (",", "."):
        following = words.low[last + 1]
        spaced = words.start[last] > words.end[last - 1] and words.start[last + 1] > words.end[last]
        if not spaced or not following.isdigit():
            break
        if words.low[last] == "," and len(following) == 3 and len(digits) <= 12:
            digits += following
        elif words.low[last] == ".":
            fraction = following
        else:
            break
        last += 2
    return int(digits), fraction[:6], last


def _grouped(words: Words, at: int, digits: str) -> tuple[str, int]:
    """Digits with the groups of three after them, set apart by one space of any kind or by an apostrophe (1 157, 1'157).

    A day of the month or a number that names something ("May 1 157 people", "Flight 11 200 passengers") stands alone.
    """
    low, last = words.low, at + 1
    alone = at > 0 and (low[at - 1].rstrip(".") in _NAMED_BY_NUMBER or low[at - 1] in ("#", "-", "/"))
    while not alone and last < len(low):
        mark = low[last] in _APOSTROPHES and last + 1 < len(low) and words.start[last] == words.end[last - 1]
        group = last + mark
        near = words.start[group] - words.end[group - 1] == (0 if mark else 1)
        if not near or len(low[group]) != 3 or not low[group].isdigit() or digits == "0":
            break
        digits, last = digits + low[group], group + 1
    return digits, last


def _bounded(words: Words, at: int, last: int, value: int | None) -> Number:
    """The number with the words before it that bound it and `or more` after it."""
    first, kind = at, "equal"
    for _ in range(2):  # "at least another five"
        if first == 0 or words.low[first - 1] not in _LAST_OF_BOUND:
            break
        for size in (3, 2, 1):
            before = tuple(words.low[max(0, first - size) : first])
            if len(before) == size and before in _BOUNDS:
                first -= size
                kind = _BOUNDS[before] if kind == "equal" else kind
                break
    if value is None:
        return Number(first, last, at, None, None, True)
    behind = tuple(words.low[last : last + 2])
    if behind == ("or", "more"):
        return Number(first, last + 2, at, value, None, False)
    if behind[:1] == ("+",):
        return Number(first, last + 1, at, value, None, False)
    low = {"equal": value, "least": value, "above": value + 1}.get(kind)
    high = {"equal": value, "most": value, "below": value - 1}.get(kind)
    return Number(first, last, at, low, high, False)


def _is_year(words: Words, number: Number) -> bool:
    """Whether a number is written as a year is and stands where one does."""
    if number.low is None or not 1900 <= number.low <= 2100 or len(words.low[number.core]) != 4:
        return False
    before = words.low[number.core - 1] if number.core else ""
    return before in _NAMED_BY_NUMBER or before in ("in", "since", "of", "from", ",")


def _joined(words: Words, left: Number, right: Number) -> Number | None:
    """`between 10 and 15`, `10 to 15`, `40 or 50`, `10-15` as one range; None when the two are apart."""
    if left.vague or right.vague or left.last + 1 != right.core or left.low is None or right.high is None:
        return None
    link = words.low[left.last]
    before = words.low[left.first - 1] if left.first else ""
    if not (link in ("to", "or", "-", "–") or (link == "and" and before == "between")) or right.high <= left.low:
        return None
    if link == "to" and (_is_year(words, left) or before == "since"):
        return None
    if link in ("-", "–") and words.start[left.last] > words.end[left.last - 1]:
        return None  # "Update 2 - One dead"
    if link == "to" and before in ("from", "rose", "risen", "increased", "up", "fell", "dropped"):
        return None
    return Number(left.first - (before == "between"), right.last, left.core, left.low, right.high, False)

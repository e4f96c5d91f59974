"""Figures of harm in any language: numbers, words of harm, and which belongs to which, by distance and side."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from streams.domain.languages.language_pack import Mark, Pack
from streams.domain.languages.numerals import Numeral, numerals
from streams.domain.languages.people_counts import BOUNDS, FAMILY, people_counts, reached, summed
from streams.domain.languages.words import Word

FAR = {True: 16.0, False: 9.0}  # how far a figure may stand from its word: characters without blanks, or words
_WRONG_SIDE, _COMMA, _ANOTHER, _STRONG, _PEOPLE_TOO = 5.0, 2.5, 6.0, 8.0, 4.0
_OWN = 2  # words from `and` to whom it adds: `and her`, `and a`
_OPENING = 3  # words before the person whom a headline opens with
_REACHED = 1.0  # as if the number stood one word further away
REACH = 40  # words or characters between a figure and its word beyond which they are not compared
_NO_COUNT = frozenset(("type", "calm", "source", "speech", "according", "at", "at_after", "area", "parts", "long_ago"))
_BREAKS = frozenset(".!?;。！？；।؛")
_COMMAS = frozenset(",،、，:：")


class Figure(NamedTuple):
    """How many were harmed: words `first` to `last` (exclusive), bounds as in a claim, `of` where who was counted stands."""

    what: str
    low: int | None
    high: int | None
    first: int
    last: int
    of: tuple[int, int] | None


def find_figures(words: Sequence[Word], marks: Sequence[Mark], pack: Pack) -> list[Figure]:
    """The figures of one sentence or headline in order."""
    marks = [m for m in marks if m.tag not in _NO_COUNT]
    harm = _harms(marks)
    nothing = [m for m in marks if m.tag == "none"] + _denied(harm, marks)
    harm = [h for h in harm if not any(n.first <= h.first < n.last for n in nothing)]
    found = [Figure("killed", 0, 0, n.first, n.last, None) for n in nothing[:1]]
    if not harm:
        return found
    numbers = people_counts(numerals(words, marks, pack), words, marks)
    if len({h.value[0] for h in harm}) == 1:
        numbers = summed(numbers, marks)
    matched = _matched(harm, numbers, words, marks, pack)
    found += [_figure(harm[h], numbers[n], words, marks) for h, n in matched]
    told = {harm[h].value[0] for h, _ in matched}
    free = [number for n, number in enumerate(numbers) if n not in {m for _, m in matched}]
    found += [f for one in harm if one.value[0] not in told and (f := _single(one, free, marks, pack))]
    return sorted(_best(found), key=lambda f: f.first)


def _matched(
    harm: Sequence[Mark], numbers: Sequence[Numeral], words: Sequence[Word], marks: Sequence[Mark], pack: Pack
) -> list[tuple[int, int]]:
    """Which words of harm and which numbers belong together: the cheapest pairs that do not cross, by dynamic programming."""
    far = FAR[pack.unspaced]
    best: list[list[tuple[float, tuple[int, int] | None]]] = [
        [(0.0, None)] * (len(numbers) + 1) for _ in range(len(harm) + 1)
    ]
    for h in range(1, len(harm) + 1):
        for n in range(1, len(numbers) + 1):
            one, number = harm[h - 1], numbers[n - 1]
            choices = [(best[h - 1][n][0], (h - 1, n)), (best[h][n - 1][0], (h, n - 1))]
            near = abs(number.first - one.first) < REACH
            if near and (cost := _cost(one, number, harm, numbers, words, marks, pack)) < far:
                choices.append((best[h - 1][n - 1][0] + cost - far, (h - 1, n - 1)))
            best[h][n] = min(choices, key=lambda c: c[0])
    out = []
    h, n = len(harm), len(numbers)
    while h and n:
        before = best[h][n][1]
        if before is None:
            break
        if before == (h - 1, n - 1):
            out.append(before)
        h, n = before
    return out[::-1]


def _harms(marks: Sequence[Mark]) -> list[Mark]:
    """Words of harm, longer ones first where they overlap, one for each of what they name."""
    out: list[Mark] = []
    for mark in sorted(
        (m for m in marks if m.tag == "harm"), key=lambda m: (m.first - m.last, m.first, m.value[1] == "")
    ):
        if not any(m.first < mark.last and mark.first < m.last for m in out):
            out.append(mark)
    return sorted(out, key=lambda m: m.first)


def _denied(harm: Sequence[Mark], marks: Sequence[Mark]) -> list[Mark]:
    """Phrases of nobody killed or injured: a word of harm right after a word such as `without`."""
    ends = {m.last: m for m in marks if m.tag == "without"}
    said = (h for h in harm if h.first in ends and h.value[0] in ("killed", "injured"))
    return [Mark(ends[h.first].first, h.last, "none", None) for h in said]


def _cost(harm: Mark, number: Numeral, harms: Sequence[Mark], numbers: Sequence[Numeral], words: Sequence[Word],
          marks: Sequence[Mark], pack: Pack) -> float:  # fmt: skip
    """How little a number seems to belong to a word of harm: words between them, and what stands in the way."""
    before = number.last <= harm.first
    low, high = (number.last, harm.first) if before else (harm.last, number.first)
    if high < low:
        return 0.0 if harm.first <= number.first and number.last <= harm.last else 99.0  # a dual, or within a phrase
    cost, side = float(high - low), harm.value[1]
    if not before and (verb := reached(number, marks)) and verb.first >= low:
        low, cost, side = verb.last, _REACHED, ">"  # a count stands at its verb, however far its noun
    if _is_people(harm, marks) and len({h.value[0] for h in harms}) > 1:
        cost += _PEOPLE_TOO
    if (side == "<" and not before) or (side == ">" and before):
        cost += _WRONG_SIDE
    elif not before and not side:
        cost += 0.6
    between = words[low:high]
    cost += sum(_STRONG if w.form in _BREAKS else _COMMA if w.form in _COMMAS else 0.0 for w in between)
    others = [h for h in harms if low <= h.first < high and h.value[0] != harm.value[0]]
    cost += sum(_ANOTHER for h in others if not _is_people(h, marks))
    cost += sum(3.0 for n in numbers if n is not number and low <= n.first < high)
    if any(m.tag == "people" and m.first in (number.last, number.last + 1) for m in marks):
        cost -= 3.0 if not pack.unspaced else 1.0
    elif any(m.tag == "people" and low <= m.first < high for m in marks):
        cost -= 2.0 if not pack.unspaced else 1.0
    elif not before and high - low > 3:
        cost += 2.0
    return cost


def _beside(number: Numeral, marks: Sequence[Mark]) -> int:
    """How many more are told with a number by `and`: `a mother and two children`, `four children and their mother`."""
    plus = [m for m in marks if m.tag == "plus"]
    persons = [m for m in marks if m.tag == "person"]
    behind = number.last + any(m.tag == "people" and m.first == number.last for m in marks)
    return sum(
        (
            0 <= number.first - m.last < _OWN
            and any(p.last == m.first and not _counted(p, number, marks) for p in persons)
        )
        or (m.first == behind and any(0 <= p.first - m.last < _OWN for p in persons))
        for m in plus
    )


def _counted(person: Mark, number: Numeral, marks: Sequence[Mark]) -> bool:
    """Whether a person has a number of its own."""
    return any(m.tag == "number" and m.last == person.first and m.value != 1 and m.first != number.first for m in marks)


def _is_people(harm: Mark, marks: Sequence[Mark]) -> bool:
    """Whether a word of harm is also one of whom more may be told: marchers, refugees, hostages."""
    return harm.value[0] in ("participants", "displaced") or any(
        m.tag == "people" and m.first == harm.first for m in marks
    )


def _figure(harm: Mark, number: Numeral, words: Sequence[Word], marks: Sequence[Mark]) -> Figure:
    low = high = number.value
    if number.value is not None and number.value < FAMILY and (more := _beside(number, marks)):
        low = high = number.value + more
    first, last = number.first, number.last
    verb = reached(number, marks)
    bounds = [m for m in marks if m.tag in BOUNDS and not (verb and verb.first <= m.first < verb.last)]
    for mark in sorted(bounds, key=lambda m: m.first - m.last):
        near = mark.last == number.first or (mark.last == number.first - 1 and words[mark.last].form in "-'")
        if mark.tag != "at_least_after" and near:
            low, high = (
                (low, None) if mark.tag == "at_least" else (None, high) if mark.tag == "at_most" else (low, high)
            )
            first = mark.first
            break
        if mark.tag == "at_least" and number.last <= mark.first <= number.last + 1 and not near:
            high, last = None, max(last, mark.last)
            break
        if mark.tag == "at_least_after" and (
            mark.first == number.last or (mark.first == number.last + 1 and words[number.last].form in "'人名")
        ):
            high, last = None, mark.last
            break
    people = next((m for m in marks if m.tag == "people" and last <= m.first <= last + 2), None)
    return Figure(
        harm.value[0],
        low,
        high,
        min(first, harm.first),
        max(last, harm.last),
        (people.first, people.last) if people else None,
    )


def _single(harm: Mark, numbers: Sequence[Numeral], marks: Sequence[Mark], pack: Pack) -> Figure | None:
    """One person harmed, told without a number: `Polizist erschossen`."""
    reach = 4
    if harm.value[0] == "participants" or any(abs(n.first - harm.first) < FAR[pack.unspaced] for n in numbers):
        return None
    for mark in marks:
        far = reach if mark.first > _OPENING else 3 * reach  # whom a headline opens with: `Ein 17-Jähriger`
        if mark.tag == "person" and (0 <= harm.first - mark.last < far or 0 <= mark.first - harm.last < reach):
            two = 1 + any(_joined(mark, other, marks) for other in marks if other.tag == "person")
            return Figure(
                harm.value[0], two, two, min(mark.first, harm.first), max(mark.last, harm.last), (mark.first, mark.last)
            )
    return None


def _joined(one: Mark, other: Mark, marks: Sequence[Mark]) -> bool:
    """Whether `and` joins two persons, perhaps with a word such as `her` between."""
    return any(m.tag == "plus" and m.first == one.last and 0 <= other.first - m.last < _OWN for m in marks)


def _best(found: Iterable[Figure]) -> list[Figure]:
    """Figures without those of the same kind told again by the same number."""
    return list({(f.what, f.low, f.high, f.first): f for f in found}.values())

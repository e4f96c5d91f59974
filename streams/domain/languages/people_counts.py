"""Which numbers of a sentence count people, and which of them are one count."""

from collections.abc import Sequence

from streams.domain.languages.language_pack import Mark
from streams.domain.languages.numerals import Numeral
from streams.domain.languages.words import Word

BOUNDS = frozenset(("at_least", "at_least_after", "at_most", "about"))
FAMILY = 20  # a number below which others named beside it are added
_YEARS = range(1900, 2101)
_ENDING = 2  # letters of an ordinal number after its digits
_ORDINAL_ENDINGS = frozenset(("e", "er", "ère", "ème", "nd", "nde", "de", "ste", "st", "rd", "th", "ª", "º", "°"))
_OPENERS = frozenset('.:;!?—–-"«»“”')
_NAMED = 4  # words within which an article's noun is harmed


def people_counts(numbers: Sequence[Numeral], words: Sequence[Word], marks: Sequence[Mark]) -> list[Numeral]:
    """The numbers that count people; an article of somebody no pack has a word for where no other does."""
    sure = [n for n in numbers if _counts_people(n, words, marks)]
    return sure or [n for n in numbers if n.one and _one_harmed(n, words, marks)]


def _counts_people(number: Numeral, words: Sequence[Word], marks: Sequence[Mark]) -> bool:
    """Whether a number may count people: no year, age, date, time, share, distance or sum."""
    behind = words[number.last] if number.last < len(words) else None
    people = any(m.tag == "people" and m.first in (number.last, number.last + 1) for m in marks)
    alone = number.last - number.first == 1 and words[number.first].text.isalnum()
    if number.digits and number.value in _YEARS and alone and not people and not reached(number, marks):
        return False
    if _is_ordinal(number, words):
        return False
    hyphen = behind is not None and behind.form == "-"
    if any(m.tag == "units" and m.first == number.last + hyphen for m in marks) and not any(
        m.tag in ("people", "harm") and m.first == number.last for m in marks
    ):
        return False
    if any(m.tag == "before_unit" and m.last == number.first for m in marks):
        return False
    if any(
        m.tag == "months" and (m.first in (number.last, number.last + 1) or (m.last == number.first and number.digits))
        for m in marks
    ):
        return people and not any(m.tag == "months" and m.first == number.last for m in marks)
    if behind and number.digits and (behind.form in ("%", ":", "/", "°", "$", "€") or _joined_to_letter(words, number)):
        return False
    before = words[number.first - 1] if number.first else None
    if number.digits and behind and behind.form == ")" and before and before.form == "(":
        return False  # an age, a district: `vrouw (78)`, `Lyon (69)`
    if (
        before
        and before.form in ("$", "€", "£", "¥", "/", ":")
        and number.digits
        and before.end == words[number.first].start
    ):
        return False
    if number.one:
        return any(
            (m.tag in ("person", "people", "harm") and m.first == number.last)
            or (m.tag == "person" and m.first == number.last + 1)
            for m in marks
        )
    return True


def _one_harmed(number: Numeral, words: Sequence[Word], marks: Sequence[Mark]) -> bool:
    """Whether `a` stands before somebody harmed whose word no pack lists: `A surfer killed`, `Kill a councillor`."""
    opens = number.first == 0 or words[number.first - 1].form in _OPENERS
    for m in marks:
        if m.tag == "harm" and m.value[0] in ("killed", "injured"):
            if opens and m.value[1] != ">" and 0 < m.first - number.last < _NAMED:
                return True
            between = words[m.last : number.first]
            if m.value[1] == ">" and m.last <= number.first and all(len(w.form) == 1 for w in between):
                return True
    return False


def summed(numbers: Sequence[Numeral], marks: Sequence[Mark]) -> list[Numeral]:
    """Numbers with those that `and` joins as one: `two soldiers and a civilian` are three."""
    out: list[Numeral] = []
    for number in numbers:
        last = out[-1] if out else None
        ends = {m.last for m in marks if m.tag == "plus"}
        counts = any(m.tag in ("people", "person") and m.first == number.last for m in marks)
        if (
            last
            and last.value
            and number.value
            and number.first in ends
            and counts
            and _people_only(last, number, marks)
        ):
            out[-1] = last._replace(last=number.last, value=last.value + number.value, one=False)
        else:
            out.append(number)
    return out


def _people_only(one: Numeral, other: Numeral, marks: Sequence[Mark]) -> bool:
    """Whether only the word for whom the first number counts, and `and`, stand between two numbers."""
    people = any(m.tag in ("people", "person") and m.first == one.last and m.last == other.first - 1 for m in marks)
    return max(one.value or 0, other.value or 0) < FAMILY and people


def reached(number: Numeral, marks: Sequence[Mark]) -> Mark | None:
    """The verb by which a count comes to this number: `rises to 112`, `exceeds 50`."""
    starts = {number.first, *(m.first for m in marks if m.tag in BOUNDS and m.last == number.first)}
    return next((m for m in marks if m.tag == "reaches" and m.last in starts), None)


def _is_ordinal(number: Numeral, words: Sequence[Word]) -> bool:
    """`88-м`, `5-й`, `251e`, `3rd`, `2ª`: digits with the ending of an ordinal number."""
    if not number.digits:
        return False
    behind = words[number.last : number.last + 2]
    if behind and behind[0].start == words[number.last - 1].end and behind[0].text in _ORDINAL_ENDINGS:
        return True
    if len(behind) < 2 or behind[0].form != "-":
        return False
    mark, end = behind
    return mark.end == end.start and end.form.isalpha() and len(end.form) <= _ENDING and not end.text[0].isupper()


def _joined_to_letter(words: Sequence[Word], number: Numeral) -> bool:
    """`F-16`, `M23`: a part of a name."""
    if number.first < 1:
        return False
    before = words[number.first - 1]
    return before.end == words[number.first].start and before.form == "-" and number.first > 1 and (
        words[number.first - 2].text.isupper() and len(words[number.first - 2].text) < 4
    )  # fmt: skip

"""What a report and earlier ones both say, for people who ask why it belongs here: names, and the part of the day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.agencies import agency_named

MOST = 3  # names told
LONGEST = 5  # words of a name
# Common nouns that stand behind a name and make it whole, and what may stand inside one.
BEHIND = frozenset(
    """
    airport army avenue base beach border bridge brigade camp cathedral cemetery checkpoint church city clinic coast
    college corridor crossing dam desert district embassy factory family farm forest gate harbour highway hospital
    hotel island jail junction lake market mine ministry monastery mosque motorway mountain museum neighbourhood palace
    park pass peninsula pipeline plant plateau police port prison province railway refinery region river road school
    square stadium station strait street suburb synagogue temple theatre tower town tunnel university valley village
    volcano
    """.split()
)
INSIDE = frozenset(("of", "de", "del", "la", "el", "al", "the", "bin", "ibn", "van", "von", "da", "do", "dos"))
NO_NAMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december mr mrs ms dr i the a an this that these those it he she they we you his her their our in
    on at by from to but and or if as when while after before
    """.split()
)
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
BREAK = re.compile(r"[.!?:;\n\"“”()]")
PARTS = {
    "night": "night", "overnight": "night", "midnight": "night", "dawn": "morning", "morning": "morning",
    "noon": "noon", "midday": "noon", "afternoon": "afternoon", "evening": "evening",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shared:
    """Names that both say, the most telling first, and the part of the day that both tell of, empty if none."""

    names: tuple[str, ...] = ()
    part_of_day: str = ""


def shared(passages: Sequence[str], known: Iterable[str] = ()) -> list[Shared]:
    """What each passage shares with those before it. `known` names, such as the place's own, are not told."""
    left_out = {" ".join(_words(name)) for name in known}
    before, parts_before, out = " ", set[str](), []
    for passage in passages:
        words = _words(passage)
        parts = {PARTS[w] for w in words if w in PARTS}
        days = parts & parts_before
        out.append(Shared(_both(passage, before, left_out), next(iter(days)) if len(days) == 1 else ""))
        before += " ".join(words) + " | "
        parts_before |= parts
    return out


def _both(passage: str, before: str, left_out: set[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in sorted(dict.fromkeys(_names(passage)), key=_telling):
        folded = " ".join(_words(name))
        if folded in left_out or agency_named(folded) or any(folded in longer.casefold() for longer in found):
            continue
        if f" {folded} " in before:
            found.append(name)
    return tuple(map(_with_article, found[:MOST]))


def _telling(name: str) -> tuple[int, int]:
    return -len(name.split()), -len(name)


def _with_article(name: str) -> str:
    return f"the {name}" if name.rsplit(maxsplit=1)[-1] in BEHIND else name


def _words(text: str) -> list[str]:
    return [w.casefold().removesuffix("'s").removesuffix("’s") for w in WORD.findall(text)]


def _names(text: str) -> Iterator[str]:
    """Runs of capitalised words, with the noun behind them and without; no word alone that opens a sentence."""
    words = list(WORD.finditer(text))
    at = 0
    while at < len(words):
        if not _is_capital(words[at][0]):
            at += 1
            continue
        end = _end(text, words, at)
        opens = at == 0 or BREAK.search(text, words[at - 1].end(), words[at].start()) is not None
        run = [w[0].removesuffix("'s").removesuffix("’s") for w in words[at:end]]
        behind = words[end][0] if end < len(words) and _joined(text, words, end) else ""
        if behind in BEHIND:
            yield " ".join([*run, behind])
        if len(run) > 1 or not opens:
            yield " ".join(run)
        at = end


def _end(text: str, words: Sequence[re.Match[str]], at: int) -> int:
    """Where the run of a name that begins at a word ends; small words stand inside it only before a capital."""
    end = at + 1
    while end - at < LONGEST:
        then = end
        while then < len(words) and words[then][0] in INSIDE and _joined(text, words, then):
            then += 1
        if then >= len(words) or not _joined(text, words, then) or not _is_capital(words[then][0]):
            break
        end = then + 1
    return end


def _joined(text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    return text[words[at - 1].end() : words[at].start()] == " "


def _is_capital(word: str) -> bool:
    begins = any(part[:1].isupper() for part in word.split("-"))  # al-Khatib
    return begins and len(word) > 1 and word.casefold() not in NO_NAMES

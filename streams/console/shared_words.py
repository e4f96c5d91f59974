"""What a report and earlier ones both say, for people who ask why it belongs here: names, and the part of the day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.agencies import agency_named
from streams.domain.mentions.link_features import stems_of
from streams.domain.text.word_frequency import rarity

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
ARTICLES = frozenset(("al", "el", "ad", "an", "ar", "as", "ash", "at", "az"))
RARE, RARE_TOGETHER = 7.1, 9.0  # rarities from which a word, or several, are more than Italian or United States
NO_NAMES = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december jan feb mar apr jun jul aug sep sept oct
    nov dec mr mrs ms dr i the a an this that these those it he she they we you his her their our in
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
        if (
            folded in left_out
            or not _tells(name)
            or agency_named(folded)
            or any(folded in longer.casefold() for longer in found)
        ):
            continue
        if f" {folded} " in before:
            found.append(name)
    return tuple(_with_article(name.title() if name.isupper() else name) for name in found[:MOST])


def _tells(name: str) -> bool:
    """Whether a name is more than a country, a people or a common word; one with its noun always is."""
    rarities = [rarity(stem) for stem in stems_of(name)]
    if name.rsplit(maxsplit=1)[-1] in BEHIND:
        return True
    return bool(rarities) and (max(rarities) >= RARE or (len(rarities) > 1 and sum(rarities) >= RARE_TOGETHER))


def _telling(name: str) -> tuple[int, int]:
    return -len(name.split()), -len(name)


def _with_article(name: str) -> str:
    return f"the {name}" if name.rsplit(maxsplit=1)[-1] in BEHIND else name


def _words(text: str) -> list[str]:
    return [w.casefold().removesuffix("'s").removesuffix("’s") for w in WORD.findall(text)]


def _names(text: str) -> Iterator[str]:
    """Runs of capitalised words and their tails, with the noun behind them and without.

    A single word that opens a sentence is no name by itself.
    """
    words = list(WORD.finditer(text))
    at = 0
    while at < len(words):
        if not _is_capital(words[at][0]):
            at += 1
            continue
        end = _end(text, words, at)
        opens = at == 0 or BREAK.search(text, words[at - 1].end(), words[at].start()) is not None
        behind = words[end][0] if end < len(words) and _joined(text, words, end) else ""
        for first in range(at, end):
            run = [w[0].removesuffix("'s").removesuffix("’s") for w in words[first:end]]
            if not _is_capital(run[0]):
                continue
            if behind in BEHIND:
                yield " ".join([*run, behind])
            if len(run) > 1 or first > at or not opens:
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
    parts = word.split("-")
    begins = parts[-1][:1].isupper() and all(p[:1].isupper() or p in ARTICLES for p in parts)  # al-Khatib, not US-led
    return begins and len(word) > 1 and _words(word)[0] not in NO_NAMES

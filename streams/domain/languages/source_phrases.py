"""Who a sentence attributes its figures to, by the pack's words for "according to", its speech verbs and its sources."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from streams.domain.languages.language_pack import SOURCES, Mark, Pack
from streams.domain.languages.words import Word

Kind = Literal["official", "party", "ngo", "media", "witness", "unattributed"]
LONGEST = {True: 12, False: 7}  # characters without blanks, or words, of a source's name
_ENDS = frozenset('.,;:!?()«»“”"、，。；：！？،؛—–-।「」')


class Source(NamedTuple):
    """A source: offsets of its words, and what kind of source it is."""

    start: int
    end: int
    kind: Kind


def find_source(words: Sequence[Word], marks: Sequence[Mark], pack: Pack) -> Source | None:
    """The source of a sentence; None when the document states it itself."""
    named = sorted((m for m in marks if m.tag == "source"), key=lambda m: (SOURCES.index(m.value), m.first))
    longest = LONGEST[pack.unspaced]
    for cue in (m for m in marks if m.tag == "according"):
        first, last = (
            (max(0, cue.first - longest), cue.first) if pack.according_after else (cue.last, cue.last + longest)
        )
        first, last = _clipped(words, first, min(last, len(words)), back=pack.according_after)
        if first < last:
            inside = [m for m in named if first <= m.first < last]
            if inside and pack.according_after:
                first = min(m.first for m in inside)
            return _source(words, first, last, inside[0].value if inside else "official")
    for cue in (m for m in marks if m.tag == "speech"):
        near = [m for m in named if min(abs(m.last - cue.first), abs(m.first - cue.last)) <= longest]
        if near:
            best = min(near, key=lambda m: min(abs(m.last - cue.first), abs(m.first - cue.last)))
            first, last = best.first, best.last
            while (
                not pack.unspaced
                and last < len(words)
                and last - first < 3
                and _name(words[last])
                and last != cue.first
            ):
                last += 1
            return _source(
                words,
                first,
                last,
                min((m.value for m in near if m.first <= best.first < m.last), default=best.value, key=SOURCES.index),
            )
    return None


def _clipped(words: Sequence[Word], first: int, last: int, *, back: bool) -> tuple[int, int]:
    """The stretch up to the nearest mark that ends a clause."""
    if back:
        stops = [i for i in range(first, last) if words[i].form in _ENDS]
        return (stops[-1] + 1 if stops else first), last
    return first, next((i for i in range(first, last) if words[i].form in _ENDS and words[i].form != "-"), last)


def _name(word: Word) -> bool:
    return word.text[:1].isupper()


def _source(words: Sequence[Word], first: int, last: int, kind: Kind) -> Source:
    return Source(words[first].start, words[last - 1].end, kind)

"""Attributes each part of a sentence to its source, also across sentences ("he added", a quotation that runs on).

A source's reach is a span of the sentence it stands in: all of it for an opening "according to", what follows "X said", what
precedes ", X said". Pronouns take the last named speaker; a quotation takes the speaker named at its end or before it.
"""

import re
from bisect import bisect_left
from typing import NamedTuple

from streams.domain.extract.source_kinds import Kind, is_known, is_source, source_kind
from streams.domain.extract.speakers import (
    ARTICLES,
    CUT,
    NOT_SOURCES,
    PERSONS,
    RIGHT_STOP,
    SAYING,
    behind_day,
    cuts,
    name_left,
    name_right,
    proper,
    renamed,
)
from streams.domain.text.numbers import NUMBER_WORDS
from streams.domain.text.tokenize import Sentence, Words, tokens

_WEAK = frozenset(
    "claims report reports claim identified put puts believe believes described states notes counted".split()
)
_OPEN = re.compile(
    r"according to|citing|as reported by|cited by|quoted by|told by|quoting|in the words of", re.IGNORECASE
)
_OPENING = frozenset("according citing reported cited quoted told quoting words".split())
_QUOTES = frozenset(('"', "“", "”", "''", "``", "»", "«"))
_QUOTED = frozenset("“”\"'`")
_SHORT = re.compile(r"\s*\(([A-Z][A-Za-z]{1,9})\)")
_MARK = re.compile(r"[“”\"]|''|``")
LONGEST_QUOTE = 6  # sentences
_COUNTS = frozenset("one two three four five six seven eight nine ten several many some dozens at more about".split())
_UNSAID = frozenset(
    "to the a be been not of his no n't could couldn't couldn’t would wouldn't did didn't didn’t don't don’t can can't cannot".split()
)
_BY = frozenset("by an with for from against some is are was were".split()) | NUMBER_WORDS
_PASSIVE = frozenset("confirmed reported announced estimated counted described".split())
_QUOTING = frozenset(("quoted", "quotes", "cited", "cites"))
FAR_QUOTED = 9  # words of a name between "quoted" and "as saying"
_PREDICATE = re.compile(r"\s(?:gave|made|had|saw|ran|stood|came|went|found|put|took|\w+ed)\s")
_PRONOUN_FIRST = ("He ", "She ")
_LIVES = frozenset(("lives", "life"))


class Source(NamedTuple):
    """Who says something: name in the text's words, kind, the reach of what it says, and where it is named (offsets)."""

    name: str
    kind: Kind
    start: int
    end: int
    at: int


def find_sources(rows: list[Sentence], words: list[Words] | None = None) -> list[list[Source]]:
    """Sources for each sentence, in order; empty where the document states something itself."""
    out: list[list[Source]] = []
    speaker: Source | None = None
    kinds: dict[str, Kind] = {}
    inside = 0  # sentences since a quotation opened that is still open; 0 when none is
    for n, row in enumerate(rows):
        if n and not out[-1] and row.text.startswith(_PRONOUN_FIRST):
            speaker = _just_introduced(rows[n - 1]) or speaker
        said = _said(row, words[n] if words else tokens(row.text, row.start), speaker)
        marks = _MARK.findall(row.text) if not _QUOTED.isdisjoint(row.text) else []
        opened = 0 < inside < LONGEST_QUOTE and (bool(marks) or _closes(rows, n))
        inside = (inside + 1 if opened else 1) if _leaves_open(marks, opened) else 0
        quoted = row.text.startswith(('"', "“", "``", "''")) and _MARK.search(row.text, 2) is not None
        if not said and (opened or quoted) and speaker is not None and _carries(rows, n):
            said = [Source(speaker.name, speaker.kind, row.start, row.end, speaker.at)]
        said = [_as_introduced(s, kinds) for s in said]
        for s in said if "(" in row.text else ():
            if short := _SHORT.match(row.text, row.text.find(s.name) + len(s.name)):
                kinds.setdefault(short[1].lower(), s.kind)
        out.append(said)
        if said:
            speaker = said[-1]
        elif n and row.paragraph - rows[n - 1].paragraph > 3:
            speaker = None
    _back_fill(rows, out)
    return out


def _just_introduced(row: Sentence) -> Source | None:
    """`An official of the group gave another account. He said ...`: the subject of the sentence before, when news quotes such."""
    if not row.text.startswith(("A ", "An ", "One ", "Another ")):
        return None
    name, _ = name_right(row, tokens(row.text, row.start), 0)
    name = _PREDICATE.split(name, maxsplit=1)[0]
    return Source(name, source_kind(name), row.start, row.end, row.start) if is_known(name) else None


def _as_introduced(source: Source, kinds: dict[str, Kind]) -> Source:
    """A surname alone is of the kind that its full introduction had."""
    surname = source.name.split()[-1].lower() if source.name else ""
    if " " in source.name.removeprefix("the ").removeprefix("The "):
        kinds.setdefault(surname, source.kind)
        return source
    return source._replace(kind=kinds.get(surname, source.kind))


def source_of(sources: list[Source], start: int, end: int) -> Source | None:
    """The source whose reach holds this span: the narrowest one."""
    fitting = [s for s in sources if s.start <= start and end <= s.end]
    return min(fitting, key=lambda s: (s.end - s.start, abs(s.at - start)), default=None)


def _said(row: Sentence, words: Words, speaker: Source | None) -> list[Source]:
    out: list[Source] = []
    for m in _OPEN.finditer(row.text) if not _OPENING.isdisjoint(words.low) else ():
        at = m.end() + row.start
        index = bisect_left(words.start, at)
        name, behind = name_right(row, words, index)
        described = name
        if name and words.low[index] in ARTICLES and not proper(row, words, index, behind):
            name = renamed(row, words, behind) or name
        if name:
            opening = m.start() <= 2
            start, end = (
                (row.start, row.end) if opening else (_clause_start(row, m.start() + row.start), m.start() + row.start)
            )
            if not opening and end - start < 12:
                start = row.start
            out.append(_source(name, start, end if not opening else row.end, m.start() + row.start, speaker, described))
    for n, word in enumerate(words.low):
        if (
            word not in SAYING
            or (n and words.low[n - 1] in _UNSAID)
            or (word == "alleged" and n and words.low[n - 1] in _BY)
        ):
            continue
        if word in ("claimed", "claims") and not _LIVES.isdisjoint(words.low[n + 1 : n + 5]):
            continue
        found = _speech(row, words, n, speaker)
        if found is not None and not any(s.start <= found.at <= s.end and s.at == found.at for s in out):
            out.append(found)
    return [s for s in out if s.name]


def _speech(row: Sentence, words: Words, n: int, speaker: Source | None) -> Source | None:
    """The source around one verb of saying: subject before it, or after it where a quotation or comma precedes it."""
    verb = words.low[n]
    before = words.low[n - 1] if n else ""
    if words.low[n + 1 : n + 2] == ["by"] and verb in _PASSIVE:  # "the toll confirmed by the ministry"
        name, _ = name_right(row, words, n + 2)
        return (
            _source(name, row.start, row.end, words.start[n], speaker)
            if name and is_source(name.removeprefix("the "))
            else None
        )
    quoted = " ".join(words.low[n + 1 : n + 12]).partition(" as saying")[0].split() if verb in _QUOTING else []
    if quoted and len(quoted) < FAR_QUOTED:  # "a correspondent quoted eyewitnesses as saying"
        name = row.text[words.start[n + 1] - row.start : words.end[n + len(quoted)] - row.start]
        return _source(name, row.start, row.end, words.start[n], speaker) if is_source(name) else None
    tail = before in CUT and before != ")"
    if tail and n >= 2 and verb not in _WEAK and verb not in ("told", "tells"):
        name = _inverted(row, words, n + 1)
        if name:
            return _source(name, row.start, words.start[n], words.start[n], speaker)
    name, first, described = name_left(row, words, n)
    if not name:
        return None
    if verb in ("report", "reports") and not (
        words.low[n - 1].endswith("s") or words.low[n - 1] in ("police", "media")
    ):
        return None
    if verb in _WEAK and source_kind(name) == "official" and not is_known(name) and not is_known(described):
        return None
    at = words.start[first]
    behind = _addressed(words, n)
    follows = words.low[behind] if behind < len(words.low) else "."
    behind = behind if follows in (",", ";") or words.low[n] in ("told", "tells") else n + 1
    follows = words.low[behind] if behind < len(words.low) else "."
    cut_off = first > 3 and words.low[first - 1] in (",", *_QUOTES)
    if cut_off and follows in (",", ";") and (before != "," or first > 12):
        return _source(name, row.start, row.end, at, speaker, described)
    ends = follows in (".", ";", *_QUOTES) or (
        cut_off and before != "," and follows not in ("that", ":", "the") and not _long_rest(words, behind - 1))  # fmt: skip
    if ends and first > 2:
        return _source(name, row.start, at, at, speaker, described)
    opened = row.text.rfind("(", 0, at - row.start)
    closed = row.text.find(")", at - row.start)
    if opened >= 0 and closed > 0 and row.text.find(")", opened, at - row.start) < 0:
        return _source(name, at, row.start + closed, at, speaker, described)
    return _source(name, at if first > 3 else row.start, row.end, at, speaker, described)


def _addressed(words: Words, n: int) -> int:
    """Index after a verb of saying, those spoken to and the day: `told the BBC`, `said on Monday`."""
    if words.low[n] not in ("told", "tells"):
        return behind_day(words, n + 1)
    for at in range(n + 2, min(n + 7, len(words.low))):
        if cuts(words, at) or (words.low[at] in RIGHT_STOP and words.low[at] != "that"):
            return at
    return n + 1


def _long_rest(words: Words, n: int) -> bool:
    following = words.low[n + 1 : n + 3]
    aside = following[0] in ("in", "on", "at", "during", "by", "late", "after") and following[-1] != "least"
    return len(words.low) - n > 8 and not aside


def _inverted(row: Sentence, words: Words, at: int) -> str:
    """The speaker after the verb ("... ," said the mayor): a name or a noun of a source, then the clause ends."""
    name, last = name_right(row, words, at)
    follows = words.low[last] if last < len(words.low) else "."
    if (
        not name
        or not (follows in CUT or follows in RIGHT_STOP)
        or follows in ("was", "were", "had", "is", "are", "has", "have")
    ):
        return ""
    opens = words.low[at]
    if opens in RIGHT_STOP or opens[0].isdigit() or opens in NOT_SOURCES | PERSONS or name.split()[0] in _COUNTS:
        return ""
    return name if is_source(name) else ""


def _clause_start(row: Sentence, at: int) -> int:
    """Where the clause before an `according to` begins: after the last semicolon or finished source."""
    cut = max(row.text.rfind(";", 0, at - row.start), row.text.rfind(" said ", 0, at - row.start))
    return row.start if cut < 0 else row.start + cut + 1


def _source(name: str, start: int, end: int, at: int, speaker: Source | None, described: str = "") -> Source:
    low = name.lower()
    if low in PERSONS:
        if speaker is None:
            return Source("", "unattributed", start, end, at)
        return Source(speaker.name, speaker.kind, start, end, at)
    return Source(name, source_kind(described or name), start, end, at)


def _leaves_open(marks: list[str], inside: bool) -> bool:
    """Whether a quotation is open after these marks, when one was `inside` before them."""
    for mark in marks:
        inside = mark in ("“", "``") or (mark != "”" and not inside)
    return inside


def _closes(rows: list[Sentence], n: int) -> bool:
    """Whether the open quotation closes soon in the same paragraph; else its mark was a stray one."""
    for row in rows[n + 1 : n + LONGEST_QUOTE]:
        if row.paragraph != rows[n].paragraph:
            return False
        if m := _MARK.search(row.text):
            return m.start() > 0 and m[0] != "“"
    return False


def _carries(rows: list[Sentence], n: int) -> bool:
    return n > 0 and rows[n].paragraph - rows[n - 1].paragraph <= 1


def _back_fill(rows: list[Sentence], out: list[list[Source]]) -> None:
    """A quotation of several sentences belongs to the speaker named after its last one."""
    for n in range(len(rows) - 2, -1, -1):
        opens = rows[n].text[0] in '"“`' and _leaves_open(_MARK.findall(rows[n].text), inside=False)
        if (
            opens
            and out[n + 1]
            and rows[n + 1].paragraph == rows[n].paragraph
            and (not out[n] or (out[n][0].start == rows[n].start and out[n][0].end == rows[n].end))
        ):
            s = out[n + 1][0]
            out[n] = [Source(s.name, s.kind, rows[n].start, rows[n].end, s.at)]

"""Who says so: the source of each part of a sentence, also across sentences ("he added", a quotation that runs on).

A source's reach is a span of the sentence it stands in: all of it for an opening "according to", what follows "X said", what
precedes ", X said". Pronouns take the last named speaker; a quotation takes the speaker named at its end or before it.
"""

import re
from bisect import bisect_left
from typing import NamedTuple

from streams.domain.sources import Kind, is_known, is_source, source_kind
from streams.domain.text import Sentence, Words, tokens
from streams.domain.when import TIME_WORDS
from streams.domain.wordlists import wordlist

SAYING = frozenset(wordlist("sources")["saying"])
_WEAK = frozenset("claims report reports claim identified put puts believe believes described states notes counted".split())
_OPEN = re.compile(r"according to|citing|as reported by|cited by|quoted by|told by|quoting|in the words of", re.IGNORECASE)
_OPENING = frozenset("according citing reported cited quoted told quoting words".split())
_CUT = frozenset((",", ";", ":", "(", ")", '"', "“", "”", "—", "–", "-", ".", "[", "]", "''", "``"))
_QUOTES = frozenset(('"', "“", "”", "''", "``", "»", "«"))
_MARK = re.compile(r"[“”\"]|''|``")
LONGEST_QUOTE = 6  # sentences
_LEFT_STOP = frozenset("that which when where while after before as and but because if although though however".split())
_RIGHT_STOP = frozenset(
    "who that which when where while after before as on in at to by about late early yesterday today monday tuesday wednesday "
    "thursday friday saturday sunday during and but is was were are has have had via following from cited".split()
)
_PERSONS = frozenset(("he", "she", "they", "it", "him", "her"))
_LEADING = frozenset("but and however still meanwhile earlier later also yesterday today tonight then now".split())
_COUNTS = frozenset("one two three four five six seven eight nine ten several many some dozens at more about".split())
_LIVES = frozenset(("lives", "life"))
_DAYTIMES = frozenset(("morning", "afternoon", "evening", "night"))
_SEAMS = frozenset("about to with by into over when was were is are has had as than because".split())
_PAPER = re.compile(
    r"^(?:(?:an?|the|his|her|its|their)\s+)?(?:[\w-]+\s){0,2}(?:statement|release|report|bulletin|communiqu[eé]|tweet|post|message|letter|figure|"
    r"count|tally|estimate|number)s?\s+"
    r"(?:(?:issued|released|posted)\s+)?(?:from|by|of)\s+(?=\S)", re.IGNORECASE)
_PAPERS = frozenset("statement statements release releases report reports bulletin communique communiqué figures count tally estimates".split())
_BEFORE_VERB = frozenset("now still currently also had have has later earlier previously already further reportedly initially".split())
_SELF = frozenset("he she they it police officials authorities witnesses".split())
_NO_SUBJECT = frozenset(
    "with in on at during after before by from for of to as under over among since until monday tuesday wednesday thursday friday "
    "saturday sunday while where when".split()
)
_ARTICLES = frozenset("a an the his her their its who whose another one head chief deputy local".split())
_OFFICES = frozenset(
    "governor president chief minister director spokesman spokeswoman head mayor secretary professor leader commander chairman "
    "chairwoman manager superintendent commissioner prosecutor ambassador".split()
)
_BE = frozenset("was were is are been be".split())
_NOT_SOURCES = frozenset("it there this that these those what which who nobody one none some many i we you".split())


class Source(NamedTuple):
    """Who says something: name in the text's words, kind, the reach of what it says, and where it is named (offsets)."""

    name: str
    kind: Kind
    start: int
    end: int
    at: int


def find_sources(rows: list[Sentence], words: list[Words] | None = None) -> list[list[Source]]:
    """Sources for each sentence, in order; empty where the document speaks for itself."""
    out: list[list[Source]] = []
    speaker: Source | None = None
    kinds: dict[str, Kind] = {}
    inside = 0  # sentences since a quotation opened that is still open; 0 when none is
    for n, row in enumerate(rows):
        said = _said(row, words[n] if words else tokens(row.text, row.start), speaker)
        opened = 0 < inside < LONGEST_QUOTE and (_MARK.search(row.text) is not None or _closes(rows, n))
        inside = (inside + 1 if opened else 1) if _leaves_open(row.text, bool(opened)) else 0
        quoted = row.text.startswith(('"', "“", "``", "''")) and _MARK.search(row.text, 2) is not None
        if not said and (opened or quoted) and speaker is not None and _carries(rows, n):
            said = [Source(speaker.name, speaker.kind, row.start, row.end, speaker.at)]
        said = [_as_introduced(s, kinds) for s in said]
        out.append(said)
        if said:
            speaker = said[-1]
        elif n and row.paragraph - rows[n - 1].paragraph > 3:
            speaker = None
    _back_fill(rows, out)
    return out


def _as_introduced(source: Source, kinds: dict[str, Kind]) -> Source:
    """A surname alone is of the kind that its full introduction had."""
    surname = source.name.split()[-1].lower() if source.name else ""
    if " " in source.name:
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
        name, behind = _name_right(row, words, index)
        described = name
        if name and words.low[index] in _ARTICLES and not _proper(row, words, index, behind):
            name = _renamed(row, words, behind) or name
        if name:
            opening = m.start() <= 2
            start, end = (row.start, row.end) if opening else (_clause_start(row, m.start() + row.start), m.start() + row.start)
            if not opening and end - start < 12:
                start = row.start
            out.append(_source(name, start, end if not opening else row.end, m.start() + row.start, speaker, described))
    for n, word in enumerate(words.low):
        if word not in SAYING or (n and words.low[n - 1] in ("to", "the", "a", "be", "been", "not", "of", "his", "no")):
            continue
        if word in ("claimed", "claims") and not _LIVES.isdisjoint(words.low[n + 1 : n + 5]):
            continue
        found = _speech(row, words, n, speaker)
        if found is not None and not any(s.start <= found.at <= s.end and s.at == found.at for s in out):
            out.append(found)
    return [s for s in out if s.name]


def _speech(row: Sentence, words: Words, n: int, speaker: Source | None) -> Source | None:
    """The source around one verb of saying: subject before it, or behind it where a quotation or comma precedes it."""
    verb = words.low[n]
    before = words.low[n - 1] if n else ""
    tail = before in _CUT and before != ")"
    if tail and n >= 2 and verb not in _WEAK:
        name = _inverted(row, words, n + 1)
        if name:
            return _source(name, row.start, words.start[n], words.start[n], speaker)
    name, first, described = _name_left(row, words, n)
    if not name:
        return None
    if verb in ("report", "reports") and not (words.low[n - 1].endswith("s") or words.low[n - 1] in ("police", "media")):
        return None
    if verb in _WEAK and source_kind(name) == "official" and not is_known(name) and not is_known(described):
        return None
    at = words.start[first]
    behind = _addressed(words, n)
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
    """Index behind a verb of saying and those spoken to: `told the BBC`, `told a news conference`."""
    if words.low[n] not in ("told", "tells"):
        return n + 1
    for at in range(n + 2, min(n + 7, len(words.low))):
        if _cuts(words, at) or (words.low[at] in _RIGHT_STOP and words.low[at] != "that"):
            return at
    return n + 1


def _long_rest(words: Words, n: int) -> bool:
    following = words.low[n + 1 : n + 3]
    aside = following[0] in ("in", "on", "at", "during", "by", "late", "after") and following[-1] != "least"
    return len(words.low) - n > 8 and not aside


def _inverted(row: Sentence, words: Words, at: int) -> str:
    """The speaker behind the verb ("... ," said the mayor): a name or a noun of a source, then the clause ends."""
    name, last = _name_right(row, words, at)
    follows = words.low[last] if last < len(words.low) else "."
    if not name or not (follows in _CUT or follows in _RIGHT_STOP) or follows in ("was", "were", "had", "is", "are", "has", "have"):
        return ""
    opens = words.low[at]
    if opens in _RIGHT_STOP or opens[0].isdigit() or opens in _NOT_SOURCES | _PERSONS or name.split()[0] in _COUNTS:
        return ""
    return name if is_source(name) else ""


def _name_left(row: Sentence, words: Words, n: int) -> tuple[str, int, str]:
    """Subject before a verb of saying: (name, be it before or within appositions; its first token; all that describes it)."""
    at, low = n, words.low
    parts: list[tuple[int, int]] = []  # nearest first
    while at > 0 and low[at - 1] in _BEFORE_VERB:
        at -= 1
    if at > 2 and low[at - 1] == ")" and "(" in low[max(0, at - 6) : at]:  # "the refugee agency (UNHCR) said"
        at = max(k for k in range(at) if low[k] == "(")
    closed = at > 0 and low[at - 1] == ","  # a comma before the verb closes an apposition
    at -= closed
    end = at
    while at > 0 and len(parts) < 3 and n - at < 28:
        word = low[at - 1]
        if word == "and" and (start := _joint_speaker(row, words, at - 1)) is not None:
            at = start
            continue
        if _cuts(words, at - 1) or word in _LEFT_STOP or word in SAYING:
            if end > at:
                parts.append((at, end))
            if word != "," or not parts or not (closed or len(parts) < 2) or low[parts[-1][0]] in _SELF:
                break
            end = at - 1
        at -= 1
    else:
        if end > at:
            parts.append((at, end))
    parts = [(_skip_leading(words, a), b) for a, b in parts]
    parts = [(a, b) for a, b in parts if a < b and low[a] not in _NO_SUBJECT and _BE.isdisjoint(low[a:b])]
    if not parts:
        return "", n, ""
    first, last = parts[0]
    farther = next((p for p in parts[1:] if _proper(row, words, *p)), None)
    if farther is not None and (not _proper(row, words, first, last) or _describes(words, first, last)) and closed:
        first, last = farther
    subject = parts[1][0] if len(parts) > 1 and (closed or _describes(words, *parts[1])) else parts[0][0]
    described = row.text[words.start[subject] - row.start : words.start[n] - row.start]
    first = _behind_seam(words, first, last)
    last = next((n for n in range(first + 1, last) if low[n] == "who"), last)
    return _clean(row, words, first, last), min(first, parts[0][0]), described


def _joint_speaker(row: Sentence, words: Words, at: int) -> int | None:
    """Where the first of two speakers joined by this `and` begins ("residents and a medical group"); None when it joins clauses."""
    first = at
    while first > 0 and at - first < 5 and not _cuts(words, first - 1) and words.low[first - 1] not in _LEFT_STOP:
        first -= 1
    opens = first == 0 or _cuts(words, first - 1)
    name = row.text[words.start[first] - row.start : words.end[at - 1] - row.start] if first < at else ""
    return first if name and opens and is_known(name) else None


def _skip_leading(words: Words, first: int) -> int:
    low = words.low
    while first < len(low) and (low[first] in _LEADING or _opens_time(words, first)):
        first += 2 if low[first] in ("on", "in", "late", "early", "by", "last") else 1
    return first


def _opens_time(words: Words, at: int) -> bool:
    """`on Monday the agency had said`: the words of time before a speaker."""
    pair = words.low[at : at + 2]
    if len(pair) < 2:
        return False
    return pair[0] in _DAYTIMES or (pair[0] in ("on", "in", "late", "early", "by", "last") and pair[1] in TIME_WORDS)


def _cuts(words: Words, at: int) -> bool:
    """Whether this mark ends a noun phrase; the point of "Lt." and the hyphen inside a word do not."""
    word = words.low[at]
    if word not in _CUT:
        return False
    if word == "." and at and at + 1 < len(words.low):
        if words.low[at - 1] in ("sgt", "lt", "capt", "dr", "mr", "mrs", "ms", "gen", "col", "det", "rev", "gov", "sen"):
            return False
        return not (words.end[at - 1] == words.start[at] and len(words.low[at - 1]) <= 4)
    return not (word == "-" and at + 1 < len(words.low) and words.end[at] == words.start[at + 1])


def _behind_seam(words: Words, first: int, last: int) -> int:
    """Where the name begins in words that ran over the end of a sentence without a full stop."""
    if last - first < 9 and words.low[first] not in _PERSONS:
        return first
    return next((n + 1 for n in range(last - 2, first, -1) if words.low[n] in _SEAMS), first)


def _describes(words: Words, first: int, last: int) -> bool:
    """Whether a part explains a name ("the head doctor in ...", "Governor of ...") rather than being one."""
    opens = words.low[first]
    return opens in _ARTICLES or (opens in _OFFICES and not {"of", "for", "at"}.isdisjoint(words.low[first:last]))


def _proper(row: Sentence, words: Words, first: int, last: int) -> bool:
    capitals = sum(row.text[s - row.start].isupper() for s in words.start[max(first, 0) : last])
    return capitals >= 2 or (capitals == 1 and last - first <= 2 and first > 0)


def _name_right(row: Sentence, words: Words, at: int) -> tuple[str, int]:
    """Noun phrase from here to the next cut, preposition or verb; (name, index behind)."""
    last = at
    while last < len(words.low) and last - at < 14:
        word = words.low[last]
        if _cuts(words, last):
            break
        if word in ("from", "by") and last > at and words.low[last - 1] in _PAPERS:
            at = last + 1
        elif last > at and (word in _RIGHT_STOP or word in SAYING):
            break
        last += 1
    return _clean(row, words, at, last), last


def _renamed(row: Sentence, words: Words, at: int) -> str:
    """The name behind a description: "his father, Terry Robinson"."""
    if at + 2 >= len(words.low) or words.low[at] != ",":
        return ""
    last = at + 1
    while last < len(words.low) and row.text[words.start[last] - row.start].isupper() and words.low[last] not in _RIGHT_STOP:
        last += 1
    return _clean(row, words, at + 1, last) if last - at > 2 else ""


def _clean(row: Sentence, words: Words, first: int, last: int) -> str:
    if first >= last or (last - first == 1 and words.low[first] in _NOT_SOURCES - _PERSONS):
        return ""
    name = row.text[words.start[first] - row.start : words.end[last - 1] - row.start].strip("'`\"“”‘ ")
    name = _PAPER.sub("", name)
    return " ".join(name.split()) if any(c.isalpha() for c in name) and len(name) < 140 else ""


def _clause_start(row: Sentence, at: int) -> int:
    """Where the clause before an `according to` begins: behind the last semicolon or finished source."""
    cut = max(row.text.rfind(";", 0, at - row.start), row.text.rfind(" said ", 0, at - row.start))
    return row.start if cut < 0 else row.start + cut + 1


def _source(name: str, start: int, end: int, at: int, speaker: Source | None, described: str = "") -> Source:
    low = name.lower()
    if low in _PERSONS:
        if speaker is None:
            return Source("", "unattributed", start, end, at)
        return Source(speaker.name, speaker.kind, start, end, at)
    return Source(name, source_kind(described or name), start, end, at)


def _leaves_open(text: str, inside: bool) -> bool:
    for mark in _MARK.findall(text):
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
    """A quotation of several sentences belongs to the speaker named behind its last one."""
    for n in range(len(rows) - 2, -1, -1):
        opens = rows[n].text[0] in '"“`' and _leaves_open(rows[n].text, inside=False)
        if opens and out[n + 1] and rows[n + 1].paragraph == rows[n].paragraph and (
            not out[n] or (out[n][0].start == rows[n].start and out[n][0].end == rows[n].end)
        ):
            s = out[n + 1][0]
            out[n] = [Source(s.name, s.kind, rows[n].start, rows[n].end, s.at)]

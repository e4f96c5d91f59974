"""Names of speakers: the subject before a verb of saying, or the name after it, in the words of the text.

An office with a name in apposition becomes the name ("the mayor, Ann Lee,"), two joined speakers are one name, a document is
named by its author ("a statement from the police"), and a time before a speaker is left out ("on Monday the agency had said").
"""

import re

from streams.domain.extract.source_kinds import is_known
from streams.domain.extract.wordlists import wordlist
from streams.domain.text.temporal import TIME_WORDS
from streams.domain.text.tokenize import Sentence, Words

SAYING = frozenset(wordlist("sources")["saying"])
CUT = frozenset((",", ";", ":", "(", ")", '"', "“", "”", "—", "–", "-", ".", "[", "]", "''", "``"))
_LEFT_STOP = frozenset("that which when where while after before as and but because if although though however".split())
RIGHT_STOP = frozenset(
    "who that which when where while after before as on in at to by about late early yesterday today monday tuesday wednesday "
    "thursday friday saturday sunday stood stands during and but is was were are has have had via following from cited".split()
)
PERSONS = frozenset(("he", "she", "they", "it", "him", "her"))
_LEADING = frozenset("but and however still meanwhile earlier later also yesterday today tonight then now".split())
_DAYTIMES = frozenset(("morning", "afternoon", "evening", "night"))
_SEAMS = frozenset("about to with by into over when was were is are has had as than because".split())
_PAPER = re.compile(
    r"^(?:(?:an?|the|his|her|its|their)\s+)?(?:[\w-]+\s){0,2}(?:statement|release|report|bulletin|communiqu[eé]|tweet|post|message|letter|figure|"
    r"count|tally|estimate|number)s?\s+"
    r"(?:(?:issued|released|posted|received|obtained|published|gathered|compiled|given)\s+)?(?:from|by|of)\s+(?=\S)",
    re.IGNORECASE,
)
_PAPERS = frozenset(
    "statement statements release releases report reports bulletin communique communiqué figures count tally estimates".split()
)
_BEFORE_VERB = frozenset(
    "now still currently also had have has later earlier previously already further reportedly initially".split()
)
_SELF = frozenset("he she they it police officials authorities witnesses".split())
_NO_SUBJECT = frozenset(
    "with in on at during after before by from for of to as under over among since until monday tuesday wednesday thursday friday "
    "saturday sunday while where when".split()
)
ARTICLES = frozenset("a an the his her their its who whose another one head chief deputy local".split())
_OFFICES = frozenset(
    "governor president chief minister director spokesman spokeswoman head mayor secretary professor leader commander chairman "
    "chairwoman manager superintendent commissioner prosecutor ambassador".split()
)
_RELATIVE = frozenset(("which", "who", "whose"))
_ASIDES = frozenset("who which whose through via along speaking adding citing quoting yesterday today".split())
_GIVEN = frozenset("received obtained published issued released".split())
_SAYING_NOUNS = frozenset(("report", "reports", "estimate", "estimates", "count", "counts"))
LONGEST_SUBJECT = 34  # tokens before a verb in which its subject is looked for
_BE = frozenset("was were is are been be".split())
NOT_SOURCES = frozenset("it there this that these those what which who nobody one none some many i we you".split())


def name_left(row: Sentence, words: Words, n: int) -> tuple[str, int, str]:
    """Subject before a verb of saying: (name, be it before or within appositions; its first token; all that describes it)."""
    at, low = n, words.low
    parts: list[tuple[int, int]] = []  # nearest first
    while at > 0 and low[at - 1] in _BEFORE_VERB:
        at -= 1
    if at > 2 and low[at - 1] == ")" and "(" in low[max(0, at - 6) : at]:  # "the refugee agency (UNHCR) said"
        at = max(k for k in range(at) if low[k] == "(")
    closed = at > 0 and low[at - 1] == ","  # a comma before the verb closes an apposition
    at -= closed
    if closed and low[(comma := _comma_before(words, at)) + 1] in _RELATIVE:
        at = comma  # "the council, which follows the floods, said"
    end = at
    while at > 0 and len(parts) < 3 and n - at < LONGEST_SUBJECT:
        word = low[at - 1]
        if word in _SAYING_NOUNS and at == end:  # "initial reports said"
            at -= 1
            continue
        if word in SAYING and at > 1 and low[at - 2] == "who":  # "Ann Lee who confirmed the arrests said"
            at = end = at - 2
            continue
        if word == ")" and end == at and "(" in low[max(0, at - 6) : at]:  # "the agency (UNHCR), yesterday said"
            at = end = max(k for k in range(at) if low[k] == "(")
            continue
        if word == "and" and (start := _joint_speaker(row, words, at - 1)) is not None:
            at = start
            continue
        if cuts(words, at - 1) or word in _LEFT_STOP or word in SAYING:
            aside = end > at and word == "," and not parts and _is_aside(words, at, end)
            if end > at and not aside:
                parts.append((at, end))
            if aside:
                closed = True
            elif word != "," or not parts or not (closed or len(parts) < 2) or low[parts[-1][0]] in _SELF:
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
    if len(parts) > 1 and last - first == 1 and closed and row.text[words.start[first] - row.start :][:2].isupper():
        first, last = parts.pop(1)  # "the Federal Road Corps, FRC, said"
    farther = next((p for p in parts[1:] if proper(row, words, *p)), None)
    if farther is not None and (not proper(row, words, first, last) or _describes(words, first, last)) and closed:
        first, last = farther
    subject = parts[1][0] if len(parts) > 1 and (closed or _describes(words, *parts[1])) else parts[0][0]
    described = row.text[words.start[subject] - row.start : words.start[n] - row.start]
    first = _behind_seam(words, first, last)
    if low[last - 1] in PERSONS:  # "a man they say killed his wife"
        first = last - 1
    last = next((n for n in range(first + 1, last) if low[n] == "who"), last)
    return _clean(row, words, first, last), min(first, parts[0][0]), described


def _comma_before(words: Words, at: int) -> int:
    """Index of the last comma before these words; where there is none nearby, `at`."""
    return next((k for k in range(at - 1, max(0, at - LONGEST_SUBJECT), -1) if words.low[k] == ","), at)


def _is_aside(words: Words, first: int, last: int) -> bool:
    """What stands between a speaker and the verb and names nobody: `who was there`, `in Lagos`, `yesterday`, `through its office`."""
    opens = words.low[first]
    return opens in _ASIDES or opens in _NO_SUBJECT or (last - first < 3 and opens in TIME_WORDS)


def _joint_speaker(row: Sentence, words: Words, at: int) -> int | None:
    """Where the first of two speakers joined by this `and` begins ("residents and a medical group"); None when it joins clauses."""
    first = at
    while first > 0 and at - first < 5 and not cuts(words, first - 1) and words.low[first - 1] not in _LEFT_STOP:
        first -= 1
    opens = first == 0 or cuts(words, first - 1)
    name = row.text[words.start[first] - row.start : words.end[at - 1] - row.start] if first < at else ""
    return first if name and opens and is_known(name) else None


def _skip_leading(words: Words, first: int) -> int:
    low = words.low
    while first < len(low) and (low[first] in _LEADING or _opens_time(words, first)):
        first += 2 if low[first] in ("on", "in", "late", "early", "by", "last") else 1
    return first


def behind_day(words: Words, at: int) -> int:
    """Index after `Wednesday`, `on Monday`, `late on Friday` where they stand at `at`, else `at`."""
    last = at
    while last < len(words.low) and last - at < 3 and words.low[last] in ("on", "late", "early"):
        last += 1
    return last + 1 if last < len(words.low) and TIME_WORDS.get(words.low[last]) in ("weekday", "relative") else at


def _opens_time(words: Words, at: int) -> bool:
    """`on Monday the agency had said`: the words of time before a speaker."""
    pair = words.low[at : at + 2]
    if len(pair) < 2:
        return False
    return pair[0] in _DAYTIMES or (pair[0] in ("on", "in", "late", "early", "by", "last") and pair[1] in TIME_WORDS)


def cuts(words: Words, at: int) -> bool:
    """Whether this mark ends a noun phrase; the point of "Lt." and the hyphen inside a word do not."""
    word = words.low[at]
    if word not in CUT:
        return False
    if word == "." and at and at + 1 < len(words.low):
        if words.low[at - 1] in (
            "sgt",
            "lt",
            "capt",
            "dr",
            "mr",
            "mrs",
            "ms",
            "gen",
            "col",
            "det",
            "rev",
            "gov",
            "sen",
        ):
            return False
        return not (words.end[at - 1] == words.start[at] and len(words.low[at - 1]) <= 4)
    return not (word == "-" and at + 1 < len(words.low) and words.end[at] == words.start[at + 1])


def _behind_seam(words: Words, first: int, last: int) -> int:
    """Where the name begins in words that ran over the end of a sentence without a full stop."""
    if last - first < 9 and words.low[first] not in PERSONS:
        return first
    return next((n + 1 for n in range(last - 2, first, -1) if words.low[n] in _SEAMS), first)


def _describes(words: Words, first: int, last: int) -> bool:
    """Whether a part explains a name ("the head doctor in ...", "Governor of ...") rather than being one."""
    opens = words.low[first]
    return opens in ARTICLES or (opens in _OFFICES and not {"of", "for", "at"}.isdisjoint(words.low[first:last]))


def proper(row: Sentence, words: Words, first: int, last: int) -> bool:
    """Whether these words look like a proper name by their capitals."""
    capitals = sum(row.text[s - row.start].isupper() for s in words.start[max(first, 0) : last])
    return capitals >= 2 or (capitals == 1 and last - first <= 2 and first > 0)


def name_right(row: Sentence, words: Words, at: int) -> tuple[str, int]:
    """Noun phrase from here to the next cut, preposition or verb; (name, index after)."""
    last = at
    while last < len(words.low) and last - at < 14:
        word = words.low[last]
        if cuts(words, last):
            break
        if word in ("from", "by") and last > at and words.low[last - 1] in _PAPERS | _GIVEN:
            at = last + 1
        elif (
            last > at
            and word in SAYING
            and not (word in _SAYING_NOUNS and _is_noun_here(words, last))
            or last > at
            and word in RIGHT_STOP
        ):
            break
        last += 1
    return _clean(row, words, at, last), last


def _is_noun_here(words: Words, at: int) -> bool:
    """Whether `reports` is what was received or published, not what somebody does ("credible reports received by")."""
    return words.low[at + 1 : at + 2] in (["received"], ["obtained"], ["published"], ["from"], ["by"], ["."], [","])


def renamed(row: Sentence, words: Words, at: int) -> str:
    """The name after a description: "his father, Terry Robinson"."""
    if at + 2 >= len(words.low) or words.low[at] != ",":
        return ""
    last = at + 1
    while (
        last < len(words.low)
        and row.text[words.start[last] - row.start].isupper()
        and words.low[last] not in RIGHT_STOP
    ):
        last += 1
    return _clean(row, words, at + 1, last) if last - at > 2 else ""


def _clean(row: Sentence, words: Words, first: int, last: int) -> str:
    if first >= last or (last - first == 1 and words.low[first] in NOT_SOURCES - PERSONS):
        return ""
    name = row.text[words.start[first] - row.start : words.end[last - 1] - row.start].strip("'`\"“”‘ ")
    name = _PAPER.sub("", name)
    return " ".join(name.split()) if any(c.isalpha() for c in name) and len(name) < 140 else ""

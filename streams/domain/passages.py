"""Reads each sentence once: what it says happened, when, where, with which figures, and whether it recalls or counts.

A sentence that tells two happenings ("three drones targeted the airport, and five rockets were fired at a base") is cut at
the clause between them, so that each passage tells one.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from streams.domain.acts import Act, find_acts
from streams.domain.attribution import Source, find_sources
from streams.domain.claims import FoundClaim, find_claims
from streams.domain.places import Toponym, find_toponyms
from streams.domain.text import Sentence, sentences, tokens
from streams.domain.when import FoundPeriod, find_periods

LONGEST = 60_000  # characters read for happenings; news says what happened before that
_CUTS = re.compile(
    r"(?:,\s*(?:and|but|while|where|after|as)\s|;\s|\s(?:in\s+(?:retaliation|response|revenge)\s+(?:for|to)|following|(?:days|weeks|"
    r"months|hours)\s+after|just\s+days\s+after)\s|,\s*(?:which|who)\s)",
    re.IGNORECASE,
)
_RECALL = re.compile(
    r"\b(?:previous(?:ly)?|earlier\s+this\s+(?:year|month|week)|last\s+(?:year|month)|in\s+the\s+past|years?\s+ago|months?\s+ago|"
    r"weeks?\s+ago|decades?\s+ago|anniversary|recalled|had\s+been|history\s+of|the\s+(?:last|previous|first)\s+time|once\s+before|"
    r"similar\s+(?:attack|incident|strike|case|accident)s?|since\s+then|a\s+previous|was\s+also|earlier\s+attack)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?:since\s+(?:the\s+(?:start|beginning)|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|\d{4}|last)|so\s+far\s+this\s+year|in\s+recent\s+(?:years|months|weeks|days)|(?:past|last)\s+(?:\w+\s+)?(?:years|months)|"
    r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:st|nd|rd|th))\s+(?:such|successful|fatal|deadly|homicide|"
    r"murder|killing|attack|shooting|death|time)|series\s+of|wave\s+of|spate\s+of|string\s+of|repeated(?:ly)?|regularly|"
    r"every\s+year|a\s+total\s+of|across\s+the\s+country|this\s+year)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:would|could|might|(?-i:may)|if|plans?\s+to|planned|to\s+prevent|fears?\s+of|feared|risk\s+of|in\s+case\s+of|threat\s+of|warn(?:ed|ing)\s+of|"
    r"prepar(?:e|es|ing)\s+for|drill|exercise|hypothetical|fiction(?:al)?|movie|film|novel|episode)\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\b(?:another|separate(?:ly)?|meanwhile|elsewhere|in\s+a\s+second|a\s+second|a\s+third|at\s+the\s+same\s+time|"
                      r"in\s+other|also)\b", re.IGNORECASE)  # fmt: skip


@dataclass(slots=True)
class Passage:
    """One stretch of text that tells at most one happening; offsets into the body."""

    start: int
    end: int
    text: str
    sentence: int
    paragraph: int
    acts: list[Act]
    periods: list[FoundPeriod]
    toponyms: list[Toponym]
    claims: list[FoundClaim]
    sources: list[Source]
    recalls: bool
    counts: bool
    unreal: bool
    another: bool

    def deed(self) -> Act | None:
        """The strongest deed, the first of equals."""
        return max((a for a in self.acts if a.kind == "deed"), key=lambda a: a.strength, default=None)

    def strength(self) -> int:
        """How surely this passage reports a happening: 0 not at all, 3 its words say so, more with figures."""
        deed = self.deed()
        victims = any(c.what in ("killed", "injured", "missing", "abducted") and not c.known for c in self.claims)
        return (deed.strength if deed else 0) + (2 if victims else 0)

    def has(self, kind: str, least: int = 2) -> bool:
        """Whether it has a word of that kind of at least that strength."""
        return any(a.kind == kind and a.strength >= least for a in self.acts)


def read_passages(text: str, title: str, published: datetime | None, source_country: str | None = None) -> list[Passage]:
    """Passages of an article's text in order."""
    rows = sentences(text[:LONGEST])
    words = [tokens(row.text, row.start) for row in rows]
    sources = find_sources(rows, words)
    places = find_toponyms(text[:LONGEST], title=title, source_country=source_country)
    out: list[Passage] = []
    at = 0
    for n, row in enumerate(rows):
        while at < len(places) and places[at].start < row.start:
            at += 1
        here = []
        while at < len(places) and places[at].start < row.end:
            here.append(places[at])
            at += 1
        acts = find_acts(row.text, row.start)
        claims = find_claims(row, words[n])
        periods = find_periods(row.text, published, row.start)
        spans = _cut(row, acts)
        for start, end in spans:
            out.append(_passage(row, n, start, end, acts, periods, here, claims, sources[n]))
            if start > row.start and not out[-1].periods and row.text[: start - row.start].rstrip().endswith("and"):
                out[-1].periods = [f for f in periods if f.start < start]
    return out


def _passage(row: Sentence, n: int, start: int, end: int, acts: list[Act], periods: list[FoundPeriod], places: list[Toponym],
             claims: list[FoundClaim], sources: list[Source]) -> Passage:  # fmt: skip
    text = row.text[start - row.start : end - row.start]
    return Passage(
        start=start,
        end=end,
        text=text,
        sentence=n,
        paragraph=row.paragraph,
        acts=[a for a in acts if start <= a.start < end],
        periods=[p for p in periods if start <= p.start < end],
        toponyms=[t for t in places if start <= t.start < end],
        claims=[c for c in claims if start <= c.start < end],
        sources=sources,
        recalls=_RECALL.search(text) is not None,
        counts=_COUNT.search(text) is not None,
        unreal=_AHEAD.search(text) is not None,
        another=_ANOTHER.search(text[:60]) is not None,
    )


def _cut(row: Sentence, acts: list[Act]) -> list[tuple[int, int]]:
    """Spans of the clauses that tell different happenings; the whole sentence when it tells one."""
    deeds = [a for a in acts if a.kind == "deed" and a.strength >= 2]
    out, at = [], row.start
    if len(deeds) > 1:
        cuts = [(row.start + m.start(), row.start + m.end()) for m in _CUTS.finditer(row.text)]
        for left, right in pairwise(deeds):
            if (left.family, left.subtype) == (right.family, right.subtype):
                continue
            between = [c for c in cuts if left.end <= c[0] and c[1] <= right.start and c[0] - at > 20 and row.end - c[0] > 25]
            if between:
                out.append((at, between[-1][0]))
                at = between[-1][1]
    out.append((at, row.end))
    return out

"""Reads each sentence once: what it says happened, when, where, with which figures, and whether it recalls or counts.

A sentence that tells two happenings ("three drones targeted the airport, and five rockets were fired at a base") is cut at
the clause between them, so that each passage tells one.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import TypeVar

from streams.domain.extract.attribution import Source, find_sources
from streams.domain.extract.claims import FoundClaim, find_claims
from streams.domain.extract.clauses import clauses
from streams.domain.extract.signal_words import as_act, find_signals
from streams.domain.extract.triggers import Act
from streams.domain.geo.places import Toponym, find_toponyms
from streams.domain.text.phrase_matcher import Cue
from streams.domain.text.temporal import FoundPeriod, find_periods
from streams.domain.text.tokenize import NO_WORDS, Sentence, blank_markup, lowered, sentences, tokens

VICTIMS = frozenset(("killed", "injured", "missing", "abducted"))
LONGEST = 60_000  # characters read for happenings; news says what happened before that
REACH = 45  # characters behind "would", "planned to" in which a deed is not real
BEFORE, BEHIND = 28, 24  # characters around a word of time that its expression may reach
STEM = 5  # letters by which a heading's words are found again
_RECALLING = re.compile(
    r"(?:anniversary\s+of|(?:years?|decades?)\s+(?:since|after|on\s+from)|commemorat\w+|in\s+memory\s+of)\W+(?:\w+\W+){0,7}$",
    re.IGNORECASE,
)
_MEANWHILE = re.compile(r"\W*(?:meanwhile|in\s+addition|similarly|also)\W+(?:\w+\W+){0,2}?in\s", re.IGNORECASE)
_FEARED = re.compile(r"\W+(?:to\s+(?:have|be)\s+)?(?:dead|killed|drowned|missing|trapped|lost|buried)\b", re.IGNORECASE)
_CITY_LINE = re.compile(r"\W{0,4}(?:Photo\s+)?[A-Z][A-Z.'’ -]{2,30}(?:,\s[A-Z][A-Za-z. ]{1,20})?\s(?:--|—|–|-)\s")
_DATELINE = re.compile(
    r"\W{0,4}[A-Z][A-Za-z.'’ -]{1,40}(?:[,(][A-Za-z.,() ]{1,30})?,?\s+(?:\d{1,2}\s+[A-Z][A-Za-z]{2,8}|[A-Z][a-z]{2,8}\.?\s+\d{1,2})"
    r"(?:,?\s+\d{2,4})?\s*(?:\([^()]{2,60}\)\s*)?(?:--|—|–|-)|[A-Z][A-Za-z.'’ ,-]{1,40}\s\([A-Z][^()]{1,40}\)\s*(?:--|—|–|-)"
)
_TOLD = re.compile(
    r"\b(?:said|says|told|identified|announced|confirmed|named|released|reported|statement|arrested|charged|denounced|condemned|"
    r"revealed|tweeted|wrote|added|sentenced|convicted|interview|court|published|posted|updated|conceded|admitted|acknowledged|"
    r"warned|vowed|pledged|stated|declared|accused|accuses|blamed|blames|searching|hunting)\b\W*(?:\w+\W+){0,2}$|\b(?:toll|(?:rose|risen|climbed|jumped)\s+(?:to|by|from))\W*(?:\w+\W+){0,7}$"
)


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
    actors: list[Cue]
    link: str  # the word that joins this clause to the one before it
    headline: bool  # a line without a full stop above the text, or the title told again
    besides: bool  # opens with `meanwhile, in`
    heading: bool  # a line without a full stop inside the text, whose words the next sentence takes up
    dated: int  # where the dateline ends, or where the sentence starts
    low: str  # the text in lower case, of the same length
    _deed: Act | None = field(init=False)

    def __post_init__(self) -> None:
        self._deed = (
            max((act for act in self.acts if act.kind == "deed"), key=_STRENGTH, default=None) if self.acts else None
        )

    def deed(self) -> Act | None:
        """The strongest deed, the first of equals."""
        return self._deed

    def times(self) -> list[FoundPeriod]:
        """Closed times that are not those of saying so ("said on Monday", "identified Tuesday")."""
        closed = [f for f in self.periods if not f.open]
        return [
            f
            for f in closed
            if f.start < self.start
            or not _TOLD.search(self.low, max(0, f.start - self.start - 40), f.start - self.start)
        ]

    def strength(self) -> int:
        """How surely this passage reports a happening: 0 not at all, 3 its words say so, more with figures."""
        deed = self._deed
        victims = bool(self.claims) and any(c.what in VICTIMS and not c.known and c.high != 0 for c in self.claims)
        return (deed.strength if deed else 0) + (2 if victims else 0)

    def has(self, kind: str, least: int = 2) -> bool:
        """Whether it has a word of that kind of at least that strength."""
        return bool(self.acts) and any(a.kind == kind and a.strength >= least for a in self.acts)


def read_passages(text: str, title: str, published: datetime | None, source: str = "") -> list[Passage]:
    """Passages of an article's text in order; `source` is the publisher's domain, which tells which places it means."""
    text = text[:LONGEST]
    rows = sentences(text)
    signals = _by_sentence(rows, find_signals(blank_markup(text)))
    places = _by_sentence(rows, find_toponyms(text, title=title, source=source))
    words = [
        tokens(row.text, row.start) if _worth(row, found) else NO_WORDS
        for row, found in zip(rows, signals, strict=True)
    ]
    sources = find_sources(rows, words)
    out: list[Passage] = []
    for n, row in enumerate(rows):
        groups = {s.group for s in signals[n]}
        reading = _Reading(
            row, n, signals[n], places[n], sources[n],
            find_claims(row, words[n]) if groups & _FIGURES else [],
            _times(row, signals[n], published) if "time" in groups else [], _is_headline(row, n, title),
            n > 0 and _is_heading(row, rows[n + 1] if n + 1 < len(rows) else None),
        )  # fmt: skip
        out.extend(reading.passages())
    return out


_STRENGTH = attrgetter("strength")
_DASHES = frozenset("-–—")
_FIGURES = frozenset(("harm", "attack"))
_QUOTES = frozenset("\"“”`'«»")
_Found = TypeVar("_Found", Cue, Toponym)
_Part = TypeVar("_Part", Act, Cue, FoundClaim, FoundPeriod, Toponym)


def _between(start: int, end: int, found: list[_Part]) -> list[_Part]:
    """What begins inside a span."""
    return [f for f in found if start <= f.start < end]


def _by_sentence(rows: list[Sentence], found: list[_Found]) -> list[list[_Found]]:
    """What was found, in order of start, handed out to the sentences it lies in."""
    out: list[list[_Found]] = []
    at = 0
    for row in rows:
        while at < len(found) and found[at].start < row.start:
            at += 1
        here = []
        while at < len(found) and found[at].start < row.end:
            here.append(found[at])
            at += 1
        out.append(here)
    return out


def _worth(row: Sentence, signals: list[Cue]) -> bool:
    """Whether the sentence is read word by word: it has figures, a word of saying or a quotation."""
    return any(s.group in ("harm", "attack", "say") for s in signals) or not _QUOTES.isdisjoint(row.text)


def _is_month(row: Sentence, cue: Cue) -> bool:
    """The month of March is no demonstration."""
    if cue.end - cue.start != len("march") or row.text[cue.start - row.start : cue.end - row.start].lower() != "march":
        return False
    around = row.text[max(0, cue.start - row.start - 4) : cue.start - row.start] + row.text[cue.end - row.start :][:4]
    return (row.text[cue.start - row.start].isupper() and not row.text.isupper()) or any(c.isdigit() for c in around)


def _is_headline(row: Sentence, n: int, title: str) -> bool:
    if n > 3 or len(row.text) > 160:
        return False
    return row.text.rstrip("\"'” ")[-1:] not in ".?!…" or (bool(title) and row.text.startswith(title[:60]))


def _is_heading(row: Sentence, following: Sentence | None) -> bool:
    """Whether this line heads a story of its own in a round-up: the next sentence takes up at least two of its words."""
    if following is None or len(row.text) > 110 or row.text[-1] in ".?!…:;,\"”'" or following.text[-1] not in '.”"':
        return False
    stems = {w[:STEM].lower() for w in row.text.split()[:16] if len(w) > 3 or w[0].isdigit()}
    low = following.text.lower()
    return len(stems) > 1 and sum(w in low for w in stems) > 1


def is_recalled(text: str, at: int) -> bool:
    """Whether the act at this offset is what an anniversary is of, or lies years back."""
    low = text[max(0, at - 80) : at].lower()
    return ("year" in low or "anniversary" in low or "decade" in low) and _RECALLING.search(
        text, max(0, at - 80), at
    ) is not None


def dateline(text: str, offset: int = 0) -> int:
    """Where the dateline that opens this text ends ("BOGOTA, 1 MAY 89 (AFP) --", "WASHINGTON, Nov 6 (Reuters) -"), else `offset`."""
    m = _DATELINE.match(text, offset)
    return m.end() if m else offset


def _behind_city(text: str) -> int:
    """Where a dateline ends, be it of a place alone ("LEWISTON, Maine —"); 0 without one."""
    if _DASHES.isdisjoint(text):
        return 0
    m = _DATELINE.match(text) or _CITY_LINE.match(text)
    return m.end() if m else 0


def _times(row: Sentence, signals: list[Cue], published: datetime | None) -> list[FoundPeriod]:
    """Time expressions around the words of time, each stretch of the sentence read once; not the date of a dateline."""
    out: list[FoundPeriod] = []
    at = dateline(row.text)
    for s in signals:
        if s.group != "time" or s.start - row.start < at:
            continue
        low, high = max(at, s.start - row.start - BEFORE), s.end - row.start + BEHIND
        found = find_periods(row.text, published, row.start, low, high, s.value)
        out.extend(found)
        at = found[-1].end - row.start if found else s.end - row.start
    return out


@dataclass(slots=True)
class _Reading:
    """All that was found in one sentence."""

    row: Sentence
    number: int
    signals: list[Cue]
    places: list[Toponym]
    sources: list[Source]
    claims: list[FoundClaim]
    periods: list[FoundPeriod]
    headline: bool
    heading: bool

    def passages(self) -> list[Passage]:
        """The sentence as passages of one happening each; a clause behind `and` shares the time told before it."""
        acts = [
            as_act(s)
            for s in self.signals
            if s.group == "act"
            and not _is_month(self.row, s)
            and not is_recalled(self.row.text, s.start - self.row.start)
        ]
        spans = clauses(self.row, acts, headline=self.headline)
        out = [self._passage(start, end, acts, link) for start, end, link in spans]
        for p in out[1:]:
            if not p.periods and self.row.text[: p.start - self.row.start].rstrip().endswith("and"):
                p.periods = [f for f in self.periods if f.start < p.start]
        return out

    def _governs(self, cue: Cue, acts: list[Act], end: int) -> bool:
        """Whether a deed stands within reach behind a word of planning or doubt, or none stands in the clause at all."""
        if _FEARED.match(self.row.text, cue.end - self.row.start):
            return False
        deeds = [a for a in acts if a.kind == "deed" and a.start < end]
        return not deeds or any(0 <= a.start - cue.end <= REACH for a in deeds)

    def _opens_another(self, cue: Cue, acts: list[Act]) -> bool:
        """`elsewhere`, `at the same time` do by themselves; `another`, `a third` only right before the deed."""
        if cue.value is True:
            return True
        if any(
            c.kind == "count" and c.start <= cue.start < c.end for c in self.claims
        ):  # "another 36 people were killed"
            return False
        return any(a.kind == "deed" and 0 <= a.start - cue.end <= 22 for a in acts)

    def _passage(self, start: int, end: int, acts: list[Act], link: str) -> Passage:
        row, signals = self.row, self.signals
        text = row.text
        periods, places, claims = self.periods, self.places, self.claims
        if end - start < len(text):
            text = text[start - row.start : end - row.start]
            signals, own = _between(start, end, signals), _between(start, end, acts)
            periods, places, claims = (
                _between(start, end, periods),
                _between(start, end, places),
                _between(start, end, claims),
            )
        else:
            own = acts
        groups = {s.group for s in signals}
        return Passage(
            start=start,
            end=end,
            text=text,
            sentence=self.number,
            paragraph=row.paragraph,
            acts=own,
            periods=periods,
            toponyms=places,
            claims=claims,
            sources=self.sources,
            recalls="recall" in groups,
            counts="many" in groups,
            unreal="unreal" in groups and any(s.group == "unreal" and self._governs(s, acts, end) for s in signals),
            actors=[s for s in signals if s.group == "actor"] if "actor" in groups else [],
            link=link,
            headline=self.headline,
            heading=self.heading,
            dated=row.start + _behind_city(row.text),
            besides=_MEANWHILE.match(row.text, start - row.start) is not None,
            another=any(
                s.group == "another" and self._opens_another(s, acts)
                for s in self.signals
                if start <= s.start < start + 60
            ),
            low=lowered(text),
        )

"""The passages of a document: stretches of text that report at most one incident each, with all that was found in them.

A passage is a sentence, or one clause of a sentence that reports two incidents ("three drones targeted the airport, and five
rockets were fired at a base").
"""

import re
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from streams.domain.extract.attribution import Source
from streams.domain.extract.clauses import clauses
from streams.domain.extract.found_claim import FoundClaim
from streams.domain.extract.sentence_readings import claims, places, signals, sources, times, title_signals
from streams.domain.extract.signal_words import as_trigger
from streams.domain.extract.triggers import Trigger, TriggerKind
from streams.domain.geo.places import Toponym
from streams.domain.text.dateline import any_dateline_end
from streams.domain.text.document import Document, annotation, text_sentences
from streams.domain.text.phrase_matcher import Cue
from streams.domain.text.temporal import FoundPeriod
from streams.domain.text.tokenize import Sentence, lowered

VICTIMS = frozenset(("killed", "injured", "missing", "abducted"))
REACH = 45  # characters after "would", "planned to" in which an event is not real
STEM = 5  # first letters by which words of a heading are compared
_RECALLING = re.compile(
    r"(?:anniversary\s+of|(?:years?|decades?)\s+(?:since|after|on\s+from)|commemorat\w+|in\s+memory\s+of)\W+(?:\w+\W+){0,7}$",
    re.IGNORECASE,
)
_MEANWHILE = re.compile(r"\W*(?:meanwhile|in\s+addition|similarly|also)\W+(?:\w+\W+){0,2}?in\s", re.IGNORECASE)
_FEARED = re.compile(r"\W+(?:to\s+(?:have|be)\s+)?(?:dead|killed|drowned|missing|trapped|lost|buried)\b", re.IGNORECASE)
_TOLD = re.compile(
    r"\b(?:said|says|told|identified|announced|confirmed|named|released|reported|statement|arrested|charged|denounced|condemned|"
    r"revealed|tweeted|wrote|added|sentenced|convicted|interview|court|published|posted|updated|conceded|admitted|acknowledged|"
    r"warned|vowed|pledged|stated|declared|accused|accuses|blamed|blames|searching|hunting)\b\W*(?:\w+\W+){0,2}$|\b(?:toll|(?:rose|risen|climbed|jumped)\s+(?:to|by|from))\W*(?:\w+\W+){0,7}$"
)
_strength = attrgetter("strength")
_Part = TypeVar("_Part", Trigger, Cue, FoundClaim, FoundPeriod, Toponym)


@dataclass(slots=True, eq=False)
class Passage:
    """One stretch of text that reports at most one incident; offsets into the document's text."""

    start: int
    end: int
    text: str
    sentence: int
    paragraph: int
    triggers: list[Trigger]
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
    headline: bool  # a line without a full stop above the text, or the repeated title
    besides: bool  # opens with `meanwhile, in`
    heading: bool  # a line without a full stop inside the text, whose words the next sentence takes up
    dated: int  # where the dateline ends, or where the sentence starts
    low: str  # the text in lower case, of the same length
    event: Trigger | None = field(init=False)  # the strongest trigger of an event, the first of equals
    strength: int = field(
        init=False
    )  # how surely it reports an incident: 0 not at all, 3 by its words, more with victims

    def __post_init__(self) -> None:
        self.event = max((t for t in self.triggers if t.kind == "event"), key=_strength, default=None)
        victims = any(c.what in VICTIMS and not c.known and c.high != 0 for c in self.claims)
        self.strength = (self.event.strength if self.event else 0) + (2 if victims else 0)

    def times(self) -> list[FoundPeriod]:
        """Closed times, without those of statements ("said on Monday", "identified Tuesday")."""
        closed = [f for f in self.periods if not f.open]
        return [
            f
            for f in closed
            if f.start < self.start
            or not _TOLD.search(self.low, max(0, f.start - self.start - 40), f.start - self.start)
        ]

    def has(self, kind: TriggerKind, least: int = 2) -> bool:
        """Whether it has a trigger of that kind of at least that strength."""
        return bool(self.triggers) and any(t.kind == kind and t.strength >= least for t in self.triggers)


@annotation
def passages(document: Document) -> list[Passage]:
    """Passages of the document in order."""
    rows = text_sentences(document)
    read = zip(
        rows, signals(document), places(document), sources(document), claims(document), times(document), strict=True
    )
    out: list[Passage] = []
    for n, (row, signs, sites, said, figures, periods) in enumerate(read):
        following = rows[n + 1] if n + 1 < len(rows) else None
        sentence = _SentenceReading(
            row, n, signs, sites, said, figures, periods,
            headline=_is_headline(row, n, document.title), heading=n > 0 and _is_heading(row, following),
        )  # fmt: skip
        out.extend(sentence.passages())
    return out


@annotation
def title_events(document: Document) -> list[Trigger]:
    """Events of the title, without the event that an anniversary recalls; offsets into the title."""
    found = [s for s in title_signals(document) if s.group == "trigger"]
    return [as_trigger(s) for s in found if not is_recalled(document.title, s.start)]


def _between(start: int, end: int, found: list[_Part]) -> list[_Part]:
    """The items that begin inside a span."""
    return [f for f in found if start <= f.start < end]


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
    """Whether the event at this offset is what an anniversary is of, or lies years back."""
    low = text[max(0, at - 80) : at].lower()
    return ("year" in low or "anniversary" in low or "decade" in low) and _RECALLING.search(
        text, max(0, at - 80), at
    ) is not None


@dataclass(slots=True, eq=False)
class _SentenceReading:
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
        """The sentence as passages of one incident each; a clause after `and` shares the time told before it."""
        triggers = [
            as_trigger(s)
            for s in self.signals
            if s.group == "trigger"
            and not _is_month(self.row, s)
            and not is_recalled(self.row.text, s.start - self.row.start)
        ]
        spans = clauses(self.row, triggers, headline=self.headline)
        out = [self._passage(start, end, triggers, link) for start, end, link in spans]
        for p in out[1:]:
            if not p.periods and self.row.text[: p.start - self.row.start].rstrip().endswith("and"):
                p.periods = [f for f in self.periods if f.start < p.start]
        return out

    def _governs(self, cue: Cue, triggers: list[Trigger], end: int) -> bool:
        """Whether an event stands within reach after a word of planning or doubt, or none stands in the clause at all."""
        if _FEARED.match(self.row.text, cue.end - self.row.start):
            return False
        events = [t for t in triggers if t.kind == "event" and t.start < end]
        return not events or any(0 <= t.start - cue.end <= REACH for t in events)

    def _opens_another(self, cue: Cue, triggers: list[Trigger]) -> bool:
        """`elsewhere`, `at the same time` do by themselves; `another`, `a third` only right before the event."""
        if cue.value is True:
            return True
        if any(
            c.kind == "count" and c.start <= cue.start < c.end for c in self.claims
        ):  # "another 36 people were killed"
            return False
        return any(t.kind == "event" and 0 <= t.start - cue.end <= 22 for t in triggers)

    def _passage(self, start: int, end: int, triggers: list[Trigger], link: str) -> Passage:
        row, signals = self.row, self.signals
        text = row.text
        periods, places, claims = self.periods, self.places, self.claims
        if end - start < len(text):
            text = text[start - row.start : end - row.start]
            signals, own = _between(start, end, signals), _between(start, end, triggers)
            periods, places, claims = (
                _between(start, end, periods),
                _between(start, end, places),
                _between(start, end, claims),
            )
        else:
            own = triggers
        groups = {s.group for s in signals}
        return Passage(
            start=start,
            end=end,
            text=text,
            sentence=self.number,
            paragraph=row.paragraph,
            triggers=own,
            periods=periods,
            toponyms=places,
            claims=claims,
            sources=self.sources,
            recalls="recall" in groups,
            counts="many" in groups,
            unreal="unreal" in groups and any(s.group == "unreal" and self._governs(s, triggers, end) for s in signals),
            actors=[s for s in signals if s.group == "actor"] if "actor" in groups else [],
            link=link,
            headline=self.headline,
            heading=self.heading,
            dated=row.start + any_dateline_end(row.text),
            besides=_MEANWHILE.match(row.text, start - row.start) is not None,
            another=any(
                s.group == "another" and self._opens_another(s, triggers)
                for s in self.signals
                if start <= s.start < start + 60
            ),
            low=lowered(text),
        )

"""The reading of one mention, and its record."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Literal

from schemas.identity import digest
from schemas.records import Actor, Claim, Features, FieldSpan, Mention, Period, Place, Span
from streams.domain.event_type.classifier import article_types
from streams.domain.extract.actors import MOST, FoundActor, read_actors
from streams.domain.extract.passages import Passage, passages
from streams.domain.extract.sentence_readings import title_claims
from streams.domain.extract.triggers import Trigger
from streams.domain.geo.places import Toponym, block, to_place
from streams.domain.mentions.casualty_totals import Toll
from streams.domain.mentions.claim_dedup import claims_of
from streams.domain.mentions.draft import Draft, MentionRole
from streams.domain.mentions.event_location import event_place
from streams.domain.mentions.incident_total import Setting
from streams.domain.mentions.link_features import NAMES, article_features, article_text, features, text_language
from streams.domain.mentions.mention_type import EventType, by_actors, by_means, story_type
from streams.domain.mentions.severity import grade
from streams.domain.text.document import Document
from streams.domain.text.temporal import FoundPeriod, period

Field = Literal["type", "place", "time", "actors"]
_FREED = re.compile(
    r"\b(?:free|freed|frees|released?|releases|rescued?|rescues|found\s+(?:alive|safe|unharmed|well)|safe|reunited|back\s+home|return(?:s|ed)?\s+home)\b",
    re.IGNORECASE,
)
STORY_SENTENCES = 4  # in which the place of a story is looked for
RECENT = timedelta(days=8)  # how long before publication a day at the top may be the day of the news
FAR_BACK = timedelta(days=60)  # before publication: such a day is not that of news
_YEAR = re.compile(r"\d{4}")
LEADING: frozenset[MentionRole] = frozenset(("main", "story"))  # what an article is about
_ABOUT_OTHERS: frozenset[MentionRole] = frozenset(
    ("statement", "aggregate")
)  # joined by what they are about, never by likeness


@dataclass(frozen=True, slots=True)
class MentionReading:
    """One mention as read, in the terms of the record; `text` is what its linking features are taken from."""

    role: MentionRole
    type: EventType
    evidence: Span
    also: tuple[Span, ...]
    place: Place | None
    time: Period | None
    actors: tuple[Actor, ...]
    claims: tuple[Claim, ...]
    read_from: tuple[FieldSpan, ...]
    text: str
    confidence: float
    toll: Toll | None = None
    rules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # further names for linking: English ones of places named in other languages


def read_mention(
    document: Document, draft: Draft, found: EventType, toll: Toll | None, toponym: Toponym | None, told: list[Passage]
) -> MentionReading:
    """The mention of a draft of that type at `toponym`; `told` is what has its figures."""
    best = draft.best_passage()
    time, said = draft_time(document, draft)
    actors = _actors(draft)
    return MentionReading(
        role=draft.role,
        type=by_actors(by_means(found, best.text), actors),
        evidence=Span(start=best.start, end=best.end),
        also=tuple(
            Span(start=p.start, end=p.end)
            for p in draft.evidence or draft.passages
            if p is not best and _reports(draft, p)
        ),
        place=to_place(toponym) if toponym else None,
        time=time,
        actors=tuple(a.actor for a in actors),
        claims=claims_of(told, document.text, setting_of(document, draft, found.family, time, toll)),
        read_from=_read_from(best.event, toponym, said, actors),
        text=" ".join(p.text for p in draft.passages),
        confidence=_confidence(draft),
        toll=toll,
        rules=draft.rules,
    )


def read_story(document: Document) -> MentionReading:
    """The one mention of an article that reports no incident."""
    article = passages(document)
    start, end = (article[0].start, article[0].end) if article else (0, len(document.text))
    top = Draft("story", [p for p in article if p.sentence < STORY_SENTENCES])
    toponym = event_place(document, top) if top.passages else None
    days = ((f.period, f.start, f.end) for p in top.passages for f in p.times())
    return MentionReading(
        role="story",
        type=story_type(document),
        evidence=Span(start=start, end=max(end, start)),
        also=(),
        place=to_place(toponym) if toponym else None,
        time=recalled_day(document, days),
        actors=(),
        claims=(),
        read_from=_read_from(None, toponym, None, ()),
        text=document.text,
        confidence=min(1.0, article_types(document)[0].probability),
        rules=("no news",),
    )


def setting_of(document: Document, draft: Draft, family: str, time: Period | None, toll: Toll | None) -> Setting:
    """The setting by which a draft's figures are weighed; the headline is that of the news."""
    news = draft.role == "main"
    return Setting(
        headline=tuple(title_claims(document)) if news else (),
        article_toll=toll,
        news=news,
        freed=news and _FREED.search(document.title) is not None,
        opens=draft.role in ("main", "background"),
        family=family,
        age=max(0, (document.published - time.end).days) if time else None,
        reports=draft.reports,
    )


def linked_texts(document: Document, found: Sequence[MentionReading]) -> Iterator[tuple[str, str]]:
    """Titles and texts that the features of these mentions are taken from: the article's for its first news, else the passage's."""
    first = next((m for m in found if m.role in LEADING), None)
    for m in found:
        if m is first:
            yield article_text(document)
        elif m.role not in _ABOUT_OTHERS:
            yield "", m.text


class MentionWriter:
    """Makes the records of one document's mentions, each with an id of its own.

    The title and the whole text are those of the article's first news, which link features are taken from.
    """

    def __init__(self, document: Document, story_id: str) -> None:
        self.document, self.story_id = document, story_id
        self._ids: set[str] = set()
        self._led = False  # whether the first news has been written

    def record(self, m: MentionReading) -> Mention:
        """The record of one mention."""
        a = self.document.article
        leads = m.role in LEADING and not self._led
        self._led = self._led or leads
        return Mention(
            mention_id=self._identity(m),
            document_id=a.article_id,
            document_kind="article",
            story_id=self.story_id,
            block=block(m.place),
            role=m.role,
            family=m.type.family,
            subtype=m.type.subtype,
            place=m.place,
            time=m.time,
            actors=m.actors,
            claims=m.claims,
            evidence=m.evidence,
            also=m.also,
            read_from=m.read_from,
            passage=self.document.text[m.evidence.start : m.evidence.end],
            confidence=m.confidence,
            severity=grade(*m.type, m.claims, m.toll),
            title=a.title if leads else "",
            url=a.url,
            source=a.source,
            origin=(a.origin or a.source.domain or a.feed or "unknown").lower(),
            lang=a.lang,
            reported_at=a.published_at or a.fetched_at,
            dated=a.published_at is not None,
            features=self._features(m, leads=leads),
        )

    def _features(self, m: MentionReading, *, leads: bool) -> Features:
        if m.role in _ABOUT_OTHERS:
            return Features()
        found = article_features(self.document) if leads else features("", m.text, text_language(self.document))
        return replace(found, names=(*m.names, *found.names)[:NAMES]) if m.names else found

    def _identity(self, m: MentionReading) -> str:
        parts = [self.document.article.article_id, m.role, str(m.evidence.start), str(m.evidence.end), m.type.family]
        key = digest("mention", *parts)
        while key in self._ids:
            parts.append("again")
            key = digest("mention", *parts)
        self._ids.add(key)
        return key


def _reports(draft: Draft, p: Passage) -> bool:
    """Whether a further passage reports the incident itself, rather than a figure or a word on it."""
    if draft.evidence:
        return any(p is e for e in draft.evidence)
    return any(t.strength > 1 for t in p.triggers)


def draft_time(document: Document, draft: Draft) -> tuple[Period | None, FoundPeriod | None]:
    """When it happened, and the words that say so; news without a day of its own is of the day before or the same.

    Of an article of no date only a day with its year says anything.
    """
    said, published = draft.time, document.published
    if said is None and draft.role == "main":
        near = [f for p in passages(document)[:6] for f in p.times() if f.period.precision == "day"]
        said = next((f for f in near if published - RECENT <= f.period.start <= published), None)
        if said is None and not undated(document):
            day = published.astimezone(UTC).date()
            return period(day - timedelta(days=1), day, "day"), None
    if said is None or (draft.role in ("main", "background", "aggregate") and said.period.start > published):
        return None, None
    if undated(document) and not names_year(document, said.start, said.end):
        return None, None
    return said.period, said


def undated(document: Document) -> bool:
    """Whether a document was published nobody knows when: it was collected at some later time."""
    return document.article.published_at is None and document.published == document.article.fetched_at


def recalled_day(document: Document, told: Iterable[tuple[Period, int, int]]) -> Period | None:
    """The first of some days with the offsets of their words that is written with its year and lies far back.

    A story that is told again on an anniversary, or at a trial, says so which event it is about.
    """
    for day, start, end in told:
        far_back = undated(document) or document.published - day.start > FAR_BACK
        if day.precision == "day" and day.start <= document.published and far_back and names_year(document, start, end):
            return day
    return None


def names_year(document: Document, start: int, end: int) -> bool:
    """Whether the words of a day name its year, so that it does not depend on the time of publication."""
    return _YEAR.search(document.text, start, end) is not None


def _read_from(
    event: Trigger | None, place: Toponym | None, time: FoundPeriod | None, actors: Iterable[FoundActor]
) -> tuple[FieldSpan, ...]:
    """The words of each field, in the order of the record."""
    one: tuple[tuple[Field, Trigger | Toponym | FoundPeriod | None], ...] = (
        ("type", event),
        ("place", place),
        ("time", time),
    )
    spans = [FieldSpan(field=name, start=found.start, end=found.end) for name, found in one if found]
    return (*spans, *(FieldSpan(field="actors", start=a.start, end=a.end) for a in actors))


def _actors(draft: Draft) -> tuple[FoundActor, ...]:
    """Who takes part, the first naming of each in the first passages."""
    out: dict[str, FoundActor] = {}
    for p in draft.passages[:6]:
        cues = [c._replace(start=c.start - p.start, end=c.end - p.start) for c in p.actors]
        for found in read_actors(p.text, cues, p.start):
            out.setdefault(found.actor.name.lower(), found)
    return tuple(out.values())[:MOST]


def _confidence(draft: Draft) -> float:
    best = max((p.strength for p in draft.passages), default=0)
    value = 0.35 + 0.1 * min(best, 5) + 0.05 * min(len(draft.passages), 3) + (0.05 if draft.time else 0.0)
    return round(min(value, 0.98), 3)

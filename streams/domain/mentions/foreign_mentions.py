"""Mentions of a document in another language: its news with figures by source, and what it recalls of other years."""

from collections.abc import Sequence
from datetime import UTC, timedelta

from schemas.records import Claim, FieldSpan, Period, Span
from streams.domain.geo.places import to_place
from streams.domain.languages.figures import Figure
from streams.domain.languages.foreign_reading import ForeignReading, ForeignSentence
from streams.domain.mentions.casualty_totals import Toll
from streams.domain.mentions.mention_reading import MentionReading, names_year, recalled_day, undated
from streams.domain.mentions.mention_type import EventType
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document
from streams.domain.text.temporal import period

STATED = 1_000_000_000  # greatest figure that is believed


def foreign_mentions(document: Document, read: ForeignReading) -> list[MentionReading]:
    """The news of a document, or its one story; after it the history that it recalls with figures."""
    news = [s for s in read.sentences if not s.recalled] or read.sentences
    found = EventType(read.guesses[0].family, read.guesses[0].subtype)
    if not read.is_news:
        found = found if ontology().by_name[found.name].incident is False else EventType("other", "unread")
    first = _mention(document, read, "main" if read.is_news else "story", found, news)
    past = [s for s in read.sentences if s.recalled and s.figures]
    if not past or not ontology().by_name[f"{read.guesses[0].family}/{read.guesses[0].subtype}"].incident:
        return [first]
    kind = EventType(read.guesses[0].family, read.guesses[0].subtype)
    return [first, _mention(document, read, "background", kind, past)]


def _mention(
    document: Document, read: ForeignReading, role: str, kind: EventType, sentences: Sequence[ForeignSentence]
) -> MentionReading:
    top = sentences[0] if sentences else None
    evidence = Span(start=top.start, end=top.end) if top else Span(start=0, end=len(document.text))
    claims = _claims(document, sentences) if role != "story" else ()
    time = _time(document, read) if role == "main" else recalled_day(document, read.days) if role == "story" else None
    return MentionReading(
        role=role,  # type: ignore[arg-type]  # one of the three roles named above
        type=kind,
        evidence=evidence,
        also=tuple(Span(start=s.start, end=s.end) for s in sentences[1:] if s.figures) if role == "main" else (),
        place=to_place(read.place.toponym) if read.place and role != "background" else None,
        time=time,
        actors=(),
        claims=claims,
        read_from=_read_from(read, time) if role == "main" else (),
        text=" ".join(document.text[s.start : s.end] for s in sentences),
        confidence=round(min(0.98, read.incident), 3)
        if role != "story"
        else round(min(0.49, read.guesses[0].probability), 3),
        toll=_toll(read) if role == "main" else None,
        rules=(f"read in {read.lang}",),
        names=read.places,
    )


def _time(document: Document, read: ForeignReading) -> Period | None:
    """The day that the lead names, else that of publication or the day before; of an undated one only a day with its year."""
    if read.time is not None and read.time[0].start <= document.published:
        told, start, end = read.time
        return told if not undated(document) or names_year(document, start, end) else None
    if undated(document):
        return None
    day = document.published.astimezone(UTC).date()
    return period(day - timedelta(days=1), day, "day")


def _claims(document: Document, sentences: Sequence[ForeignSentence]) -> tuple[Claim, ...]:
    """Each figure of each source once, in the order of the text."""
    out: dict[tuple[object, ...], Claim] = {}
    for told in sentences:
        for figure in told.figures:
            start, end = told.start + told.words[figure.first].start, told.start + told.words[figure.last - 1].end
            source, kind = None, "unattributed"
            if told.source is not None:
                source = document.text[told.start + told.source.start : told.start + told.source.end]
                kind = told.source.kind
            claim = Claim(
                what=figure.what,  # type: ignore[arg-type]  # the packs name the record's own words
                min=believed(figure.low), max=believed(figure.high), of=_counted(document, told, figure),
                attributed_to=source, attribution_kind=kind,  # type: ignore[arg-type]  # of Source
                stated_at=document.published, quote=Span(start=start, end=end), text=document.text[start:end],
            )  # fmt: skip
            out.setdefault((claim.what, claim.min, claim.max, source), claim)
    return tuple(out.values())


def believed(value: int | None) -> int | None:
    """A figure as a record may hold it; None beyond what is believed."""
    return value if value is None or value <= STATED else None


def _counted(document: Document, told: ForeignSentence, figure: Figure) -> str:
    if figure.of is None:
        return "people"
    first, last = figure.of
    return document.text[told.start + told.words[first].start : told.start + told.words[last - 1].end]


def _toll(read: ForeignReading) -> Toll:
    """The first figures, the headline's before the text's."""
    killed, injured = (
        next((f.low if f.low is not None else f.high or 0 for f in read.figures if f.what == what), 0)
        for what in ("killed", "injured")
    )
    return Toll(killed, injured)


def _read_from(read: ForeignReading, time: Period | None) -> tuple[FieldSpan, ...]:
    spans = []
    if read.place is not None and not read.place_in_title:
        spans.append(FieldSpan(field="place", start=read.place.tagged.start, end=read.place.tagged.end))
    if read.time is not None and read.time[0] is time:
        spans.append(FieldSpan(field="time", start=read.time[1], end=read.time[2]))
    return tuple(spans)

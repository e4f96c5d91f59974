"""What only the headline states of an article's news: teasers of feeds often begin where the headline ends."""

import re
from collections.abc import Iterable
from dataclasses import replace

from schemas.records import Claim, Span
from streams.domain.extract.sentence_readings import title_claims
from streams.domain.geo.places import Toponym, find_toponyms, to_place
from streams.domain.languages.foreign_reading import ForeignReading
from streams.domain.languages.words import words_of
from streams.domain.mentions.foreign_mentions import believed
from streams.domain.mentions.mention_reading import MentionReading
from streams.domain.text.document import Document
from streams.domain.text.numbers import as_worded

HARM = frozenset(("killed", "injured", "missing", "arrested", "displaced", "abducted"))
IN_HEADLINE = Span(start=0, end=0)  # of a claim whose words the body lacks
_AT = re.compile(r"\b(?:in|at|near|off|outside|on|around|across)\s+(?:the\s+)?$", re.IGNORECASE)


def with_headline(document: Document, m: MentionReading, foreign: ForeignReading | None) -> MentionReading:
    """The one news of an article with what its headline alone states: figures of harm that the text has none of, and the place.

    Such a claim has an empty span and the headline's words.
    """
    if not document.title or document.title.strip() == document.text.strip():
        return m
    told = {c.what for c in m.claims}
    further = _foreign(document, foreign) if foreign else _english(document)
    claims = [c for c in further if c.what in HARM and c.what not in told]
    place = m.place
    if place is None and not foreign and (named := _place(document)) is not None:
        place = to_place(named)
    return replace(m, claims=(*m.claims, *claims), place=place)


def _english(document: Document) -> Iterable[Claim]:
    for c in title_claims(document):
        words = document.title[c.start : c.end]
        if c.ruled and not c.known:
            yield Claim(
                what=c.what, min=c.low, max=c.high, of=c.of, quote=IN_HEADLINE, text=words,
                words=as_worded(words, c.low, c.high),
            )  # fmt: skip


def _foreign(document: Document, read: ForeignReading) -> Iterable[Claim]:
    words = words_of(document.title)
    for figure in read.title_figures:
        start, end = words[figure.first].start, words[figure.last - 1].end
        yield Claim(
            what=figure.what,  # type: ignore[arg-type]  # the packs name the record's own words
            min=believed(figure.low), max=believed(figure.high), stated_at=document.published, quote=IN_HEADLINE,
            text=document.title[start:end],
        )  # fmt: skip


def _place(document: Document) -> Toponym | None:
    """The place of the headline: one with a word of place before it, else the only one."""
    title = document.title
    named = find_toponyms(title, source=document.article.source.domain)
    at = [t for t in named if _AT.search(title[: t.start])]
    return at[-1] if at else named[0] if len(named) == 1 else None

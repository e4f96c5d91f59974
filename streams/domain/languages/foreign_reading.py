"""Reads a document in another language: type, places, day, figures of harm and their sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from streams.domain.geo.places import country_of
from streams.domain.languages.dates import find_day, past_year
from streams.domain.languages.event_types import guess_types, vectors_of
from streams.domain.languages.figures import Figure, find_figures
from streams.domain.languages.language_pack import CODES, Mark, Pack, pack
from streams.domain.languages.places import ResolvedPlace, news_place, read_places
from streams.domain.languages.source_phrases import Source, find_source
from streams.domain.languages.words import Word, words_of
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation
from streams.domain.text.lead import headline, headline_and_lead

if TYPE_CHECKING:
    from datetime import datetime

    from schemas.records import Period
    from streams.domain.event_type.classifier import TypeGuess

SENTENCES = 14  # that are read; later ones mostly repeat or recall
LONGEST = 2_500  # characters of them
LONGEST_SENTENCE = 500  # characters; a longer one is read in pieces
PLACED = 2, 5  # sentences in which places are looked for beside the title, and where those name none
SURE, LIKELY = 0.85, 0.5  # of an incident by type alone, and with figures or triggers
SHARE = {True: 0.9, False: 0.75}  # highest confidence: of languages that the vectors know well, and of others
_CUT = re.compile(r"(?:[.!?…]+[\"'»”)\]]*\s+|[。！？।؟॥]+[」』”\"]*\s*|\n+)")
_ABBREVIATED = re.compile(r"(?:\b\w|\b(?:Dr|Sr|Sra|Mr|St|ул|гг?|им|тыс|млн|z\.B|ca|bzw|Nr|núm|av|pp|جر))\.\s+$")
_ORDINAL = re.compile(r"\b\d{1,2}\.\s+$")


class ForeignSentence(NamedTuple):
    """A sentence of the body: offsets, its words with offsets into the sentence, and what it says."""

    start: int
    end: int
    words: list[Word]
    marks: list[Mark]
    figures: list[Figure]
    source: Source | None
    recalled: bool


@dataclass(frozen=True, slots=True)
class ForeignReading:
    """The reading of a document. `title_figures` are those of the headline; offsets of `sentences` refer to the document's text."""

    lang: str
    guesses: list[TypeGuess]
    incident: float  # how likely it reports one
    title_figures: list[Figure]
    sentences: list[ForeignSentence]
    place: ResolvedPlace | None
    place_in_title: bool
    places: tuple[str, ...]  # English names of all places, lower case
    time: tuple[Period, int, int] | None
    days: tuple[tuple[Period, int, int], ...]  # all days that the first sentences name, recalled ones among them
    recalled: bool  # the whole is about something long ago

    @property
    def is_news(self) -> bool:
        """Whether it reports an incident as news."""
        best = self.guesses[0]
        told = any(f.high or f.low for f in self.figures)
        enough = LIKELY if told or self._named() else SURE
        return not self.recalled and ontology().get(best.family, best.subtype).incident and self.incident >= enough

    @property
    def figures(self) -> list[Figure]:
        """All figures of the news."""
        return [*self.title_figures, *(f for s in self.sentences if not s.recalled for f in s.figures)]

    def _named(self) -> bool:
        best = f"{self.guesses[0].family}/{self.guesses[0].subtype}"
        return any(m.tag == "type" and m.value == best for s in self.sentences[:2] for m in s.marks)


def language_of(document: Document) -> str | None:
    """The code of the pack that reads a document; None for English and for languages without a pack."""
    code = (document.article.lang or "").partition("-")[0].lower()
    return code if not document.readable and code in CODES else None


@annotation
def foreign_reading(document: Document) -> ForeignReading | None:
    """The reading of a document in a language that a pack reads; None for any other."""
    code = language_of(document)
    return (
        read_text(document.title, document.text, code, document.published, document.article.source.domain)
        if code
        else None
    )


def read_text(title: str, text: str, code: str, published: datetime, source: str = "") -> ForeignReading:
    """The reading of a title and a text in that language. Deterministic; never raises on any text."""
    language = pack(code)
    body = "" if text.strip() == title.strip() else text
    title_words = words_of(title)
    title_marks = language.marks(title_words)
    told = [
        _told(text, start, end, language, published, number) for number, (start, end) in enumerate(cut(text, language))
    ]
    lead = [m for s in told[:3] for m in s.marks]
    title_figures = find_figures(title_words, title_marks, language) if body else []
    harmed = any(f.high or f.low for f in (*title_figures, *(f for s in told[:3] for f in s.figures)))
    guesses, incident = guess_types(
        vectors_of([headline_and_lead(headline(title, source), text)])[0], title_marks, lead, language, harmed=harmed
    )
    spots = _spots(title, body, told, code, source)
    place = news_place(spots)
    days = [(s, t) for s in told[:4] if (t := _day(s, published))]
    time = next((t for s, t in days if not s.recalled), None)
    recalled = any(m.tag == "long_ago" for m in title_marks) or bool(told and told[0].recalled)
    return ForeignReading(
        code, guesses, incident * SHARE[language.vectors], title_figures, told, place, bool(place and place in spots[0]),
        tuple(dict.fromkeys(s.toponym.name.lower() for part in spots for s in part)), time, tuple(t for _, t in days), recalled,
    )  # fmt: skip


def cut(text: str, language: Pack) -> list[tuple[int, int]]:
    """Offsets of the sentences that are read; `am 13. November` is inside one."""
    out: list[tuple[int, int]] = []
    start = 0
    top = text[:LONGEST]
    for m in _CUT.finditer(top):
        before = max(start, m.end() - 12), m.end()
        if _ABBREVIATED.search(top, *before) or (
            _ORDINAL.search(top, *before) and _opens_with_month(top, m.end(), language)
        ):
            continue
        out.append((start, m.end()))
        start = m.end()
    out.append((start, len(top)))
    pieces = [(n, min(n + LONGEST_SENTENCE, b)) for a, b in out for n in range(a, b, LONGEST_SENTENCE)]
    spans = [_trimmed(text, a, b) for a, b in pieces]
    return [(a, b) for a, b in spans if b > a][:SENTENCES]


def _opens_with_month(text: str, start: int, language: Pack) -> bool:
    """Whether the word here is the name of a month."""
    return any(m.tag == "months" and m.first == 0 for m in language.marks(words_of(text[start : start + 12])))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _told(text: str, start: int, end: int, language: Pack, published: datetime, number: int) -> ForeignSentence:
    words = words_of(text[start:end])
    marks = language.marks(words)
    figures = find_figures(words, marks, language)
    year = past_year(words, published)
    counted = {n for f in figures for n in (f.low, f.high)}
    recalled = any(m.tag == "long_ago" for m in marks) or (year is not None and year not in counted)
    return ForeignSentence(
        start,
        end,
        words,
        marks,
        figures,
        find_source(words, marks, language),
        recalled and (number > 0 or not _day_near(words, marks, published)),
    )


def _day_near(words: list[Word], marks: list[Mark], published: datetime) -> bool:
    """Whether a sentence names a day of the last weeks."""
    found = find_day(words, marks, published)
    return found is not None and (published - found[0].start).days < 30


def _day(sentence: ForeignSentence, published: datetime) -> tuple[Period, int, int] | None:
    found = find_day(sentence.words, sentence.marks, published)
    return (found[0], found[1] + sentence.start, found[2] + sentence.start) if found else None


def _spots(title: str, body: str, told: list[ForeignSentence], code: str, source: str) -> list[list[ResolvedPlace]]:
    """Places of the title and of the first sentences, offsets into the title and into the text."""
    for most in PLACED:
        found = _spots_within(title, body, told[:most], code, source)
        if any(found):
            break
    return found


def _spots_within(
    title: str, body: str, read: list[ForeignSentence], code: str, source: str
) -> list[list[ResolvedPlace]]:
    home = country_of(source)
    if not body:
        return [read_places(title, code, home)]
    if not read:
        return [read_places(title, code, home)]
    end = read[-1].end
    joined = f"{title}\n{body[:end]}"  # read together, so that each name helps to resolve the others
    shift = len(title) + 1
    spots = read_places(joined, code, home)
    parts = [[s for s in spots if s.tagged.end <= len(title)]]
    for sentence in read:
        inside = [
            s for s in spots if s.tagged.start >= shift and sentence.start <= s.tagged.start - shift < sentence.end
        ]
        parts.append([_moved(s, -shift) for s in inside])
    return parts


def _moved(spot: ResolvedPlace, by: int) -> ResolvedPlace:
    tagged = spot.tagged._replace(start=spot.tagged.start + by, end=spot.tagged.end + by)
    return spot._replace(tagged=tagged, toponym=spot.toponym._replace(start=tagged.start, end=tagged.end))

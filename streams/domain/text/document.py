"""A document: one article, its text cut once into sentences and words, and the annotations of each reader.

A reader is a function of the document, marked `annotation`: it runs once, and its result is kept on the document. Readers
use the annotations of earlier rooms, never of later ones, as the imports do.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from schemas.records import Article
from schemas.timestamp_sanity import plausible_publication_time
from streams.domain.text.dateline import dateline_end
from streams.domain.text.language import recognise
from streams.domain.text.temporal import find_periods
from streams.domain.text.tokenize import Sentence, Words, sentences, tokens

LONGEST_TITLE = 1000  # characters of a title that are read; what is longer is no title
LONGEST_READ = 60_000  # characters of text in which incidents are looked for; news says what happened before that
DATED_TOP = 400  # characters at the top in which a dateline or a date is looked for
_LINE = re.compile(r"\n\s*")
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Document:
    """An article, its sentences, and the readers' annotations.

    `article` has a shortened title, a plausible time of publication or none, and the recognised language.
    `text` is what all offsets refer to: the body, or the title when the body is empty. `published` is the time that
    "today" means in it. `readable` says whether the readers know the language.
    """

    article: Article
    text: str
    published: datetime
    readable: bool
    annotations: dict[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The headline; may be empty."""
        return self.article.title


class Tokens(NamedTuple):
    """Words and marks of all sentences in columns, and for each sentence the index of its first one, with the end after."""

    columns: Words
    first: list[int]

    def sentence(self, number: int) -> Words:
        """The tokens of one sentence."""
        here = slice(self.first[number], self.first[number + 1])
        low, start, end = self.columns
        return Words(low[here], start[here], end[here])


def annotation(read: Callable[[Document], T]) -> Callable[[Document], T]:
    """Decorator that keeps a reader's result on the document."""
    name = f"{read.__module__}.{read.__name__}"

    @functools.wraps(read)
    def kept(document: Document) -> T:
        if name not in document.annotations:
            document.annotations[name] = read(document)
        found: T = document.annotations[name]  # type: ignore[assignment]  # what `read` returned
        return found

    return kept


def open_document(article: Article) -> Document:
    """The document of an article; only its language and time are read so far."""
    title = article.title[:LONGEST_TITLE]
    lang, readable = recognise(title, article.body, article.lang)
    published = plausible_publication_time(article.published_at, article.fetched_at)
    article = replace(article, title=title, published_at=published, lang=lang)
    text = article.body if article.body.strip() else title
    return Document(article, text, published or _stated_in(text) or article.fetched_at, readable)


def _stated_in(text: str) -> datetime | None:
    """The end of the day that a dateline states, else of the first full date at the top."""
    top = text[:DATED_TOP]
    start = next((n for n in (0, *(m.end() for m in _LINE.finditer(top))) if dateline_end(top, n) > n), None)
    found = find_periods(top[: dateline_end(top, start)] if start is not None else top, None)
    return next((f.period.end for f in found if f.period.precision == "day"), None)


@annotation
def text_sentences(document: Document) -> list[Sentence]:
    """Sentences of the text that incidents are looked for in."""
    return sentences(document.text[:LONGEST_READ])


@annotation
def text_tokens(document: Document) -> Tokens:
    """Tokens of all sentences of the text."""
    return _in_columns(text_sentences(document))


def _in_columns(rows: list[Sentence]) -> Tokens:
    low: list[str] = []
    start: list[int] = []
    end: list[int] = []
    first = [0]
    for row in rows:
        words = tokens(row.text, row.start)
        low += words.low
        start += words.start
        end += words.end
        first.append(len(low))
    return Tokens(Words(low, start, end), first)


@annotation
def title_sentences(document: Document) -> list[Sentence]:
    """Sentences of the title, offsets into the title."""
    return sentences(document.title)

"""The HTML page of one article's reading: passages coloured by mention, fields underlined, claims beside sources.

The page is one file without scripts from elsewhere; everything that comes from the article is escaped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from deploy.actions.analyze import Analysis, figure
from schemas.records import Mention, Period

GOLDEN = 137.508  # golden angle in degrees: keeps any number of hues apart
NEWS_ROLES = ("main", "story")
ORDER = ("main", "story", "follow-up", "background", "aggregate", "statement")
WORDS = {
    "main": "news", "story": "news without an incident", "follow-up": "follow-up", "background": "recalled",
    "aggregate": "count over many", "statement": "statement",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colour:
    """A mention with its number and hue (degrees) on the page."""

    number: int
    hue: int
    mention: Mention


class Mark(NamedTuple):
    """A span of the text that a mention, one field of it or one of its claims was read from."""

    start: int
    end: int
    colour: Colour
    field: str = ""
    claim: str = ""


@dataclass(slots=True)
class Piece:
    """A stretch of text under the same marks: its mention (None for plain text), fields and claims."""

    text: str
    colour: Colour | None = None
    fields: list[str] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)


def page(reading: Analysis) -> str:
    """The page as HTML."""
    colours = _coloured(reading.mentions)
    body = reading.article.body if reading.article.body.strip() else reading.article.title
    return (
        _pages()
        .get_template("reading.html")
        .render(
            article=reading.article,
            pieces=list(_pieces(body, colours)),
            incidents=reading.incidents,
            words=WORDS,
            news=[c for c in colours if c.mention.role in NEWS_ROLES],
            others=[c for c in colours if c.mention.role not in NEWS_ROLES],
        )
    )


def _coloured(mentions: tuple[Mention, ...]) -> list[Colour]:
    """The news first, then what is recalled by time, counts and statements."""

    def place(m: Mention) -> tuple[int, float, int]:
        return ORDER.index(m.role), m.time.start.timestamp() if m.time else 0.0, m.evidence.start

    return [Colour(n + 1, round(38 + n * GOLDEN) % 360, m) for n, m in enumerate(sorted(mentions, key=place))]


def _pieces(body: str, colours: list[Colour]) -> Iterator[Piece]:
    """The body cut wherever a mark begins or ends; where passages overlap, the shortest one shows."""
    marks = [mark for c in colours for mark in _marks(c)]
    for start, end in pairwise(sorted({0, len(body), *(at for m in marks for at in (m.start, m.end))})):
        here = [m for m in marks if m.start <= start and end <= m.end]
        piece = Piece(body[start:end])
        if here:
            piece.colour = min(here, key=lambda m: (not (m.field or m.claim), m.end - m.start)).colour
            piece.fields = sorted({m.field for m in here if m.field})
            piece.claims = [m.claim for m in here if m.claim]
        yield piece


def _marks(c: Colour) -> Iterator[Mark]:
    for span in (c.mention.evidence, *c.mention.also):
        yield Mark(span.start, span.end, c)
    for word in c.mention.read_from:
        yield Mark(word.start, word.end, c, field=word.field)
    for k in c.mention.claims:
        says = f"{k.what} {figure(k)}: {k.attributed_to or 'no named source'}"
        yield Mark(k.quote.start, k.quote.end, c, claim=says)


def when(time: Period | None) -> str:
    """A period for people: `27 June 2021`, `February 2021`, `1 to 10 June 2021`."""
    if time is None:
        return "time unknown"
    start, end = time.start, time.end
    if time.precision == "year" and start.year == end.year and (start.month, end.month) == (1, 12):
        return f"{start:%Y}"
    if time.precision == "month":
        return f"{start:%B %Y}"
    if start.date() == end.date():
        return _day(start)
    return f"{_day(start)} to {_day(end)}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _pages() -> Environment:
    env = Environment(
        loader=PackageLoader("deploy", "pages"), autoescape=select_autoescape(), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    filters: dict[str, Any] = {"figure": figure, "when": when}
    env.filters.update(filters)
    return env

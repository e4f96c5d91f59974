"""GDELT 2.0: the tables of one update of 15 minutes, and which of their events are worth passing on.

Export (61 columns) and mentions (16): http://data.gdeltproject.org/documentation/GDELT-Event_Codebook-V2.0.pdf
GKG (27): http://data.gdeltproject.org/documentation/GDELT-Global_Knowledge_Graph_Codebook-V2.1.pdf
All are tab-separated without header or quotes.

GDELT codes every sentence of the world's news by machine; most of its events are talk, history or errors. Passed on is
what may be an incident: a root event (of an article's opening) whose code `cameo.tsv` lists (protests, violent
repression, assaults, fights, mass violence), at a place finer than a country, dated to the week before it was found,
and, where the mentions say so, read with some confidence. Of one article, kind and place only the event with most
mentions is kept. `kind` is `cameo:` with the code.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from connectors.ingest.contract import Skippable
from connectors.sources.countries import from_fips
from connectors.sources.events import build_event, coordinates, number
from connectors.sources.markup import one_line
from schemas.records import EventFigure, FeedEvent, Place, Publisher

GDELT = Publisher(domain="gdeltproject.org", name="GDELT")
EVENT_COLUMNS, MENTION_COLUMNS, ARTICLE_COLUMNS = 61, 16, 27
LEAST_CONFIDENCE = 40  # percent, of the best mention of an event
NEWS_AGE = timedelta(days=7)  # an event dated earlier is recalled, not reported
FINE = {"2": "admin", "5": "admin", "3": "city", "4": "city"}  # geo types; 1 is a country
LANDMARKS = "3", "4"
COUNTS = {"KILL": "killed", "WOUND": "injured", "ARREST": "arrested", "KIDNAP": "abducted", "EVACUATION": "displaced"}
_CAMEO = Path(__file__).with_name("cameo.tsv")


@dataclass(slots=True)
class MentionSummary:
    """What the mentions table states about one event: the highest confidence in percent, and the sites."""

    confidence: float = 0.0
    sites: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """What the knowledge graph states about one article: its headline, and figures as (what, number, FIPS country)."""

    title: str
    figures: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """One row of the export that is worth passing on. `mentions`: their number in its first 15 minutes."""

    number: str
    code: str
    day: datetime
    found: datetime
    actors: tuple[str, str]
    place: Place
    fips: str
    mentions: float
    url: str
    row: str

    @property
    def kept_by(self) -> tuple[str, str, str]:
        """Article, root code and place: of several equal ones only one is kept."""
        return self.url or self.number, self.code[:2], self.place.name


@cache
def cameo_phrases() -> Mapping[str, str]:
    """The CAMEO codes worth passing on, each with its verb phrase between a first and a second actor."""
    lines = _CAMEO.read_text(encoding="utf-8").splitlines()[1:]
    return {code: words for code, _, words in (line.partition("\t") for line in lines)}


def read_export(lines: Iterable[str], *, where: str) -> Iterator[Coded | Skippable]:
    """Rows worth passing on, and the error of each that cannot be read. Never raises."""
    for n, line in enumerate(lines, start=1):
        try:
            coded = _coded(line.rstrip("\r\n"))
        except Skippable as error:
            yield Skippable(error.reason, raw=line.encode("utf-8", "replace"), where=f"{where}, line {n}")
            continue
        if coded is not None:
            yield coded


def read_mentions(lines: Iterable[str], wanted: frozenset[str]) -> dict[str, MentionSummary]:
    """Summaries of the events `wanted`, by number; malformed rows are ignored, as they only add detail."""
    found: dict[str, MentionSummary] = {}
    for line in lines:
        row = line.rstrip("\r\n").split("\t")
        if len(row) == MENTION_COLUMNS and row[0] in wanted:
            heard = found.setdefault(row[0], MentionSummary())
            heard.confidence = max(heard.confidence, number(row[11]) or 0.0)
            heard.sites.add(row[4])
    return found


def read_articles(lines: Iterable[str], wanted: frozenset[str]) -> dict[str, ArticleSummary]:
    """Summaries of the articles `wanted`, by address; malformed rows are ignored."""
    found: dict[str, ArticleSummary] = {}
    for line in lines:
        row = line.rstrip("\r\n").split("\t")
        if len(row) == ARTICLE_COLUMNS and row[4] in wanted:
            title = row[26].partition("<PAGE_TITLE>")[2].partition("</PAGE_TITLE>")[0]
            found[row[4]] = ArticleSummary(one_line(title), tuple(_counts(row[6])))
    return found


def choose(coded: Iterable[Coded], heard: Mapping[str, MentionSummary] | None) -> list[Coded]:
    """Of each article, kind and place the event with most mentions; those of low confidence are left out."""
    best: dict[tuple[str, str, str], Coded] = {}
    for event in coded:
        if heard is not None and event.number in heard and heard[event.number].confidence < LEAST_CONFIDENCE:
            continue
        known = best.get(event.kept_by)
        if known is None or (event.mentions, len(event.code)) > (known.mentions, len(known.code)):
            best[event.kept_by] = event
    return list(best.values())


def to_event(
    coded: Coded, heard: MentionSummary | None, told: ArticleSummary | None, *, feed: str, fetched_at: datetime
) -> FeedEvent:
    """The record of one event: its article's headline where GDELT has it, a sentence in the code's words, figures.

    Of the article's figures those are taken that are placed in the event's country. Raises Skippable without usable id.
    """
    words = _sentence(coded)
    figures = [EventFigure(what="mentions", value=coded.mentions)]
    if heard and heard.confidence:
        figures.append(EventFigure(what="confidence", value=heard.confidence, unit="percent"))
        figures.append(EventFigure(what="sites", value=float(len(heard.sites))))
    most: dict[str, float] = {}
    for what, value, fips in told.figures if told else ():
        if fips == coded.fips:
            most[what] = max(most.get(what, 0.0), value)
    figures += [EventFigure(what=what, value=value) for what, value in most.items()]
    return build_event(
        source=GDELT,
        source_event_id=coded.number,
        feed=feed,
        kind=f"cameo:{coded.code}",
        title=(told.title if told else "") or words,
        text=words,
        place=coded.place,
        started_at=coded.day,
        ended_at=coded.day + timedelta(days=1),
        updated_at=coded.found,
        fetched_at=fetched_at,
        figures=tuple(figures),
        url=coded.url,
        raw=coded.row,
    )


def _coded(line: str) -> Coded | None:
    """The row as an event; None where it is not worth passing on. Raises Skippable for a malformed row."""
    row = line.split("\t")
    if len(row) != EVENT_COLUMNS:
        raise Skippable(f"{len(row)} columns instead of {EVENT_COLUMNS}; not a row of GDELT 2.0's export")
    day, found = _day(row[1]), _stamp(row[59])
    if day is None or found is None or not row[0].isdigit():
        raise Skippable("an event needs a number, a day (YYYYMMDD) and the time when it was found (YYYYMMDDHHMMSS)")
    geo = row[51:59]
    lat, lon = coordinates(geo[5], geo[6])
    if row[25] != "1" or row[26] not in cameo_phrases() or geo[0] not in FINE or lat is None or found - day > NEWS_AGE:
        return None
    admin = one_line(geo[1]).split(", ")[-2] if geo[0] in LANDMARKS and geo[1].count(", ") >= 2 else None
    return Coded(
        number=row[0],
        code=row[26],
        day=day,
        found=found,
        actors=(one_line(row[6]).title(), one_line(row[16]).title()),
        place=Place(
            name=one_line(geo[1]),
            country=from_fips(geo[2]),
            admin1=admin,
            lat=lat,
            lon=lon,
            precision="city" if geo[0] in LANDMARKS else "admin",
        ),
        fips=geo[2],
        mentions=number(row[31]) or 0.0,
        url=row[60] if row[60].startswith(("http://", "https://")) else "",
        row=line,
    )


def _counts(cell: str) -> Iterator[tuple[str, float, str]]:
    """Figures of `V2.1COUNTS`: kind#number#object#type#place#country#area#lat#lon#feature#offset; and so on."""
    for block in cell.split(";"):
        parts = block.split("#")
        value = number(parts[1]) if len(parts) > 5 else None
        if value is not None and value >= 0 and parts[0] in COUNTS:
            yield COUNTS[parts[0]], value, parts[5]


def _sentence(coded: Coded) -> str:
    first, second = (a or "someone" for a in coded.actors)
    what = f"{first} {cameo_phrases()[coded.code]} {second} in {coded.place.name} on {coded.day.day} {coded.day:%B %Y}."
    return what[0].upper() + what[1:]


def _day(text: str) -> datetime | None:
    return _read(text, "%Y%m%d", 8)


def _stamp(text: str) -> datetime | None:
    return _read(text, "%Y%m%d%H%M%S", 14)


def _read(text: str, form: str, digits: int) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC) if len(text) == digits and text.isdigit() else None
    except ValueError:
        return None

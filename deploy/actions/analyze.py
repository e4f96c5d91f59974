"""Reads one document without services, by the domain code that the stages run."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from schemas.agency_credit import credited_agency
from schemas.codec import to_json
from schemas.identity import article_id, canonical_url
from schemas.records import Article, Claim, Incident, Mention, Publisher
from streams.domain.languages.gloss import gloss
from streams.domain.linking.link import link
from streams.domain.linking.state import LinkState
from streams.domain.mentions.explanation import Explanation, explain
from streams.domain.mentions.read_article import read_with_rules

LONGEST_TITLE = 200
INDENT = (0, 0, 0, 11)  # top, right, bottom, left
LONGEST_EXPLAINED = 60  # characters of a passage in the table of decisions
LONGEST_PASSAGE = 240  # characters shown of a mention's passage


@dataclass(frozen=True, slots=True)
class Analysis:
    """The result of one article: mentions, claims and incidents."""

    article: Article
    mentions: tuple[Mention, ...]
    incidents: tuple[Incident, ...]
    explanation: Explanation

    def to_json(self, *, explained: bool = False) -> dict[str, Any]:
        """The three parts with field names as in the records; `explained` adds which rules decided."""
        records = {
            "article": to_json(self.article),
            "mentions": to_json(self.mentions),
            "incidents": to_json(self.incidents),
        }
        return {**records, "explanation": asdict(self.explanation)} if explained else records


def analyze_article(text: str, *, title: str, published: datetime, url: str, now: datetime) -> Analysis:
    """Read `text`; without a title its first line serves as one when it is short. Offsets are into `text`."""
    first = text.strip().split("\n", 1)[0].strip()
    headline = title or (first if len(first) <= LONGEST_TITLE else "")
    domain = canonical_url(url).split("/")[2] if url.startswith("http") else ""
    article = Article(
        article_id=article_id(url, headline, text),
        url=url,
        canonical_url=canonical_url(url),
        source=Publisher(domain=domain, name=""),
        feed="analyze",
        title=headline,
        body=text,
        published_at=published,
        fetched_at=now,
        origin=credited_agency(headline, text, domain=domain),
    )
    read = read_with_rules(article)
    state = LinkState()
    incidents: dict[str, Incident] = {}
    for mention in read.mentions:
        state, linked = link(state, mention)
        incidents.update({o.incident_id: o for o in linked.outputs if isinstance(o, Incident)})
    return Analysis(article, read.mentions, tuple(incidents.values()), explain(read))


def print_reading(reading: Analysis, *, explained: bool = False) -> None:
    """The analysis in the terminal: each mention with its place, time, words and claims, and the rules that decided."""
    console = Console(highlight=False)
    news = sum(m.role == "main" for m in reading.mentions)
    title = escape(reading.article.title or "Untitled")
    console.print(f"[bold]{title}[/bold]", f"{len(reading.mentions)} mentions, {news} of them news")
    for m, rules in zip(reading.mentions, reading.explanation.mentions, strict=True):
        console.print()
        console.print(f"[bold]{m.role:10}[/bold] {escape(_facts(m))}")
        if m.lang not in (None, "en") and (english := gloss(m)):
            console.print(Padding(Text(f"{m.lang}, in English: {english}"), INDENT))
        words = " ".join(m.passage.split())
        quoted = words if len(words) <= LONGEST_PASSAGE else f"{words[:LONGEST_PASSAGE].rstrip()}…"
        console.print(Padding(Text(f"“{quoted}”", style="italic"), INDENT))
        if m.claims:
            console.print(Padding(_claims(m.claims), INDENT))
        if explained:
            console.print(Padding(f"[dim]rules: {', '.join(rules)}[/dim]", INDENT))
    if explained:
        console.print("\n", _decisions(reading), sep="")


def _decisions(reading: Analysis) -> Table:
    """Each passage with its role, the rules that decided, and the mention it went into."""
    table = Table(
        "role", "by the rule", "grouped by the rule", "into", "passage", title="Passages", title_justify="left"
    )
    text = reading.article.body if reading.article.body.strip() else reading.article.title
    for d in reading.explanation.passages:
        words = " ".join(text[d.start : d.end].split())
        table.add_row(d.role, d.role_rule, d.grouping_rule, d.mention or "", escape(words[:LONGEST_EXPLAINED]))
    applied = ", ".join(reading.explanation.article) or "none"
    table.caption = f"Rules of the article as a whole: {applied}"
    return table


def _facts(m: Mention) -> str:
    where = ", ".join(filter(None, (m.place.name, m.place.country))) if m.place else "place unknown"
    when = f"{m.time.start:%Y-%m-%d} ({m.time.precision})" if m.time else "time unknown"
    return " · ".join((f"{m.family}/{m.subtype}", where, when, f"{m.confidence:.0%} sure"))


def _claims(claims: tuple[Claim, ...]) -> Table:
    table = Table.grid(padding=(0, 2))
    for c in claims:
        who = f"{c.attributed_to or 'no named source'} ({c.attribution_kind})"
        table.add_row(Text(f"{c.what} {figure(c)}", style="bold"), escape(c.of or ""), escape(who))
    return table


def figure(claim: Claim) -> str:
    """A claim's bounds for people, in the text's words where it has such: `5`, `more than 300`, `10 to 15`, `some`."""
    low, high = claim.min, claim.max
    if claim.words:
        return claim.words
    if low is None and high is None:
        return "some"
    if high is None:
        return f"{low:,} or more"
    if low is None:
        return f"up to {high:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"

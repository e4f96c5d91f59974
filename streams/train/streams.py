"""The streams that linking learns from: labelled sets as they are, by their titles only, and among other news."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from schemas.records import CopyVerdict, Mention
from streams.domain.dedupe.dedupe import DedupeState, dedupe
from streams.domain.linking.incident import NEWS
from streams.domain.mentions.read_article import read_article
from streams.evaluate.documents import Row as Document
from streams.evaluate.documents import as_streamed, read_rows
from streams.evaluate.link import article

BACKGROUND = "reuters_stream"  # its stories are not labelled, but they are others than those of the other sets
SAMPLE, LONG = 1200, 400  # texts of the background, and their least characters
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
AFTER, LATEST = 2.0, 20.0  # days after a story's beginning: mean, most


class Row(NamedTuple):
    """One document of a stream."""

    document: str
    truth: str
    topic: str  # stories of one topic are of one kind; no fold divides them
    mention: Mention


def streams(data: Path) -> dict[str, list[Row]]:
    """All streams by name; `mixed` has dated news of one kind and others, `world` has other news between the stories."""
    gva, ecb = read(data, "gva_incidents"), read(data, "ecbplus")
    return {
        "gva": gva, "ecb": ecb, "uci": read(data, "uci_headlines"),
        "mixed": mixed(ecb, [r for r in gva if FIRST <= r.mention.reported_at < FIRST + timedelta(days=180)], 90),
        "world": mixed(ecb, background(data), 28),
        "gva titles": read(data, "gva_incidents", body=False),
        "world titles": mixed(read(data, "ecbplus", body=False), background(data, body=False), 28),
    }  # fmt: skip


def read(data: Path, name: str, *, body: bool = True) -> list[Row]:
    """Documents of a set in their order, copies left out, each with the mention of its news."""
    rows = read_rows(data / name / "docs.jsonl.gz")
    gold = {str(row["id"]): row for row in rows}
    out = []
    for document, mention in _told(rows, body):
        truth = gold[document]
        story, topic = f"{name} {truth['cluster']}", f"{name} {truth.get('topic', truth['cluster'])}"
        out.append(Row(document, story, topic, mention))
    return out


def background(data: Path, *, body: bool = True) -> list[Row]:
    """Other news of a month, moved to begin at FIRST; what it tells of the time is left out."""
    rows = [r for r in read_rows(data / BACKGROUND / "docs.jsonl.gz") if len(r["text"]) >= LONG]
    told = _told(random.Random(3).sample(rows, SAMPLE), body)  # noqa: S311 - a sample, not a secret
    begins = min(m.reported_at for _, m in told)
    return [
        Row(f"{BACKGROUND} {d}", f"{BACKGROUND} {d}", f"{BACKGROUND} {d}", replace(m, reported_at=FIRST + (m.reported_at - begins), time=None))
        for d, m in told
    ]  # fmt: skip


def mixed(undated: list[Row], dated: list[Row], days: float) -> list[Row]:
    """Stories without dates, which begin within so many days, among dated ones."""
    rng = random.Random(5)  # noqa: S311 - a sample, not a secret
    begins: dict[str, datetime] = {}
    out = list(dated)
    for row in undated:
        if row.truth not in begins:
            begins[row.truth] = FIRST + timedelta(days=days * rng.random())
        at = begins[row.truth] + timedelta(days=min(rng.expovariate(1 / AFTER), LATEST))
        out.append(row._replace(mention=replace(row.mention, reported_at=at, time=None)))
    return sorted(out, key=lambda row: row.mention.reported_at)


def unlabelled(one: str, other: str) -> bool:
    """Whether nobody has said that two stories are one or two."""
    return one != other and one.startswith(BACKGROUND) and other.startswith(BACKGROUND)


def _told(rows: list[Document], body: bool) -> list[tuple[str, Mention]]:
    window, out = DedupeState(), []
    for number, row in enumerate(as_streamed(rows)):
        a = article(row if body else row | {"text": ""}, number)
        window, verdict = dedupe(window, a)
        if not (body and isinstance(verdict.record, CopyVerdict)):
            out.append((str(row["id"]), next(m for m in read_article(a) if m.role in NEWS)))
    return out

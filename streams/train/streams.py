"""The streams that linking learns from: labelled sets as they are, natural days, and labelled stories among other news."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from streams.evaluate.documents import read_rows
from streams.train.rows import BACKGROUND, Row, news_of
from streams.train.streams_languages import headlines, own_reports, rated_pairs

OTHERS = 700  # articles of the background
ENOUGH = 1_000  # documents of a large set, whose comparisons are far more than can be learnt from
LABELS = Path(__file__).parent / "labels" / "natural_days.json"
FIRST = datetime(2015, 1, 1, tzinfo=UTC)
AFTER, LATEST = 2.0, 20.0  # days after a story's beginning: mean, most


def streams(data: Path) -> dict[str, list[Row]]:
    """All streams by name. `press` has its true share of articles that stand alone, so have the labelled `days`.

    `press among others` and `world` have other news between the stories, so that their subjects are met without them.
    """
    ecb, press = read(data, "ecbplus"), read(data, "press_stream")
    others = background(data)
    return {
        "press": press, "press among others": spread(others[::2], press), **natural_days(data),
        "linkset": read(data, "linkset"), "ecb": ecb, "world": mixed(ecb, others, 28),
        "uci": read(data, "uci_headlines", ENOUGH), "gva": read(data, "gva_incidents", ENOUGH),
        "rated": rated_pairs(data), "headlines": headlines(data), "own": own_reports(),
    }  # fmt: skip


def read(data: Path, name: str, most: int | None = None) -> list[Row]:
    """Documents of a set in their order, copies left out, each with the mention of its news; of the first `most` rows."""
    rows = read_rows(data / name / "docs.jsonl.gz")[:most]
    gold = {str(row["id"]): row for row in rows}
    return [Row(i, f"{name} {gold[i]['cluster']}", mention) for i, mention in news_of(rows)]


def natural_days(data: Path) -> dict[str, list[Row]]:
    """Days of news with every story labelled, by the ids of `labels/`; what was hard to judge is left out."""
    rows = {row["id"]: row for row in read_rows(data / "unlabelled_news" / "docs.jsonl.gz")}
    out = {}
    for name, labelled in json.loads(LABELS.read_text(encoding="utf-8")).items():
        truth = {i: i for i in labelled["alone"]}
        truth |= {i: f"{name} {number}" for number, ids in enumerate(labelled["stories"]) for i in ids}
        out[f"days {name}"] = [Row(i, truth[i], m) for i, m in news_of([rows[i] for i in truth])]
    return out


def background(data: Path) -> list[Row]:
    """Other news of years, each with the day it was written in its truth."""
    labelled = json.loads(LABELS.read_text(encoding="utf-8")).values()
    known = {i for days in labelled for ids in (days["alone"], *days["stories"]) for i in ids}
    rows = [r for r in read_rows(data / "unlabelled_news" / "docs.jsonl.gz") if r["id"] not in known and r["published"]]
    chosen = news_of(random.Random(7).sample(rows, OTHERS))  # noqa: S311 - a sample, not a secret
    return [Row(f"{BACKGROUND} {i}", f"{BACKGROUND} {m.reported_at.toordinal()} {i}", m) for i, m in chosen]


def spread(others: list[Row], among: list[Row]) -> list[Row]:
    """Other news as if written while these stories were told, without the days that it reports."""
    begins, ends = (pick(r.mention.reported_at for r in among) for pick in (min, max))
    rng = random.Random(3)  # noqa: S311 - a sample, not a secret
    moved = [
        r._replace(mention=replace(r.mention, reported_at=begins + (ends - begins) * rng.random(), time=None))
        for r in others
    ]
    return sorted([*among, *moved], key=lambda row: row.mention.reported_at)


def mixed(undated: list[Row], others: list[Row], days: float) -> list[Row]:
    """Stories without dates, which begin within so many days, among other news of those days."""
    rng = random.Random(5)  # noqa: S311 - a sample, not a secret
    begins: dict[str, datetime] = {}
    out = []
    for row in undated:
        if row.truth not in begins:
            begins[row.truth] = FIRST + timedelta(days=days * rng.random())
        at = begins[row.truth] + timedelta(days=min(rng.expovariate(1 / AFTER), LATEST))
        out.append(row._replace(mention=replace(row.mention, reported_at=at, dated=True, time=None)))
    return spread(others, out)

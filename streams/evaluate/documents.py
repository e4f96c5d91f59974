"""Evaluation documents as connectors would deliver them: known fields only, in the order of publication."""

import gzip
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from schemas.identity import canonical_url, digest
from schemas.records import Article, Publisher

KNOWN = ("id", "url", "title", "text", "published", "source", "lang", "lang_a", "lang_b", "a", "b", "set")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def read_rows(path: Path, needed: tuple[str, ...] = ("id",)) -> list[Row]:
    """Rows of a JSON lines file, plain or gzip; ValueError names the line that is no object with what is needed."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8")
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}; JSON lines are one object a line") from error
        if not isinstance(row, dict) or not all(key in row for key in needed):
            raise ValueError(f"{path}, line {number}: every line needs an object with {', '.join(needed) or 'fields'}")
        rows.append(row)
    return rows


def files_of(path: Path) -> list[Path]:
    """The file, or those of a folder; ValueError when it has none."""
    found = sorted(path.glob("*.jsonl*")) if path.is_dir() else [path]
    if not found:
        raise ValueError(f"{path}: no *.jsonl or *.jsonl.gz in this folder")
    return found


def as_streamed(rows: Iterable[Row], seed: int = 0) -> list[Row]:
    """The rows with the fields that a connector has, by time of publication; equal dates are shuffled with the seed.

    Rows without a date come when the dated row before them in the file does, behind all of its date, in file order.
    """
    known = [{k: row[k] for k in KNOWN if row.get(k) is not None} for row in rows]
    dated = [row for row in known if published(row)]
    random.Random(seed).shuffle(dated)  # noqa: S311 - an order to measure with, not a secret
    came = EPOCH
    found = [(published(row) or EPOCH, 0, number, row) for number, row in enumerate(dated)]
    for number, row in enumerate(known):
        moment = published(row)
        came = moment or came
        if moment is None:
            found.append((came, 1, number, row))
    return [row for *_, row in sorted(found, key=lambda f: f[:3])]


def published(row: Row) -> datetime | None:
    """When a row was published, in UTC; None when it does not say or the date cannot be read."""
    try:
        moment = datetime.fromisoformat(str(row.get("published") or ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def article_of(row: Row, last_fetched: datetime | None = None) -> Article:
    """The article of a row, which keeps the row's id (hashed) and is named by it when it has no address.

    The last time of fetching stands in for a missing date.
    """
    url = str(row.get("url") or f"urn:{row['id']}")
    moment = published(row)
    return Article(
        article_id=digest("document", str(row["id"])),
        url=url,
        canonical_url=canonical_url(url),
        source=Publisher(domain=str(row.get("source") or "")),
        lang=row.get("lang"),
        title=str(row.get("title") or ""),
        body=str(row.get("text") or ""),
        published_at=moment,
        fetched_at=moment or last_fetched or EPOCH,
    )

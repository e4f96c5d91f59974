"""Predictions of the task `casualties`: the killed and injured of each article's news, perpetrators included."""

from collections.abc import Iterable, Iterator
from typing import Any

from streams.domain.mentions.read_article import article_casualties
from streams.evaluate.claims import article


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each article `{id, killed, injured}`; reads title, text and the publication time."""
    for row in rows:
        toll = article_casualties(article(row))
        yield {"id": row["id"], "killed": toll.killed, "injured": toll.injured}

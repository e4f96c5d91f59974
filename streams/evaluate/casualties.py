"""Predictions of the task `casualties`: the killed and injured of each article's main incident."""

from collections.abc import Iterable, Iterator
from typing import Any

from streams.domain.classify import classify
from streams.evaluate.claims import article


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        ms = classify(article(row))
        main = next((m for m in ms if m.role == "main"), None)
        out = {"id": row["id"], "killed": 0, "injured": 0}
        if main:
            for w in ("killed", "injured"):
                v = [c.min if c.min is not None else c.max for c in main.claims if c.what == w and (c.min or c.max) is not None]
                out[w] = max(v, default=0) if v else 0
        yield out

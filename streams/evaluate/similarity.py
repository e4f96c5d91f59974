"""Predictions of the task `similarity`: how alike two news texts in any two languages are."""

from collections.abc import Iterable, Iterator
from typing import Any

from streams.domain.text.sentence_encoder import encode

READ = 400  # characters of each text: headline and lead


def predict(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each pair `{id, score}`, the product of their vectors, 1 for one text; reads a and b."""
    for row in rows:
        vectors = encode([str(row.get(side) or "")[:READ] for side in ("a", "b")])
        yield {"id": row["id"], "score": 0.0 if vectors is None else round(float(vectors[0] @ vectors[1]), 5)}

"""The baseline of linking: one pass over a stream, each document to the most similar story if similar enough."""

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

from streams.domain.linking.cluster_profile import floats
from streams.train.rows import Row

WINDOW = timedelta(days=14)  # after its last report a story ends
Vectors = npt.NDArray[np.float32]


def single_pass(rows: list[Row], vectors: Vectors, least: float) -> dict[str, str]:
    """The story of each document, by cosine to the centroid; a story without dates does not end."""
    sums = np.zeros_like(vectors)
    last: list[datetime | None] = []
    homes = {}
    for row, vector in zip(rows, vectors, strict=True):
        m = row.mention
        at = m.reported_at if m.dated else None
        n = len(last)
        like = sums[:n] @ vector / np.maximum(np.linalg.norm(sums[:n], axis=1), 1e-9)
        over = [at is not None and end is not None and at - end > WINDOW for end in last]
        like[over] = -1.0
        home = int(like.argmax()) if n and like.max() >= least else n
        if home == n:
            last.append(at)
        sums[home] += vector
        last[home] = at or last[home]
        homes[row.document] = str(home)
    return homes


def word_vectors(rows: list[Row]) -> Vectors:
    """TF-IDF of the kept stems, titles twice, with the idf of the whole stream, which a live one would not know."""
    texts = [" ".join(w for w, n in row.mention.features.words.items() for _ in range(n)) for row in rows]
    return (
        TfidfVectorizer(tokenizer=str.split, token_pattern=None, sublinear_tf=True)
        .fit_transform(texts)
        .toarray()
        .astype(np.float32)
    )


def sentence_vectors(rows: list[Row]) -> Vectors:
    """The vectors of title and lead that linking compares; zeros where a text has none."""
    found = [row.mention.features.vector for row in rows]
    width = next(len(floats(v)) for v in found if v)
    return np.array([floats(v) if v else np.zeros(width) for v in found], dtype=np.float32)

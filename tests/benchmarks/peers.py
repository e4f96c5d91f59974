"""What others would do: near-duplicates by datasketch and rensa, single passes over TF-IDF (scikit-learn) and sentence vectors.

Each is the usual way to use its library, with the thresholds at which it did best on the developers' sets.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH
from sklearn.feature_extraction.text import TfidfVectorizer

from schemas.identity import normalised_text

RUN = 5  # words in one shingle
CANDIDATE = 0.3  # threshold of both indexes, low enough to find excerpts
NEAR, CONTAINED = 0.5, 0.7  # of verified pairs: Jaccard similarity, or share of the shorter text
ESTIMATED = 0.4  # of pairs that are not verified: the similarity of their sketches
REACH = timedelta(days=2)  # between copies
WINDOW = timedelta(days=14)
Text = tuple[str, str, datetime | None]  # id, headline and body, time
Copy = tuple[str, str | None]


def shingled(text: str) -> list[str]:
    """Runs of five words."""
    words = normalised_text(text).split()
    return [" ".join(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))]


def rensa_lsh(texts: Iterable[Text]) -> Iterator[Copy]:
    """Plain rensa: each text a copy of the first within reach whose sketch is like its own; nothing verified."""
    index = RMinHashLSH(CANDIDATE, 128, 32)
    known: list[tuple[str, datetime | None, RMinHash]] = []
    for name, text, at in texts:
        sketch = RMinHash(128, 42)
        sketch.update(shingled(text))
        likely = (known[n] for n in sorted(index.query(sketch)))
        found = [k for k, when, other in likely if _within(when, at, REACH) and sketch.jaccard(other) >= ESTIMATED]
        index.insert(len(known), sketch)
        known.append((name, at, sketch))
        yield name, found[0] if found else None


def datasketch_verified(texts: Iterable[Text]) -> Iterator[Copy]:
    """MinHashLSH with verification of its candidates by exact similarity and containment; nothing expires."""
    index = MinHashLSH(threshold=CANDIDATE, num_perm=128)
    sets: dict[str, tuple[datetime | None, set[str]]] = {}
    for name, text, at in texts:
        mine = set(shingled(text))
        sketch = MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in mine])
        copy_of = None
        for known in index.query(sketch):
            when, other = sets[known]
            common = len(mine & other)
            alike = common / len(mine | other) >= NEAR or common / min(len(mine), len(other)) >= CONTAINED
            copy_of = known if alike and _within(when, at, REACH) else copy_of
        index.insert(name, sketch)
        sets[name] = at, mine
        yield name, copy_of


def tfidf_single_pass(rows: list[dict[str, Any]], times: list[datetime | None], threshold: float) -> dict[str, str]:
    """Clusters by id: each text joins the likest centroid of the last 14 days, or opens a cluster.

    TF-IDF over the whole set at once, titles twice, cosine: more than a stream would know, in the peer's favour.
    """
    texts = [f"{r.get('title', '')} {r.get('title', '')} {r.get('text', '')}" for r in rows]
    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(texts)
    found: dict[int, dict[int, float]] = defaultdict(dict)  # term to clusters with their weight of it
    squares: list[float] = []
    newest: list[datetime | None] = []
    out = {}
    for n, (row, at) in enumerate(zip(rows, times, strict=True)):
        vector = vectors[n]
        terms = list(zip(vector.indices.tolist(), vector.data.tolist(), strict=True))
        dots: dict[int, float] = defaultdict(float)
        for term, weight in terms:
            for cluster, held in found[term].items():
                dots[cluster] += weight * held
        open_ones = {c: d / sqrt(squares[c]) for c, d in dots.items() if _within(newest[c], at, WINDOW)}
        home = max(open_ones, key=lambda c: (open_ones[c], -c), default=-1)
        if home < 0 or open_ones[home] < threshold:
            home = len(squares)
            squares.append(0.0)
            newest.append(at)
        squares[home] += 1 + 2 * dots.get(home, 0.0)
        newest[home] = max(at, newest[home]) if at and newest[home] else at
        for term, weight in terms:
            found[term][home] = found[term].get(home, 0.0) + weight
        out[str(row["id"])] = str(home)
    return out


def vector_single_pass(
    rows: list[dict[str, Any]], times: list[datetime | None], vectors: npt.NDArray[np.float64], threshold: float
) -> dict[str, str]:
    """The same over sentence vectors of unit length, one row each; a text without one stands alone."""
    sums = np.zeros_like(vectors)
    newest: list[datetime | None] = []
    out = {}
    for row, at, vector in zip(rows, times, vectors, strict=True):
        known = len(newest)
        like = sums[:known] @ vector / np.maximum(np.linalg.norm(sums[:known], axis=1), 1e-9)
        like[[not _within(last, at, WINDOW) for last in newest]] = -1.0
        home = int(like.argmax()) if known and like.max() >= threshold else known
        if home == known:
            newest.append(at)
        sums[home] += vector
        newest[home] = max(at, last) if at and (last := newest[home]) else at or newest[home]
        out[str(row["id"])] = str(home)
    return out


def _within(one: datetime | None, other: datetime | None, reach: timedelta) -> bool:
    return one is None or other is None or abs(one - other) <= reach

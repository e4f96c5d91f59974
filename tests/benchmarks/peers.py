"""What others would do: MinHash near-duplicates by datasketch and rensa, single-pass TF-IDF clusters by scikit-learn.

Each is the usual way to use its library, with the thresholds at which it did best on the developers' sets.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH
from sklearn.feature_extraction.text import TfidfVectorizer

from schemas.identity import normalised_text

RUN = 5  # words in one shingle
NEAR, CONTAINED = 0.5, 0.7  # of verified pairs: Jaccard similarity, or share of the shorter text
PLAIN = 0.7  # threshold of plain MinHash without verification
WINDOW = timedelta(days=14)
Copy = tuple[str, str | None]


def shingled(text: str) -> list[str]:
    """Runs of five words."""
    words = normalised_text(text).split()
    return [" ".join(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))]


def rensa_lsh(texts: Iterable[tuple[str, str]]) -> Iterator[Copy]:
    """Plain rensa: each text a copy of the first that its index names, nothing verified."""
    index, names = RMinHashLSH(PLAIN, 128, 16), []
    for number, (name, text) in enumerate(texts):
        sketch = RMinHash(128, 42)
        sketch.update(shingled(text))
        found = index.query(sketch)
        index.insert(number, sketch)
        names.append(name)
        yield name, names[min(found)] if found else None


def datasketch_verified(texts: Iterable[tuple[str, str]]) -> Iterator[Copy]:
    """MinHashLSH with verification of its candidates by exact similarity and containment; no window, no expiry."""
    index = MinHashLSH(threshold=NEAR, num_perm=128)
    sets: dict[str, set[str]] = {}
    for name, text in texts:
        mine = set(shingled(text))
        sketch = MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in mine])
        copy_of = None
        for other in index.query(sketch):
            common = len(mine & sets[other])
            if common / len(mine | sets[other]) >= NEAR or common / min(len(mine), len(sets[other])) >= CONTAINED:
                copy_of = other
        index.insert(name, sketch)
        sets[name] = mine
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
        open_ones = {c: d / sqrt(squares[c]) for c, d in dots.items() if _open(newest[c], at)}
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


def _open(newest: datetime | None, at: datetime | None) -> bool:
    return newest is None or at is None or abs(at - newest) <= WINDOW

"""Fits the space that linking compares sentence vectors in: `python -m streams.train.sentence_space DATA`."""

import random
import sys
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans

from streams.domain.text.lead import headline_and_lead
from streams.domain.text.sentence_encoder import encode
from streams.domain.text.sentence_space import DIMENSIONS, MODEL
from streams.evaluate.documents import read_rows

SAMPLE, CELLS = 2_500, 64


def main() -> None:
    """Mean, components divided by the root of their standard deviation, and the centroids of the cells."""
    rows = read_rows(Path(sys.argv[1]) / "unlabelled_news" / "docs.jsonl.gz")
    random.Random(1).shuffle(rows)  # noqa: S311 - a sample, not a secret
    found = encode([headline_and_lead(r["title"], r["text"]) for r in rows[:SAMPLE]])
    if found is None:
        sys.exit("the sentence encoder is switched off")
    mean = found.mean(axis=0)
    _, scale, axes = np.linalg.svd(found - mean, full_matrices=False)
    basis = axes[:DIMENSIONS].T * np.sqrt(scale[0] / scale[:DIMENSIONS])
    vectors = (found - mean) @ basis
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cells = KMeans(CELLS, n_init=1, random_state=0).fit(vectors).cluster_centers_
    cells /= np.linalg.norm(cells, axis=1, keepdims=True)
    np.savez_compressed(
        MODEL, **{k: v.astype(np.float16) for k, v in (("mean", mean), ("basis", basis), ("cells", cells))}
    )


if __name__ == "__main__":
    main()

"""Fits the heads over sentence vectors: `python -m streams.train.languages_types DATA` writes models/language_types.npz.

`ontology` is fitted on English: own sentences (`examples/`, `blind/`), the CASE 2021 snippets and texts whose labels
narrow the types down. The code books are fitted on the labelled half of their sets in DATA/multilingual/types, PLOVER
on English gold records too; their scores are of five-fold cross-validation.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from streams.domain.languages.event_types import PATH, stored
from streams.domain.ontology.types import ontology
from streams.domain.text.lead import headline_and_lead
from streams.domain.text.sentence_encoder import encode
from streams.train.held_out import record
from streams.train.types import BLIND, EXAMPLES, own_sentences, snippets
from streams.train.weak import rows_of, weak_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDS = 5
BOOKS = ("zh_cec", "es_plover", "pt_wikievents", "crisislex26")
BALANCE = 0.7  # how far rare labels are made up for
FURTHER = 0.3  # weight of a text from elsewhere
STRENGTH = 3.0  # inverse of the regularisation


def encoded(texts: Sequence[str]) -> Any:
    """Vectors of texts."""
    vectors = encode([t[:500] for t in texts])
    assert vectors is not None
    return vectors * 2


def ontology_head(data: Path) -> dict[str, Any]:
    """The head over our own types."""
    names = [t.name for t in ontology().types]
    own = [*own_sentences(EXAMPLES), *own_sentences(BLIND)]
    further = [*snippets(data)[0], *weak_labels(data)]
    x, types = encoded([t for t, _ in own]), np.array([names.index(min(k)) for _, k in own])
    first = LogisticRegression(C=20, max_iter=300).fit(x, types)
    beside = encoded([t for t, _ in further])
    chances = np.zeros((len(further), len(names)))
    chances[:, first.classes_] = first.predict_proba(beside)
    settled = np.where([[n in k for n in names] for _, k in further], chances, -1).argmax(axis=1)
    weights = np.repeat([1.0, 0.7], [len(own), len(further)])
    model = LogisticRegression(C=5, max_iter=300).fit(
        np.concatenate([x, beside]), np.concatenate([types, settled]), weights
    )
    coefficients, bias = np.zeros((x.shape[1], len(names))), np.full(len(names), -12.0)
    coefficients[:, model.classes_], bias[model.classes_] = model.coef_.T * 2, model.intercept_
    return stored("ontology", names, coefficients, bias)


def fit(x: Any, labels: Sequence[Sequence[str]], aside: Any, aside_labels: Sequence[str]) -> LogisticRegression:
    """A model of texts with one or more labels each, and of texts from elsewhere."""
    rows = [i for i, some in enumerate(labels) for _ in some]
    said = [label for some in labels for label in some]
    weights = [1 / len(some) for some in labels for _ in some]
    if len(aside_labels):
        said, weights = [*said, *aside_labels], [*weights, *([FURTHER] * len(aside_labels))]
    held: Counter[str] = Counter()
    for label, weight in zip(said, weights, strict=True):
        held[label] += weight  # type: ignore[assignment]
    balanced = np.array([w / held[label] ** BALANCE for label, w in zip(said, weights, strict=True)])
    return LogisticRegression(C=STRENGTH, max_iter=400).fit(
        np.concatenate([x[rows], aside]) if len(aside_labels) else x[rows],
        said,
        balanced * len(balanced) / balanced.sum(),
    )


def book_head(name: str, data: Path) -> dict[str, Any]:
    """The head of one set's own labels; prints and records what it scores on texts unseen."""
    lines = gzip.decompress((data / "multilingual" / "types" / f"{name}.jsonl.gz").read_bytes()).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    labels = [row.get("labels") or [row["label"]] for row in rows]
    x = encoded([headline_and_lead(row.get("title") or "", row["text"]) for row in rows])
    aside, aside_labels = x[:0], []
    if name == "es_plover":
        gold = rows_of(data / "plover_gsr" / "records.jsonl.gz")
        known = {label for some in labels for label in some}
        kept = [row for row in gold if row["label"] in known]
        aside, aside_labels = encoded([row["text"] for row in kept]), [row["label"] for row in kept]
    several = 0.04 if name == "pt_wikievents" else 1.0
    said: dict[int, set[str]] = {}
    for fold in range(FOLDS):
        unseen = [i for i in range(len(rows)) if i % FOLDS == fold]
        seen = [i for i in range(len(rows)) if i % FOLDS != fold]
        model = fit(x[seen], [labels[i] for i in seen], aside, aside_labels)
        for i, row in zip(unseen, model.predict_proba(x[unseen]), strict=True):
            said[i] = {str(model.classes_[k]) for k in range(len(row)) if k == row.argmax() or row[k] >= several}
    gold_sets = [set(some) for some in labels]
    every = sorted(set().union(*gold_sets))
    scores = [
        2
        * sum(one in g and one in said[i] for i, g in enumerate(gold_sets))
        / sum((one in g) + (one in said[i]) for i, g in enumerate(gold_sets))
        for one in every
    ]
    exact = sum(said[i] == g for i, g in enumerate(gold_sets)) / len(rows)
    record("types", name, {"macro_f1": float(np.mean(scores)), "accuracy": exact})
    model = fit(x, labels, aside, aside_labels)
    return stored(name, [str(c) for c in model.classes_], model.coef_.T * 2, model.intercept_, several)


def main() -> None:
    """Fit and write all heads."""
    data = Path(sys.argv[1])
    columns = ontology_head(data)
    for name in BOOKS:
        columns |= book_head(name, data)
    np.savez_compressed(PATH, allow_pickle=False, names=np.array(" ".join(("ontology", *BOOKS))), **columns)
    print(f"{PATH.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

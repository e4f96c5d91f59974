"""Fits the heads over sentence vectors: `python -m streams.train.languages_types DATA` writes models/language_types.npz.

`ontology` is fitted on English: own sentences (`examples/`, `blind/`, `varied/`), the CASE 2021 snippets and texts whose
labels narrow the types down. `varied/` was written from the definitions alone, without a look at any data: headlines, leads,
sentences from the middle, statements, follow-ups and sums of every type, and much of `other` that sounds like news of harm. Code books with one label to a text are fitted on the labelled half of their sets in
DATA/multilingual/types, and their scores are of five-fold cross-validation; for those with several see `languages_books.py`.
"""

from __future__ import annotations

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
from streams.evaluate.documents import read_rows
from streams.train.held_out import record
from streams.train.types import BLIND, EXAMPLES, own_sentences, snippets
from streams.train.weak import weak_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIED = Path(__file__).with_name("varied")
FOLDS = 5
HEADS = ("zh_cec", "crisislex26")
BALANCE = 0.7  # exponent of the weight of rare labels
STRENGTH, OWN_STRENGTH = 3.0, 2.0  # inverses of the regularisation: of code books, of our own types


def encoded(texts: Sequence[str]) -> Any:
    """Vectors of texts."""
    vectors = encode([t[:500] for t in texts])
    assert vectors is not None
    return vectors * 2


def ontology_head(data: Path) -> dict[str, Any]:
    """The head over our own types."""
    names = [t.name for t in ontology().types]
    own = [*own_sentences(EXAMPLES), *own_sentences(BLIND), *own_sentences(VARIED)]
    further = [*snippets(data)[0], *weak_labels(data)]
    x, types = encoded([t for t, _ in own]), np.array([names.index(min(k)) for _, k in own])
    first = LogisticRegression(C=OWN_STRENGTH, max_iter=300).fit(x, types)
    beside = encoded([t for t, _ in further])
    chances = np.zeros((len(further), len(names)))
    chances[:, first.classes_] = first.predict_proba(beside)
    settled = np.where([[n in k for n in names] for _, k in further], chances, -1).argmax(axis=1)
    weights = np.repeat([1.0, 0.7], [len(own), len(further)])
    model = LogisticRegression(C=OWN_STRENGTH, max_iter=300).fit(
        np.concatenate([x, beside]), np.concatenate([types, settled]), weights
    )
    coefficients, bias = np.zeros((x.shape[1], len(names))), np.full(len(names), -12.0)
    coefficients[:, model.classes_], bias[model.classes_] = model.coef_.T * 2, model.intercept_
    return stored("ontology", names, coefficients, bias)


def fit(x: Any, labels: Sequence[str]) -> LogisticRegression:
    """A model of texts with one label each."""
    held = Counter(labels)
    balanced = np.array([1 / held[label] ** BALANCE for label in labels])
    return LogisticRegression(C=STRENGTH, max_iter=400).fit(x, labels, balanced * len(balanced) / balanced.sum())


def book_head(name: str, data: Path) -> dict[str, Any]:
    """The head of one set's own labels; prints and records what it scores on texts unseen."""
    rows = rows_of_set(name, data)
    labels = np.array([row["label"] for row in rows])
    x = encoded([headline_and_lead(row.get("title") or "", row["text"]) for row in rows])
    said = labels.copy()
    for part in range(FOLDS):
        unseen = np.arange(len(rows)) % FOLDS == part
        said[unseen] = fit(x[~unseen], list(labels[~unseen])).predict(x[unseen])
    keep(name, labels, said)
    model = fit(x, list(labels))
    return stored(name, [str(c) for c in model.classes_], model.coef_.T * 2, model.intercept_)


def rows_of_set(name: str, data: Path) -> list[dict[str, Any]]:
    """The lines of one set."""
    return read_rows(data / "multilingual" / "types" / f"{name}.jsonl.gz", ())


def keep(name: str, gold: Any, said: Any) -> None:
    """Records macro F1 over the labels of the gold, and how many texts have the right label."""
    scores = [
        2 * ((gold == one) & (said == one)).sum() / ((gold == one).sum() + (said == one).sum()) for one in set(gold)
    ]
    record("types", name, {"macro_f1": float(np.mean(scores)), "accuracy": float((gold == said).mean())})


def main() -> None:
    """Fit and write all heads."""
    data = Path(sys.argv[1])
    columns = ontology_head(data)
    for name in HEADS:
        columns |= book_head(name, data)
    np.savez_compressed(PATH, allow_pickle=False, names=np.array(" ".join(("ontology", *HEADS))), **columns)
    print(f"{PATH.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

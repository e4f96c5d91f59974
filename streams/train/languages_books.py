"""Fits how code books with several labels to a text are read: `python -m streams.train.languages_books DATA`.

Writes `streams/evaluate/models/code_books.json`. Six weights are fitted for each book over all pairs of a text and a
label, so that labels with one text or two are read by what holds for the others. Scores are of cross-validation by
article, near copies together; the least chance at which a label is said is chosen within the articles fitted on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from streams.domain.geo.gazetteer import fold
from streams.domain.text.tokenize import plain_words
from streams.evaluate.code_books import BOOKS, EVIDENCE, WEIGHTS, evidence, patterns
from streams.evaluate.documents import read_rows
from streams.evaluate.scores_multilingual import types_scores
from streams.train.held_out import record

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDS = 20
RUN = 3  # words of a shingle
COPY = 0.4  # share of the shorter text's shingles that makes two texts near copies
LEAST = (0.15, 0.2, 0.25, 0.3, 0.35)


def articles(rows: Sequence[dict[str, Any]]) -> Any:
    """The number of each text's article, near copies and sentences of one article alike."""
    runs = []
    for row in rows:
        words = plain_words(fold(row["text"]))
        runs.append({tuple(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1))})
    named = [row["id"].rpartition("_")[0] if "published" in row else row["id"] for row in rows]
    number = np.arange(len(rows))
    for a in range(len(rows)):
        for b in range(a):
            if named[a] == named[b] or len(runs[a] & runs[b]) >= COPY * min(len(runs[a]), len(runs[b])):
                number[number == number[a]] = number[b]
    return np.unique(number, return_inverse=True)[1]


def only_here(rows: Sequence[dict[str, Any]], at: int) -> set[tuple[str, str]]:
    """Triggers of a text and of no other: the writer of the words had seen them there."""
    told = [{(e["type"], word) for e in row.get("events", ()) for word in fold(e["trigger"]).split()} for row in rows]
    return told[at].difference(*told[:at], *told[at + 1 :])


def fit(x: Any, y: Any) -> LogisticRegression:
    """The model of pairs: evidence of shape (texts, labels, kinds), and which labels each text has."""
    return LogisticRegression(max_iter=500).fit(x.reshape(-1, x.shape[-1]), y.ravel())


def chances_unseen(x: Any, y: Any, fold_of: Any) -> Any:
    """The chance of each label of each text, by a model of the other folds; shape (texts, labels)."""
    out = np.zeros(y.shape)
    for part in np.unique(fold_of):
        unseen = fold_of == part
        model = fit(x[~unseen], y[~unseen])
        out[unseen] = model.predict_proba(x[unseen].reshape(-1, x.shape[-1]))[:, 1].reshape(-1, y.shape[1])
    return out


def best_least(x: Any, y: Any, fold_of: Any) -> float:
    """The least chance that gives the highest macro and micro F1 on texts unseen."""
    chances = chances_unseen(x, y, fold_of)
    return max(LEAST, key=lambda least: sum(f1(y, chances >= least)))


def f1(gold: Any, said: Any) -> tuple[float, float]:
    """Macro F1 over the labels of the gold, and micro F1."""
    hits, both = (gold & said).sum(axis=0), gold.sum(axis=0) + said.sum(axis=0)
    held = gold.any(axis=0)
    return float((2 * hits[held] / both[held]).mean()), 2 * float(hits.sum()) / max(1, int(both.sum()))


def unseen_labels(x: Any, y: Any, fold_of: Any) -> Any:
    """Which labels each text gets when weights and least chance come from the other folds."""
    said = np.zeros(y.shape, bool)
    for part in np.unique(fold_of):
        unseen = fold_of == part
        least = best_least(x[~unseen], y[~unseen], fold_of[~unseen])
        chances = fit(x[~unseen], y[~unseen]).predict_proba(x[unseen].reshape(-1, x.shape[-1]))[:, 1]
        said[unseen] = chances.reshape(-1, y.shape[1]) >= least
    return said


def fitted(book: str, data: Path) -> dict[str, Any]:
    """Weights, bias and least chance of one book; records its scores on texts unseen."""
    rows = read_rows(data / "multilingual" / "types" / f"{book}.jsonl.gz", ())
    labels = list(patterns(book))
    x = np.stack([evidence(book, row["text"], only_here(rows, at)) for at, row in enumerate(rows)])
    y = np.array([[label in row["labels"] for label in labels] for row in rows])
    fold_of = articles(rows) % FOLDS
    said = unseen_labels(x, y, fold_of)
    scores = types_scores(
        {row["id"]: row for row in rows},
        {
            row["id"]: {"labels": [k for k, one in zip(labels, says, strict=True) if one]}
            for row, says in zip(rows, said, strict=True)
        },
    )
    record("types", book, {name: scores[name] for name in ("macro_f1", "micro_f1", "accuracy")})
    model = fit(x, y)
    weights = {name: round(float(w), 4) for name, w in zip(EVIDENCE, model.coef_[0], strict=True)}
    return {"weights": weights, "bias": round(float(model.intercept_[0]), 4), "least": best_least(x, y, fold_of)}


def main() -> None:
    """Fit and write all books."""
    books = {book: fitted(book, Path(sys.argv[1])) for book in BOOKS}
    WEIGHTS.write_text(json.dumps(books, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

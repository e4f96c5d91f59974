"""Trains the totals of casualties: `python -m streams.train.casualty_totals DATA`.

DATA/gun_casualties and DATA/gva_incidents hold reports of the Gun Violence Archive with the archive's counts. First four-fold
cross-validation, folds split by incident with the words chosen inside each fold, then the model on everything.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from streams.domain.extract.passages import passages
from streams.domain.extract.sentence_readings import title_claims
from streams.domain.mentions.casualty_totals import CLASSES, MODEL, Model, count, features, grams
from streams.domain.text.document import open_document
from streams.evaluate.claims import article
from streams.evaluate.documents import read_rows
from streams.train.held_out import record

RARE = 4  # documents; a run of words met in fewer has no weight
KEPT = 9_000  # words and pairs with the largest weights
STRENGTH = 1.0  # inverse regularisation
COUNTS = 0.5  # scale of the counts against the words while training


class Report(NamedTuple):
    """One report: its features, its runs of words, and the archive's counts."""

    set: str
    group: str
    counts: list[str]
    words: list[str]
    killed: int
    injured: int


def load(data: Path) -> list[Report]:
    """Reports of both sets; of the second those of one incident whose counts are known."""
    incidents = {row["cluster"]: row for row in read_rows(data / "gva_incidents" / "incidents.jsonl.gz", ())}
    out = [
        _report("gun_casualties", row["id"], row, row)
        for row in read_rows(data / "gun_casualties" / "docs.jsonl.gz", ())
    ]
    for row in read_rows(data / "gva_incidents" / "docs.jsonl.gz", ()):
        truth = incidents.get(row["cluster"], {})
        if (
            len(row.get("clusters") or [0]) == 1
            and truth.get("killed") is not None
            and truth.get("injured") is not None
        ):
            out.append(_report("gva_incidents", row["cluster"], row, truth))
    return out


def _report(name: str, group: str, row: dict[str, Any], truth: dict[str, Any]) -> Report:
    document = open_document(article(row))
    counted = count(title_claims(document), [(p.sentence, c) for p in passages(document) for c in p.claims])
    words = grams(document.title, document.text)
    return Report(name, group, features(counted), words, truth["killed"], truth["injured"])


def train(reports: list[Report]) -> Model:
    """Fit on all runs of words, keep those that weigh most, fit again."""
    seen = Counter(word for r in reports for word in set(r.words))
    names = sorted({f"#{c}" for r in reports for c in r.counts}) + sorted(w for w, n in seen.items() if n >= RARE)
    model = _fit(reports, names, seen)
    weight = np.abs(model.killed[1:]).max(axis=1) + np.abs(model.injured[1:]).max(axis=1)
    order = sorted(range(len(names)), key=lambda n: (not names[n].startswith("#"), -weight[n], names[n]))
    limit = KEPT + sum(n.startswith("#") for n in names)
    return _fit(reports, [names[n] for n in order[:limit]], seen)


def _fit(reports: list[Report], names: list[str], seen: Counter[str]) -> Model:
    idf = np.array([np.log(len(reports) / seen[n]) + 1 if n in seen else 0.0 for n in names], np.float32)
    empty = np.zeros((len(names) + 1, 1), np.float32)
    model = Model(names, idf, empty, empty)
    x = _matrix(reports, model)
    tables = []
    for what in ("killed", "injured"):
        y = np.minimum([getattr(r, what) for r in reports], CLASSES[what] - 1)
        fitted = LogisticRegression(C=STRENGTH, max_iter=400).fit(x, y)
        table = np.full((len(names) + 1, CLASSES[what]), 0.0, np.float32)
        table[0] = -20.0
        table[0, fitted.classes_] = fitted.intercept_
        table[1:, fitted.classes_] = fitted.coef_.T
        table[1:][[n.startswith("#") for n in names]] *= COUNTS
        tables.append(table)
    return Model(names, idf, *tables)


def _matrix(reports: list[Report], model: Model) -> csr_matrix:
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for r in reports:
        rows, values = model.rows(r.counts, r.words)
        scale = np.where(model.idf[rows - 1] == 0, COUNTS, 1.0)
        columns.extend(rows - 1)
        data.extend(values * scale)
        ends.append(len(columns))
    return csr_matrix((data, columns, ends), shape=(len(reports), len(model.index)))


def predict(model: Model, r: Report) -> tuple[int, int]:
    """The likeliest class of each count."""
    rows, values = model.rows(r.counts, r.words)
    return tuple(int((values @ t[rows] + t[0]).argmax()) for t in (model.killed, model.injured))  # type: ignore[return-value]


def score(reports: list[Report], said: list[tuple[int, int]]) -> None:
    """Record exact shares for each set, under the names of `tocsin eval casualties`."""
    for name in ("gun_casualties", "gva_incidents"):
        pairs = [(r, s) for r, s in zip(reports, said, strict=True) if r.set == name]
        killed = [s[0] == r.killed for r, s in pairs]
        some = [s[0] == r.killed for r, s in pairs if r.killed]
        injured = [s[1] == r.injured for r, s in pairs]
        both = [k and i for k, i in zip(killed, injured, strict=True)]
        record("casualties", name, {
            "killed_accuracy": np.mean(killed), "killed_positive_accuracy": np.mean(some),
            "injured_accuracy": np.mean(injured), "both_accuracy": np.mean(both),
        })  # fmt: skip


def save(model: Model) -> None:
    """Write the weights, half precision."""
    names: npt.NDArray[np.uint8] = np.frombuffer("\n".join(model.index).encode(), np.uint8)
    half = {k: getattr(model, k).astype(np.float16) for k in ("idf", "killed", "injured")}
    np.savez_compressed(MODEL, names=names, **half)


def main() -> None:
    """Cross-validate, then train on everything."""
    reports = load(Path(sys.argv[1]))
    said: list[tuple[int, int]] = [(0, 0)] * len(reports)
    groups = [r.group for r in reports]
    for inside, outside in GroupKFold(4).split(groups, groups, groups):
        model = train([reports[n] for n in inside])
        for n in outside:
            said[n] = predict(model, reports[n])
    score(reports, said)
    save(train(reports))
    print(f"{MODEL.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

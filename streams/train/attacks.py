"""Fits the reader of attacks: `python -m streams.train.attacks DATA` writes models/attacks.npz.

Learned from the MUC-4 reports. A sentence is taken to report a template's kind when it holds one of the template's
fills. The second layer is fitted on what the first says about reports that it has not seen. A model of DEV alone is
scored on TST1 and TST2 first.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.preprocessing import normalize

from streams.domain.event_type.classifier import Vocabulary
from streams.evaluate.attacks import (
    KINDS,
    MARKS,
    MODEL,
    MOST,
    TELLING_LENGTH,
    WORD,
    attack_model,
    hints,
    report_features,
    split,
    telling_share,
    terms_of,
    word_features,
)
from streams.evaluate.documents import read_rows
from streams.evaluate.extract import predict
from streams.evaluate.scores_extract import extract_scores
from streams.train.held_out import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Row = dict[str, Any]

_HITS = ("hum_tgt_name", "hum_tgt_desc", "phys_tgt", "perp_individual", "instrument_id")
_LEAST = (0.3, 0.3, 0.5, 0.12, 0.08, 0.17, 0.2, 0.15)  # one attack, two, three, then one per mark
_FEWEST, _NEVER = 3, -9.0  # reports with so many attacks of a kind that it can be learned; the bias when it cannot
_FEATURE_LENGTH = 0.3  # how much each feature of a report weighs beside the words of its telling sentences
_TERMS, _FEATURES = 20_000, 40_000  # how many weights are kept
_MOST_SENTENCES = 12_000


def fills(template: Row, slots: Sequence[str]) -> set[str]:
    """Every wording of a template's fills."""
    return {name for slot in slots for line in template[slot] for name in re.findall(r'"([^"]+)"', line)}


def places(template: Row) -> set[str]:
    """Names of the places of a template, the country among them."""
    lines = [re.sub(r"\s*\([^()]*\)", "", line) for line in template["location"]]
    return {part.strip(" ()?") for line in lines for part in re.split(r":|/|\s-\s", line)} - {""}


def kind_of(template: Row) -> int | None:
    """Number of a template's kind; None for kinds that are too rare to learn."""
    name = template["type"][0].split(" / ")[0]
    return KINDS.index(name) if name in KINDS else None


def logistic(features: csr_matrix, yes: npt.NDArray[np.bool_], strength: float) -> LogisticRegression:
    """One kind against the rest."""
    return LogisticRegression(C=strength, max_iter=300, solver="liblinear", random_state=0).fit(features, yes)


def encoded(vocabulary: Vocabulary, terms: Sequence[Sequence[str]]) -> csr_matrix:
    """Sparse features of sentences or reports."""
    coded = [vocabulary.encode(t) for t in terms]
    ends = np.cumsum([0, *(len(rows) for rows, _ in coded)])
    rows, values = (np.concatenate([c[k] for c in coded]) for k in (0, 1))
    return csr_matrix((values, rows, ends), shape=(len(coded), len(vocabulary.terms)))


class Reports:
    """The reports as the learner sees them: sentences, their kinds, and how many templates of each kind they have."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.sentences = [split(row["text"]) for row in rows]
        self.of = np.repeat(np.arange(len(rows)), [len(s) for s in self.sentences])
        self.flat = [s for some in self.sentences for s in some]
        self.kinds = np.zeros((len(self.flat), len(KINDS)), dtype=bool)
        self.counts = np.zeros((len(rows), len(KINDS)), dtype=int)
        for number, row in enumerate(rows):
            here = np.flatnonzero(self.of == number)
            for template in row["templates"]:
                kind = kind_of(template)
                if kind is None:
                    continue
                self.counts[number, kind] += 1
                names = fills(template, _HITS)
                for at in here:
                    self.kinds[at, kind] |= any(name in self.flat[at] for name in names)
        self.terms = [terms_of(s) for s in self.flat]
        self.report_terms = [terms_of(" ".join(s)) for s in self.sentences]
        self.hints = [hints(s) for s in self.sentences]


def vocabulary(reports: Reports) -> Vocabulary:
    """The terms of four sentences or more that tell the kinds apart best."""
    counts = Counter(t for terms in reports.terms for t in terms)
    kept = sorted(t for t, n in counts.items() if n > 3)
    rarity = np.log((1 + len(reports.flat)) / (1 + np.array([counts[t] for t in kept], dtype=np.float32))) + 1
    full = Vocabulary(kept, rarity.astype(np.float32), 1.0)
    features = encoded(full, reports.terms)
    weight = np.max([np.abs(logistic(features, reports.kinds[:, k], 20.0).coef_[0]) for k in range(len(KINDS))], axis=0)
    best = np.sort(np.argsort(-weight, kind="stable")[:_TERMS])
    return Vocabulary([kept[k] for k in best], full.rarity[best], 1.0)


def layered(reports: Reports, vocab: Vocabulary) -> tuple[dict[str, Floats], Floats]:
    """Weights of both layers, and what sentences unseen by the first layer are said to tell."""
    lines, wholes = encoded(vocab, reports.terms), encoded(vocab, reports.report_terms)
    present = reports.counts > 0
    sentence = np.zeros(reports.kinds.shape, dtype=np.float32)
    report = np.zeros(present.shape, dtype=np.float32)
    for seen, unseen in KFold(5, shuffle=True, random_state=0).split(wholes):
        mask = np.isin(reports.of, seen)
        for k in range(len(KINDS)):
            first = logistic(lines[mask], reports.kinds[mask, k], 20.0)
            sentence[~mask, k] = first.predict_proba(lines[~mask])[:, 1]
            report[unseen, k] = logistic(wholes[seen], present[seen, k], 40.0).predict_proba(wholes[unseen])[:, 1]
    out: dict[str, Floats] = {}
    by_kind = [logistic(lines, reports.kinds[:, k], 20.0) for k in range(len(KINDS))]
    out |= _stacked(by_kind, "sentence")
    out |= _stacked([logistic(wholes, present[:, k], 40.0) for k in range(len(KINDS))], "report")
    judged, telling = zip(*(judges(reports, report, sentence, lines, k) for k in range(len(KINDS))), strict=True)
    out["judged"], out["telling"] = np.stack(judged, axis=1), np.stack(telling, axis=1)
    return out, sentence


def judges(reports: Reports, report: Floats, sentence: Floats, lines: csr_matrix, kind: int) -> tuple[Floats, Floats]:
    """Weights of the second layer for one kind: features and bias (MOST, features + 1), terms (MOST, terms)."""
    features, words = [], []
    for number in range(len(reports.rows)):
        here = np.flatnonzero(reports.of == number)
        features.append(report_features(report[number], sentence[here], reports.hints[number], kind))
        words.append(csr_matrix(telling_share(sentence[here, kind])[None, :] @ lines[here]))
    dense = np.array(features)
    middle, spread = dense.mean(axis=0), dense.std(axis=0) + 1e-6
    scaled = csr_matrix((dense - middle) / spread * _FEATURE_LENGTH)
    both = csr_matrix(hstack([scaled, normalize(vstack(words)) * TELLING_LENGTH]))
    judged, telling = [], []
    for least in range(1, MOST + 1):
        so_many = reports.counts[:, kind] >= least
        if so_many.sum() < _FEWEST:
            judged.append([0.0] * len(middle) + [_NEVER])
            telling.append(np.zeros(lines.shape[1]))
            continue
        model = logistic(both, so_many, 1.0)
        weights = model.coef_[0, : len(middle)] * _FEATURE_LENGTH / spread
        judged.append([*weights, model.intercept_[0] - weights @ middle])
        telling.append(model.coef_[0, len(middle) :])
    return np.array(judged, dtype=np.float32), np.array(telling, dtype=np.float32)


def _stacked(models: Sequence[LogisticRegression], name: str) -> dict[str, Floats]:
    return {
        f"{name}_weights": np.stack([m.coef_[0] for m in models], axis=1).astype(np.float32),
        f"{name}_bias": np.array([m.intercept_[0] for m in models], dtype=np.float32),
    }


def marked(reports: Reports, chances: Floats) -> tuple[list[list[str]], list[int]]:
    """Features of every word of the telling sentences of reports with templates, and the mark of each."""
    telling = np.argsort(-chances.max(axis=1) - reports.kinds.any(axis=1), kind="stable")[:_MOST_SENTENCES]
    features, marks = [], []
    for at in telling:
        row = reports.rows[reports.of[at]]
        words = WORD.findall(reports.flat[at])
        mark = [0] * len(words)
        for template in row["templates"]:
            for number, slot in enumerate(MARKS[1:], 1):
                for name in places(template) if slot == "place" else fills(template, (slot,)):
                    _stamp(words, WORD.findall(name), number, mark)
        low, kind = [w.lower() for w in words], KINDS[int(chances[at].argmax())]
        features += [word_features(low, k, kind) for k in range(len(words))]
        marks += mark
    return features, marks


def _stamp(words: list[str], name: list[str], number: int, mark: list[int]) -> None:
    for at in range(len(words) - len(name) + 1):
        if name and words[at : at + len(name)] == name and not any(mark[at : at + len(name)]):
            mark[at : at + len(name)] = [number] * len(name)


def tagger(features: list[list[str]], marks: list[int]) -> tuple[list[str], Floats, Floats]:
    """The features kept, their weights (features, marks) and the bias."""
    counts = Counter(f for some in features for f in some)
    kept = sorted(f for f, n in counts.items() if n > 2)
    row_of = {f: k for k, f in enumerate(kept)}
    rows = [[row_of[f] for f in some if f in row_of] for some in features]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.concatenate([np.array(r, dtype=np.intp) for r in rows])
    sparse = csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(rows), len(kept)))
    model = LogisticRegression(C=0.5, max_iter=80).fit(sparse, marks)
    weights = model.coef_.T.astype(np.float32)
    best = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:_FEATURES])
    return [kept[k] for k in best], weights[best], model.intercept_.astype(np.float32)


def fit(rows: Sequence[Row]) -> None:
    """Fits on the reports and writes the model."""
    reports = Reports(rows)
    vocab = vocabulary(reports)
    layers, chances = layered(reports, vocab)
    kept, weights, bias = tagger(*marked(reports, chances))
    half = {name: values.astype(np.float16) for name, values in layers.items()}
    np.savez_compressed(
        MODEL,
        terms="\n".join(vocab.terms),
        rarity=vocab.rarity.astype(np.float16),
        mark_features="\n".join(kept),
        mark_weights=weights.astype(np.float16),
        mark_bias=bias,
        least=np.array(_LEAST, dtype=np.float32),
        **half,  # type: ignore[arg-type]
    )
    attack_model.cache_clear()


def main(data: Path) -> None:
    """Scores TST1 and TST2 by a model of DEV, then writes the model of all."""
    rows = read_rows(data / "muc4" / "docs.jsonl.gz", ())
    fit([row for row in rows if row["part"] == "dev"])
    unseen = [row for row in rows if row["part"] != "dev"]
    record("extract", "muc4", unseen_scores(unseen))
    fit(rows)


def unseen_scores(rows: Sequence[Row]) -> dict[str, float]:
    """F1 of relevance, types and slots, as `tocsin eval extract` gives them."""
    scores = extract_scores({row["id"]: row for row in rows}, {said["id"]: said for said in predict(rows)})
    return {name: value for name, value in scores.items() if name.endswith("_f1") and value is not None}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m streams.train.attacks DATA, the folder of the evaluation data")
    main(Path(sys.argv[1]))

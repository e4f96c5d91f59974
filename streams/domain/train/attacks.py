"""Fits the reader of attacks: `python -m streams.domain.train.attacks DATA` writes models/attacks.npz.

Learned from the MUC-4 reports. A sentence is taken to tell of a template's kind when it holds one of the template's
fills. The second layer is fitted on what the first says about reports that it has not seen. `--check` fits on DEV
alone, so that TST1 and TST2 can be scored unseen.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from streams.domain.attacks import KINDS, MARKS, MODEL, WORD, report_features, split, terms_of, word_features
from streams.domain.train.weak import rows_of
from streams.domain.types import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Row = dict[str, Any]

_HITS = ("hum_tgt_name", "hum_tgt_desc", "phys_tgt", "perp_individual", "instrument_id")
_LEAST = (0.25, 0.4, 0.12, 0.12, 0.12, 0.15, 0.15)  # presence, several, one per mark
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
    """One kind against the rest; the same answer throughout when the texts give only one."""
    return LogisticRegression(C=strength, max_iter=300).fit(features, yes)


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
    for name, least in (("presence", 1), ("several", 2)):
        rows = []
        for k in range(len(KINDS)):
            seen = [report_features(report[n], sentence[reports.of == n], k) for n in range(len(reports.rows))]
            model = logistic(csr_matrix(np.array(seen)), reports.counts[:, k] >= least, 1.0)
            rows.append([*model.coef_[0], model.intercept_[0]])
        out[name] = np.array(rows, dtype=np.float32)
    return out, sentence


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


def main(data: Path, keep: Callable[[Row], bool]) -> None:
    """Fits on the reports kept and writes the model."""
    reports = Reports([row for row in rows_of(data / "muc4" / "docs.jsonl.gz") if keep(row)])
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


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python -m streams.domain.train.attacks DATA [--check], the folder of the evaluation data")
    check = sys.argv[2:] == ["--check"]
    main(Path(sys.argv[1]), lambda row: not check or row["part"] == "dev")

"""Fits the type model: `python -m streams.domain.train.types DATA` writes models/types.npz and prints its scores.

Learned from: example sentences of every type, written for this purpose (`examples/`, one file a family); the CASE 2021
snippets, whose labels stand for one or more types; and texts whose labels only narrow the types down (`weak`). Where
a label leaves a choice, a model fitted on the examples makes it.

Scores are of CASE 2021, stratified folds repeated: the snippets of a fold are unseen, the examples are always used.
They were written, and added to, by one who had read the developers' snippets and what was wrong with their types, so
unseen snippets will come out several points lower.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import RepeatedStratifiedKFold

from streams.domain.ontology import ontology
from streams.domain.terms import gist_terms, lexicon, tokens, word_terms
from streams.domain.train.weak import Labelled, rows_of, types_of, weak_labels
from streams.domain.types import MODEL, Vocabulary
from streams.domain.vectors import embed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

EXAMPLES = Path(__file__).parent / "examples"
WORD_LENGTH, GIST_LENGTH, VECTOR_LENGTH = 3.0, 2.0, 3.0  # how much each kind of evidence may weigh
STRENGTH = 5.0  # inverse of the regularisation
WEAK_WEIGHT = 0.3


def examples(folder: Path = EXAMPLES) -> list[Labelled]:
    """The example sentences: files named by family, `# subtype` before its sentences, one a line."""
    found: list[Labelled] = []
    for path in sorted(folder.glob("*.txt")):
        kind = frozenset[str]()
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                kind = types_of(f"{path.stem}/{line[2:].strip()}")
            elif line.strip():
                found.append((line.strip(), kind))
    return found


def snippets(data: Path) -> tuple[list[Labelled], list[str]]:
    """The CASE 2021 snippets as texts with their possible types, and their labels."""
    rows = rows_of(data / "case2021_acled" / "snippets.jsonl.gz")
    by_label: dict[str, set[str]] = {}
    for kind in ontology().types:
        if kind.crosswalk.case2021:
            by_label.setdefault(kind.crosswalk.case2021, set()).add(kind.name)
    return [(r["text"], frozenset(by_label[r["label"]])) for r in rows], [r["label"] for r in rows]


def vocabulary(texts: Sequence[str], terms: Callable[[list[str]], list[str]], length: float) -> Vocabulary:
    """Terms that stand in two texts or more, the rarer the heavier."""
    counts = Counter(term for text in texts for term in terms(tokens(text)))
    kept = sorted(term for term, times in counts.items() if times > 1)
    rarity = [np.log((1 + len(texts)) / (1 + counts[term])) + 1 for term in kept]
    return Vocabulary(kept, np.array(rarity, dtype=np.float32), length)


def matrix(texts: Sequence[str], words: Vocabulary, gist: Vocabulary) -> csr_matrix:
    """Features of texts in the order of the stored weights: words, gist, seeds, vector."""
    blocks = [
        _encoded(words, [word_terms(tokens(t)) for t in texts]),
        _encoded(gist, [gist_terms(tokens(t)) for t in texts]),
        csr_matrix(np.stack([lexicon().evidence(tokens(t)) for t in texts])),
        csr_matrix(embed(texts) * VECTOR_LENGTH),
    ]
    return csr_matrix(hstack(blocks))


def _encoded(vocab: Vocabulary, terms: Sequence[list[str]]) -> csr_matrix:
    coded = [vocab.encode(t) for t in terms]
    ends = np.cumsum([0, *(len(rows) for rows, _ in coded)])
    rows = np.concatenate([rows for rows, _ in coded])
    values = np.concatenate([values for _, values in coded])
    return csr_matrix((values, rows, ends), shape=(len(coded), len(vocab.terms)))


class Fitted:
    """A logistic regression over all types, also over those that its texts lack."""

    def __init__(self, features: csr_matrix, types: npt.NDArray[np.intp], weights: Floats) -> None:
        self.model = LogisticRegression(C=STRENGTH, max_iter=200)
        self.model.fit(features, types, sample_weight=weights)

    def probabilities(self, features: csr_matrix) -> Floats:
        """Shape (texts, types)."""
        out = np.zeros((features.shape[0], len(ontology().types)), dtype=np.float32)
        out[:, self.model.classes_] = self.model.predict_proba(features)
        return out


def settle(chances: Floats, labelled: Sequence[Labelled]) -> npt.NDArray[np.intp]:
    """The likeliest of each text's possible types."""
    names = np.array([t.name for t in ontology().types])
    allowed = np.stack([np.isin(names, list(kinds)) for _, kinds in labelled])
    best: npt.NDArray[np.intp] = np.where(allowed, chances, -1).argmax(axis=1)
    return best


def case_labels(chances: Floats) -> list[str]:
    """The CASE 2021 label whose types are likeliest together."""
    labels = sorted({t.crosswalk.case2021 for t in ontology().types if t.crosswalk.case2021})
    of_type = np.array([[t.crosswalk.case2021 == label for label in labels] for t in ontology().types])
    return [labels[k] for k in (chances @ of_type).argmax(axis=1)]


def main(data: Path) -> dict[str, float]:
    """Fits, measures and writes the model; gives the scores."""
    own, (case, labels), weak = examples(), snippets(data), list(weak_labels(data))
    texts = [text for text, _ in (*own, *case, *weak)]
    words = vocabulary(texts, word_terms, WORD_LENGTH)
    gist = vocabulary(texts, gist_terms, GIST_LENGTH)
    everything = matrix(texts, words, gist)
    first, second = len(own), len(own) + len(case)
    types = np.zeros(len(texts), dtype=np.intp)
    types[:first] = settle(np.ones((first, len(ontology().types)), dtype=np.float32), own)
    start = Fitted(everything[:first], types[:first], np.ones(first, dtype=np.float32))
    types[first:] = settle(start.probabilities(everything[first:]), [*case, *weak])
    weights = np.ones(len(texts), dtype=np.float32)
    weights[second:] = WEAK_WEIGHT
    alone = f1_score(labels, case_labels(start.probabilities(everything[first:second])), average="weighted")
    folded = _folds(everything, types, weights, labels, first)
    final = Fitted(everything, types, weights)
    guessed = final.probabilities(everything[second:]).argmax(axis=1)
    scores = {
        "examples": len(own), "snippets": len(case), "weak": len(weak), "words": len(words.terms),
        "case2021_weighted_f1_examples_only": round(float(alone), 4),
        "case2021_weighted_f1_cross_validated": round(folded, 4),
        "weak_fit": round(float((guessed == types[second:]).mean()), 4),
    }  # fmt: skip
    _write(final.model, words, gist)
    return scores


def _folds(features: csr_matrix, types: npt.NDArray[np.intp], weights: Floats, labels: list[str], first: int) -> float:
    gold = np.array(labels)
    second = first + len(gold)
    scores = []
    for seen, unseen in RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0).split(gold, gold):
        kept = np.concatenate([np.arange(first), first + seen, np.arange(second, features.shape[0])])
        model = Fitted(features[kept], types[kept], weights[kept])
        said = case_labels(model.probabilities(features[first + unseen]))
        scores.append(f1_score(gold[unseen], said, average="weighted"))
    return float(np.mean(scores))


def _write(model: LogisticRegression, words: Vocabulary, gist: Vocabulary) -> None:
    weights = np.zeros((model.coef_.shape[1], len(ontology().types)), dtype=np.float32)
    weights[:, model.classes_] = model.coef_.T
    bias = np.full(len(ontology().types), -20.0, dtype=np.float32)
    bias[model.classes_] = model.intercept_
    weights[-embed([""]).shape[1] :] *= VECTOR_LENGTH
    steps = np.abs(weights).max(axis=1, keepdims=True) / 127
    steps[steps == 0] = 1
    np.savez_compressed(
        MODEL,
        types="\n".join(t.name for t in ontology().types),
        words="\n".join(words.terms),
        gist="\n".join(gist.terms),
        lengths=np.array([words.length, gist.length]),
        rarity=np.concatenate([words.rarity, gist.rarity]).astype(np.float16),
        weights=np.round(weights / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        bias=bias,
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m streams.domain.train.types DATA, the folder of the evaluation data")
    print(json.dumps(main(Path(sys.argv[1])), indent=1))

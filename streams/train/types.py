"""Fits the type model: `python -m streams.train.types DATA` writes models/types.npz and prints its scores.

Learned from: own sentences of every type, one file a family, of two kinds; the CASE 2021 snippets, whose labels stand
for one or more types; and texts whose labels only narrow the types down (`weak`). Where a label leaves a choice, a
model fitted on the own sentences makes it. Own sentences are `blind/`, written from the definitions of the code books
by one who had never seen a snippet, and `examples/`, added to by one who had read the snippets and the errors on them.

So `examples/` say nothing about unseen snippets, and the honest scores are of models fitted without them: on `blind/`
alone, and on `blind/` with the snippets of other folds, near-duplicates in one fold, vocabulary of the fitted texts only.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix, hstack
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from streams.domain.event_type.classifier import MODEL, Vocabulary
from streams.domain.event_type.features import gist_terms, lexicon, tokens, word_terms
from streams.domain.ontology.types import ontology
from streams.domain.text.embeddings import embed
from streams.evaluate.documents import read_rows
from streams.train.held_out import record
from streams.train.weak import Labelled, types_of, weak_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

HERE = Path(__file__).parent
EXAMPLES, BLIND = HERE / "examples", HERE / "blind"
WORD_LENGTH, GIST_LENGTH, VECTOR_LENGTH = 3.0, 2.0, 3.0  # how much each kind of evidence may weigh
STRENGTH = 5.0  # inverse of the regularisation
SNIPPET_WEIGHT, WEAK_WEIGHT = 4.0, 0.3  # of an own sentence's
SAME_STORY = 0.9  # cosine of vectors from which two snippets are near-duplicates
FOLDS, REPEATS = 5, 2


def own_sentences(folder: Path) -> list[Labelled]:
    """The own sentences: files named by family, `# subtype` before its sentences, one a line."""
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
    rows = read_rows(data / "case2021_acled" / "snippets.jsonl.gz", ())
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


def _encoded(vocab: Vocabulary, terms: Sequence[list[str]]) -> csr_matrix:
    coded = [vocab.encode(t) for t in terms]
    ends = np.cumsum([0, *(len(rows) for rows, _ in coded)])
    rows = np.concatenate([rows for rows, _ in coded])
    values = np.concatenate([values for _, values in coded])
    return csr_matrix((values, rows, ends), shape=(len(coded), len(vocab.terms)))


class Fitted:
    """A logistic regression over all types, also over those that its texts lack, with the vocabulary of its texts."""

    def __init__(self, texts: Sequence[str], types: npt.NDArray[np.intp], weights: Floats) -> None:
        self.words = vocabulary(texts, word_terms, WORD_LENGTH)
        self.gist = vocabulary(texts, gist_terms, GIST_LENGTH)
        self.model = LogisticRegression(C=STRENGTH, max_iter=200)
        self.model.fit(self.matrix(texts), types, sample_weight=weights)

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """Features of texts in the order of the stored weights: words, gist, seeds, vector."""
        split = [tokens(t) for t in texts]
        blocks = [
            _encoded(self.words, [word_terms(words) for words in split]),
            _encoded(self.gist, [gist_terms(words) for words in split]),
            csr_matrix(np.stack([lexicon().evidence(words) for words in split])),
            csr_matrix(embed(texts) * VECTOR_LENGTH),
        ]
        return csr_matrix(hstack(blocks))

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Shape (texts, types)."""
        out = np.zeros((len(texts), len(ontology().types)), dtype=np.float32)
        out[:, self.model.classes_] = self.model.predict_proba(self.matrix(texts))
        return out


def likeliest_allowed(chances: Floats, labelled: Sequence[Labelled]) -> npt.NDArray[np.intp]:
    """The likeliest of each text's possible types."""
    names = np.array([t.name for t in ontology().types])
    allowed = np.stack([np.isin(names, list(kinds)) for _, kinds in labelled])
    best: npt.NDArray[np.intp] = np.where(allowed, chances, -1).argmax(axis=1)
    return best


def fit(own: Sequence[Labelled], case: Sequence[Labelled], weak: Sequence[Labelled]) -> Fitted:
    """The model of these texts; types that labels leave open are chosen by a model of the own sentences."""
    first = [text for text, _ in own]
    types = likeliest_allowed(np.ones((len(own), len(ontology().types)), dtype=np.float32), own)
    start = Fitted(first, types, np.ones(len(own), dtype=np.float32))
    if not case and not weak:
        return start
    further = [text for text, _ in (*case, *weak)]
    types = np.concatenate([types, likeliest_allowed(start.probabilities(further), [*case, *weak])])
    weights = np.repeat([1.0, SNIPPET_WEIGHT, WEAK_WEIGHT], [len(own), len(case), len(weak)]).astype(np.float32)
    return Fitted([*first, *further], types, weights)


def case_labels(chances: Floats) -> list[str]:
    """The CASE 2021 label whose types are likeliest together."""
    labels = sorted({t.crosswalk.case2021 for t in ontology().types if t.crosswalk.case2021})
    of_type = np.array([[t.crosswalk.case2021 == label for label in labels] for t in ontology().types])
    return [labels[k] for k in (chances @ of_type).argmax(axis=1)]


def score(model: Fitted, case: Sequence[Labelled], labels: Sequence[str]) -> float:
    """Weighted F1 over the 30 labels."""
    return float(f1_score(labels, case_labels(model.probabilities([t for t, _ in case])), average="weighted"))


def folds(own: Sequence[Labelled], case: Sequence[Labelled], labels: list[str], weak: Sequence[Labelled]) -> float:
    """Weighted F1 of snippets unseen: mean of repeated folds that keep near-duplicates together."""
    vectors, gold = embed([text for text, _ in case]), np.array(labels)
    story = connected_components(csr_matrix(vectors @ vectors.T > SAME_STORY))[1]
    scores = []
    for seed in range(REPEATS):
        said = np.empty(len(gold), dtype=object)
        for seen, unseen in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(gold, gold, story):
            model = fit(own, [case[k] for k in seen], weak)
            said[unseen] = case_labels(model.probabilities([case[k][0] for k in unseen]))
        scores.append(f1_score(gold, said, average="weighted"))
    return float(np.mean(scores))


def main(data: Path) -> dict[str, float]:
    """Fits, measures and writes the model; gives the scores."""
    blind, seen, (case, labels), weak = (
        own_sentences(BLIND),
        own_sentences(EXAMPLES),
        snippets(data),
        list(weak_labels(data)),
    )
    final = fit([*blind, *seen], case, weak)
    _write(final)
    unseen = folds(blind, case, labels, weak)
    record("classify", "case2021_acled", {"weighted_f1": unseen})
    return {
        "blind": len(blind), "examples": len(seen), "snippets": len(case), "weak": len(weak), "words": len(final.words.terms),
        "case2021_weighted_f1_blind_alone": round(score(fit(blind, [], []), case, labels), 4),
        "case2021_weighted_f1_blind_and_other_snippets": round(unseen, 4),
    }  # fmt: skip


def _write(fitted: Fitted) -> None:
    model, words, gist = fitted.model, fitted.words, fitted.gist
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
        sys.exit("usage: python -m streams.train.types DATA, the folder of the evaluation data")
    print(json.dumps(main(Path(sys.argv[1])), indent=1))

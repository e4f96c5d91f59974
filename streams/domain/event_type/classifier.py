"""Classifies a passage or an article by the type of event that it reports.

A multinomial logistic regression over the seed phrases, words, word pairs and gist of a text (`terms`) and its static
word vector (`vectors`); `train/types.py` fits it and writes `models/types.npz`. Titles, sentences and whole leads are
read alike, in any case of letters; text in a script without known words is `other`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from streams.domain.event_type.features import gist_terms, lexicon, tokens, word_terms
from streams.domain.ontology.types import ontology
from streams.domain.text.document import Document, annotation
from streams.domain.text.embeddings import DIMENSIONS, embed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

MODEL = Path(__file__).parents[1] / "models" / "types.npz"
TOP = 1500  # characters of the text that an article's type is read from, beside its title
_GUESSES = 5
_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """One type of the ontology with its probability, 0 to 1."""

    family: str
    subtype: str
    probability: float


class Vocabulary:
    """Terms of one kind with their weights: turns a text's terms into a sparse vector of a fixed length."""

    def __init__(self, terms: Sequence[str], rarity: Floats, length: float) -> None:
        self.terms = {term: row for row, term in enumerate(terms)}
        self.rarity = rarity
        self.length = length

    def encode(self, terms: Iterable[str]) -> tuple[npt.NDArray[np.intp], Floats]:
        """Rows of the known terms and their values, the vector scaled to the vocabulary's length."""
        rows = np.array(self.rows(terms), dtype=np.intp)
        return rows, self.scaled(self.rarity[rows])

    def rows(self, terms: Iterable[str]) -> list[int]:
        """Rows of the known terms."""
        row_of = self.terms.get
        return [row for term in terms if (row := row_of(term)) is not None]

    def scaled(self, values: Floats) -> Floats:
        """A text's values, scaled to the vocabulary's length."""
        norm = float(np.sqrt(values @ values))
        return values * np.float32(self.length / norm if norm else 0.0)

    def products(self, texts: Iterable[Iterable[str]], weights: Floats) -> list[Floats | None]:
        """The vector of each text's terms times the weights of all, None for a text of no known term.

        Weights of all texts are fetched together, which takes a third of fetching those of each.
        """
        found = [self.rows(terms) for terms in texts]
        flat = np.fromiter(chain.from_iterable(found), np.intp)
        values, fetched = self.rarity.take(flat), weights.take(flat, axis=0)
        out: list[Floats | None] = []
        end = 0
        for rows in found:
            start, end = end, end + len(rows)
            out.append(self.scaled(values[start:end]) @ fetched[start:end] if rows else None)
        return out


@dataclass(frozen=True, slots=True)
class TypeModel:
    """The fitted weights: one column per type, in the ontology's order."""

    words: Vocabulary
    gist: Vocabulary
    word_weights: Floats  # (words, types)
    gist_weights: Floats  # (gist terms, types)
    seed_weights: Floats  # (types, types)
    vector_weights: Floats  # (256, types)
    bias: Floats  # (types,)

    def probabilities(self, texts: Sequence[str], vectors: Floats | None = None) -> Floats:
        """Probability of every type for every text, shape (len(texts), types), rows summing to one.

        `vectors` are those that `embed` gives the texts, where they are known.
        """
        scores: Floats = (embed(texts) if vectors is None else vectors) @ self.vector_weights + self.bias
        split = list(map(tokens, texts))
        said = self.words.products(map(word_terms, split), self.word_weights)
        gist = self.gist.products(map(gist_terms, split), self.gist_weights)
        finder = lexicon()
        for number, (words, of_words, of_gist) in enumerate(zip(split, said, gist, strict=True)):
            found = of_words if of_words is not None else np.float32(0)
            seeds = finder.evidence(words)
            if seeds is not finder.nothing:
                found = seeds @ self.seed_weights + found
            scores[number] += found if of_gist is None else found + of_gist
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores


@functools.cache
def type_model() -> TypeModel:
    """The model of this release, read once; RuntimeError when it was trained for another ontology."""
    with np.load(MODEL, allow_pickle=False) as stored:
        if str(stored["types"]).split("\n") != [t.name for t in ontology().types]:
            raise RuntimeError("models/types.npz was trained for another ontology.json: run `make train`")
        weights = stored["weights"].astype(np.float32) * stored["steps"].astype(np.float32)
        rarity = stored["rarity"].astype(np.float32)
        words, gist = (str(stored[name]).split("\n") for name in ("words", "gist"))
        lengths = stored["lengths"]
        cut, end = len(words), len(words) + len(gist)
        return TypeModel(
            words=Vocabulary(words, rarity[:cut], float(lengths[0])),
            gist=Vocabulary(gist, rarity[cut:], float(lengths[1])),
            word_weights=weights[:cut],
            gist_weights=weights[cut:end],
            seed_weights=weights[end : end + weights.shape[1]],
            vector_weights=weights[-DIMENSIONS:],
            bias=stored["bias"].astype(np.float32),
        )


@annotation
def article_types(document: Document) -> list[TypeGuess]:
    """The likeliest types of an article as a whole, read from its title and the top of its text, best first."""
    return _guesses(article_type_chances(document)[None])[0]


@annotation
def article_type_chances(document: Document) -> Floats:
    """Chance of every type for the article as a whole, shape (types,)."""
    top = document.text[:TOP]
    chances: Floats = type_model().probabilities([f"{document.title}\n{top}" if document.title else top])[0]
    return chances


def classify_texts(texts: Sequence[str]) -> list[list[TypeGuess]]:
    """The likeliest types of each text, best first, five at most and none below 0.01 but the first."""
    if not texts:
        return []
    return _guesses(type_model().probabilities(texts))


def _guesses(chances: Floats) -> list[list[TypeGuess]]:
    types = ontology().types
    out = []
    for row, best in zip(chances, np.argpartition(-chances, _GUESSES, axis=1)[:, :_GUESSES].tolist(), strict=True):
        ranked = sorted(((float(row[k]), -k) for k in best), reverse=True)
        guesses = [TypeGuess(types[-k].family, types[-k].subtype, p) for p, k in ranked]
        out.append([guesses[0], *(g for g in guesses[1:] if g.probability >= _LEAST)])
    return out


def classify_text(text: str, *, title: str = "") -> list[TypeGuess]:
    """The likeliest types of one text, best first, the title counted as its first sentence."""
    return classify_texts([f"{title}\n{text}" if title else text])[0]

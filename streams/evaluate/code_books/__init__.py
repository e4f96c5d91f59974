"""Code books of other people's sets with several labels to a text: one TOML file for each set.

In: a text. Out: the labels that it supports, by words found anywhere in it and by its sentences' likeness to examples
of each label. Words are compared without case and accents, `*` stands for any ending. How much each kind of evidence
counts is fitted for a book as a whole (`streams/train/languages_books.py`): most labels have too few texts of their
own.
"""

import json
import re
import tomllib
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.domain.geo.gazetteer import fold
from streams.domain.text.sentence_encoder import encode
from streams.domain.text.tokenize import sentences

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER.parent / "models" / "code_books.json"
BOOKS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
EVIDENCE = ("said", "how often", "how early", "share", "length", "likeness")
ENCODED = 500  # characters of a sentence; enough for its event
Floats = npt.NDArray[np.float64]


@cache
def patterns(book: str) -> dict[str, re.Pattern[str]]:
    """For each label of a code book, what finds its words in folded text; KeyError names the known books."""
    return {label: _pattern(entry["words"]) for label, entry in _book(book).items()}


def labels_said(book: str, text: str) -> list[str]:
    """The labels of a code book that a text supports, in the book's order; KeyError names the known books."""
    found = evidence(book, text)
    weights, bias, least = _weights(book)
    chances = 1 / (1 + np.exp(-(found @ weights + bias)))
    return [label for label, chance in zip(patterns(book), chances, strict=True) if chance >= least]


def evidence(book: str, text: str, ignored: AbstractSet[tuple[str, str]] = frozenset()) -> Floats:
    """What speaks for each label of a book, shape (labels, EVIDENCE).

    `ignored` holds pairs of a label and a folded word that is not counted for it.
    """
    folded = fold(text)
    found = [
        [m.start() for m in pattern.finditer(folded) if (label, m[0]) not in ignored]
        for label, pattern in patterns(book).items()
    ]
    often = np.array([len(starts) for starts in found], dtype=np.float64)
    first = np.array([min(starts, default=len(folded)) for starts in found])
    said = often > 0
    order = first.argsort(kind="stable").argsort(kind="stable")
    return np.stack(
        [
            said,
            np.log1p(often),
            said / (1.0 + order),
            said / max(1, int(said.sum())),
            np.full(len(found), np.log(max(1, len(folded.split()))) - 5),
            4 * _likeness(book, text),
        ],
        axis=1,
    )


def _likeness(book: str, text: str) -> Floats:
    """The highest cosine of a sentence and an example of each label; zeros when the encoder is switched off."""
    labels = len(_book(book))
    told = [s.text[:ENCODED] for s in sentences(text)]
    vectors = encode(told)
    if vectors is None or not told:
        return np.zeros(labels)
    examples = [sentence for entry in _book(book).values() for sentence in entry["examples"]]
    like = encode(examples)
    assert like is not None
    highest = (vectors @ like.T).max(axis=0)
    starts = np.cumsum([0, *(len(entry["examples"]) for entry in _book(book).values())])[:-1]
    return np.maximum.reduceat(highest, starts).astype(np.float64)


@cache
def _book(book: str) -> dict[str, dict[str, Any]]:
    if book not in BOOKS:
        raise KeyError(f"no code book {book!r}; known: {', '.join(BOOKS)}")
    return tomllib.loads((FOLDER / f"{book}.toml").read_text(encoding="utf-8"))


@cache
def _weights(book: str) -> tuple[Floats, float, float]:
    """Weights of the evidence, bias, and the least chance at which a label is said."""
    stored = json.loads(WEIGHTS.read_text(encoding="utf-8"))[book]
    return np.array([stored["weights"][name] for name in EVIDENCE]), stored["bias"], stored["least"]


def _pattern(words: str) -> re.Pattern[str]:
    forms = (re.escape(fold(w.strip())).replace(r"\*", r"\w*") for w in words.split(","))
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")

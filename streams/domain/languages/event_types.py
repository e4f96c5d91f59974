"""Types of a text in any language: the sentence encoder's vector through a linear head, and the pack's triggers.

The head was fitted on English sentences; the vectors are alike in the encoder's languages, so it reads those too.
`streams/train/languages_types.py` fits it, and beside it one head for each code book of other people's sets with one label to a text.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.domain.event_type.classifier import TypeGuess
from streams.domain.ontology.types import ontology
from streams.domain.text.sentence_encoder import DIMENSIONS, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.domain.languages.language_pack import Mark, Pack

PATH = Path(__file__).parents[1] / "models" / "language_types.npz"
TRIGGER = 3.6  # what the first trigger of a type adds to its log-odds, the second half as much
TITLE = 1.5  # how much more a trigger in the title counts
TRUST = {True: 1.0, False: 0.25}  # in the vectors, of languages that the encoder knows well, and of others
GUESSES = 5
# An attack by a named means, a fire in a named kind of country are of that kind.
SPECIAL = (("violence-against-civilians/attack", "explosions/"), ("accidents/explosion-fire", "disasters/wildfire"))
NAMED = 0.4
HARM = 2.0  # what figures of harm add to the log-odds of every incident
CALM = {True: 3.0, False: 8.0}  # what words of advice, art or drills subtract, with figures of harm and without
IN_BODY = 0.5  # how much of that where only the lead says them
Floats = npt.NDArray[np.float32]


class Head(NamedTuple):
    """Labels with a weight for each dimension, and a bias."""

    labels: tuple[str, ...]
    weights: Floats  # (512, labels)
    bias: Floats

    def log_odds(self, vectors: Floats) -> Floats:
        """Scores before they are made probabilities, shape (texts, labels)."""
        out: Floats = vectors @ self.weights + self.bias
        return out


@cache
def heads() -> dict[str, Head]:
    """The fitted heads by name: `ontology`, and the code books."""
    with np.load(PATH, allow_pickle=False) as stored:
        return {
            name: Head(
                tuple(str(stored[f"{name}_labels"]).split("\n")), stored[f"{name}_weights"].astype(np.float32),
                stored[f"{name}_bias"].astype(np.float32),
            )
            for name in str(stored["names"]).split()
        }  # fmt: skip


def vectors_of(texts: Sequence[str]) -> Floats:
    """Vectors of texts; zeros when the encoder is switched off."""
    found = encode(texts)
    return found if found is not None else np.zeros((len(texts), DIMENSIONS), dtype=np.float32)


def guess_types(
    vector: Floats, title: Sequence[Mark], body: Sequence[Mark], pack: Pack, *, harmed: bool
) -> tuple[list[TypeGuess], float]:
    """The likeliest types of a text, best first, and how likely it reports an incident at all.

    Read from its vector, the marks of its title and lead, and whether they state figures of harm.
    """
    scores = np.zeros(len(ontology().types), dtype=np.float32)
    if vector.any():
        scores += softmax_logs(heads()["ontology"].log_odds(vector[None])[0]) * TRUST[pack.vectors]
    for kind, weight in trigger_weights(title, body).items():
        scores[_row()[kind]] += weight
    if harmed:
        scores[_incidents()] += HARM
    scores[_incidents()] -= CALM[harmed] * calmness(title, body)
    chances = np.exp(softmax_logs(scores))
    types = ontology().types
    families = chances @ _families()
    best = np.lexsort((-chances, -(families @ _families().T)))[:GUESSES]  # the likeliest family's types first
    guesses = [TypeGuess(types[k].family, types[k].subtype, float(chances[k])) for k in best]
    return guesses, float(chances[_incidents()].sum())


def calmness(title: Sequence[Mark], body: Sequence[Mark]) -> float:
    """How far a text is of advice, art or drills, 0 to 1: by its title, or by two words of its lead."""
    said = {m.first for m in body if m.tag == "calm"}
    if any(m.tag == "calm" for m in title):
        return 1.0 if said or not body else IN_BODY + 0.25
    return IN_BODY if len(said) > 1 else 0.0


def trigger_weights(title: Sequence[Mark], body: Sequence[Mark]) -> dict[str, float]:
    """For each type that the triggers name, what they add to its log-odds."""
    out: dict[str, float] = {}
    times: dict[str, int] = {}
    for marks, factor in ((title, TITLE), (body, 1.0)):
        said = sorted((m for m in marks if m.tag == "type"), key=lambda m: (m.first - m.last, m.first))
        covered: list[Mark] = []
        for mark in said:
            if any(
                c.first <= mark.first and mark.last <= c.last and c.last - c.first > mark.last - mark.first
                for c in covered
            ):
                continue  # a word of a longer trigger
            covered.append(mark)
        for mark in sorted(covered, key=lambda m: m.first):
            seen = times.get(mark.value, 0)
            times[mark.value] = seen + 1
            early = 1.0 / (1.0 + 0.02 * mark.first)
            out[mark.value] = out.get(mark.value, 0.0) + TRIGGER * factor * early / 2**seen
    for general, named in SPECIAL:
        if general in out and any(kind.startswith(named) for kind in out):
            out[general] *= NAMED
    return out


def label_texts(book: str, texts: Sequence[str]) -> list[str]:
    """The likeliest label of each text in the words of a code book; KeyError for a book that no head was fitted for."""
    head = heads()[book]
    return [head.labels[int(row.argmax())] for row in head.log_odds(vectors_of(texts))]


def softmax_logs(scores: Floats) -> Floats:
    """Logarithms of the probabilities that these scores stand for."""
    top = float(scores.max())
    out: Floats = scores - top - math.log(float(np.exp(scores - top).sum()))
    return out


@cache
def _incidents() -> npt.NDArray[np.intp]:
    return np.array([k for k, t in enumerate(ontology().types) if t.incident])


@cache
def _families() -> Floats:
    """Which type is of which family: shape (types, families), ones and zeros."""
    return np.array([[t.family == name for name in ontology().families] for t in ontology().types], dtype=np.float32)


@cache
def _row() -> dict[str, int]:
    return {t.name: k for k, t in enumerate(ontology().types)}


def stored(name: str, labels: Sequence[str], weights: Any, bias: Any) -> dict[str, Any]:
    """The columns of one head as they are written."""
    return {
        f"{name}_labels": "\n".join(labels), f"{name}_weights": np.asarray(weights, np.float16), f"{name}_bias": np.asarray(bias, np.float16),
    }  # fmt: skip

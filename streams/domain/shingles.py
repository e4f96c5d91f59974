"""What dedupe compares of a text: hashes of its words and of every run of them, the same on every machine.

Resemblance and containment of shingle sets are Broder's (On the resemblance and containment of documents, 1997).
"""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

FIGURE, TELLING = 1, 2  # bits of a word's hash
SHORT = 3  # letters of words that tell nothing: stop words of most languages; headlines are compared by the others
BODY_RUN, TITLE_RUN = 5, 2  # words in one shingle
READ = 40_000  # characters of a body that are compared: a bound on memory, beyond any news article but a live page
_VOCABULARY = 300_000  # word hashes kept at most, some 40 MB; forgotten at once when there are more

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")  # scripts without spaces: one word a character
_ASCII_SPACED = "".join(chr(c).lower() if chr(c).isalnum() or chr(c) == "_" else " " for c in range(128))
_SPELLED_OUT = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds thousand thousands
deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze vingt trente quarante cinquante
dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince veinte treinta cuarenta cincuenta
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert tausend
"""
_SPELLED = frozenset(_SPELLED_OUT.split())
_MARKED = """
corrected correction corrects correcting corr rpt repeat repeats refile refiling resend update updated updates
"""
_MARKS = frozenset(_MARKED.split())
_SHIFT = np.uint64(31)
_MIX = tuple(
    np.uint64(m)
    for m in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD)
)


def words(text: str) -> list[str]:
    """Words of a text for comparison: compatibility forms joined (NFKC), case folded, punctuation dropped."""
    if text.isascii():
        return text.translate(_ASCII_SPACED).split()
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


class _Vocabulary(dict[str, int]):
    """Hash of a word, whose lowest bits tell figures and telling words, so that they need no second pass."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _VOCABULARY:
            self.clear()
        digest = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        figure = word[0].isdigit() or word in _SPELLED
        telling = not figure and word not in _MARKS and (len(word) > SHORT or not word.isascii())
        value = self[word] = digest & ~3 | (FIGURE if figure else 0) | (TELLING if telling else 0)
        return value


_vocabulary = _Vocabulary()


def word_hashes(of: list[str]) -> Hashes:
    """One 64-bit hash a word, in order."""
    return np.fromiter(map(_vocabulary.__getitem__, of), np.uint64, len(of))


def shingles(hashed: Hashes, run: int) -> Hashes:
    """One 64-bit hash for each run of `run` words, in order; none when there are fewer words."""
    count = len(hashed) - run + 1
    if count <= 0:
        return hashed[:0]
    mixed = hashed[:count] * _MIX[0]
    for i in range(1, run):
        mixed += hashed[i : i + count]
        mixed *= _MIX[i]
    mixed ^= mixed >> _SHIFT  # so that the lowest bits are not those of the words
    return mixed


def distinct(hashed: Hashes) -> Hashes:
    """The hashes in ascending order, each once."""
    ordered = hashed.copy()
    ordered.sort()
    fresh = ordered[1:] != ordered[:-1]
    return ordered if fresh.all() else np.concatenate((ordered[:1], ordered[1:][fresh]))


def among(hashed: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Which of the hashes stand in the ascending ones."""
    found: npt.NDArray[np.bool_] = ordered.take(ordered.searchsorted(hashed), mode="clip") == hashed
    return found


@dataclass(slots=True)
class Reading:
    """One article as dedupe reads it, all of it from the word hashes of its headline and its body.

    An item with hardly any body is read by its headline alone, in shorter runs.
    """

    head: Hashes
    body: Hashes
    headline_only: bool
    runs: Hashes  # in the order of the text
    shingles: Hashes  # ascending, each once

    @classmethod
    def of(cls, head: Hashes, body: Hashes) -> "Reading":
        """The reading of hashed words."""
        headline_only = len(body) < BODY_RUN
        runs = shingles(head, TITLE_RUN) if headline_only else shingles(body, BODY_RUN)
        return cls(head, body, headline_only, runs, distinct(runs))

    @property
    def title_key(self) -> int:
        """Identifies the headline; 0 without one."""
        return _key(self.head)

    @property
    def body_key(self) -> int:
        """Identifies the body; 0 when the headline is all."""
        return 0 if self.headline_only else _key(self.body)

    @property
    def marked(self) -> bool:
        """Whether the headline calls the article a correction, a repeat or an update."""
        return not _MARK_HASHES.isdisjoint(self.head[:1].tolist())

    def title_words(self) -> set[int]:
        """The words of the headline that tell stories apart."""
        return set(self.head[self.head & TELLING == TELLING].tolist())

    def figures(self) -> set[int]:
        """The figures of headline and body."""
        return {h for part in (self.head, self.body) for h in part[part & FIGURE == FIGURE].tolist()}

    def figures_in_place(self) -> dict[int, set[int]]:
        """The figures of the body by what stands around each: one word on both sides, whichever figure it is."""
        body = self.body
        if not len(body):
            return {}
        at = np.flatnonzero(body & FIGURE == FIGURE)
        plain = np.concatenate((_EDGE, np.where(body & FIGURE == FIGURE, np.uint64(FIGURE), body), _EDGE))
        around = plain[at] * _MIX[0] + plain[at + 2]
        places: dict[int, set[int]] = {}
        for place, figure in zip(around.tolist(), body[at].tolist(), strict=True):
            places.setdefault(place, set()).add(figure)
        return places

    def told_in(self, other: "Reading") -> set[int]:
        """The words of this body that stand in shingles of the other one."""
        hit = among(self.runs, other.shingles)
        covered = np.zeros(len(self.body), np.bool_)
        for i in range(BODY_RUN):
            covered[i : len(hit) + i] |= hit
        return set(self.body[covered].tolist())


def read(title: str, body: str) -> Reading:
    """The reading of one article; a body is read up to `READ` characters."""
    headline = words(title)
    hashed = word_hashes(headline + words(body[:READ]))
    return Reading.of(hashed[: len(headline)], hashed[len(headline) :])


def _key(hashed: Hashes) -> int:
    return int.from_bytes(blake2b(hashed.tobytes(), digest_size=8).digest(), "little") if len(hashed) else 0


_MARK_HASHES = frozenset(word_hashes(sorted(_MARKS)).tolist())
_EDGE = np.zeros(1, np.uint64)

"""Fingerprints of texts for dedupe: hashes of words and of runs of words, the same on every machine.

Resemblance and containment of shingle sets are Broder's (On the resemblance and containment of documents, 1997).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

Hashes = npt.NDArray[np.uint64]

FIGURE, DISTINCTIVE = (
    1,
    2,
)  # bits of a word's hash: begins with a digit; long enough to tell headlines apart, where it stands in one
SHORT = 3  # letters of words that are ignored in headlines: mostly stop words
BODY_RUN, TITLE_RUN = 5, 2  # words in one shingle
READ = 40_000  # characters of a body that are compared: a bound on memory, beyond any news article but a live page

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_SPOKEN = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")  # scripts without spaces: one word a character
_ASCII_SPACED = "".join(chr(c).lower() if chr(c).isalnum() or chr(c) == "_" else " " for c in range(128))
_SPELLED_OUT = """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen dozens hundred hundreds thousand thousands
deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze vingt trente quarante cinquante
dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince veinte treinta cuarenta cincuenta
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig hundert tausend
"""
_MARKED = """
corrected correction corrects correcting corr rpt repeat repeats refile refiling resend update updated updates
"""
_AFTER_DIGITS = ":"  # the character after 9
_SHIFT = np.uint64(31)
_WORD, _PLAIN = ~np.uint64(DISTINCTIVE), ~np.uint64(FIGURE | DISTINCTIVE)
_MIX = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15], np.uint64)


def words(text: str) -> list[str]:
    """Words of a text for comparison: compatibility forms joined (NFKC), case folded, punctuation dropped."""
    if text.isascii():
        return text.translate(_ASCII_SPACED).split()
    return _SPOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def word_hashes(of: list[str]) -> Hashes:
    """One 64-bit hash a word, in order; its lowest bit tells figures."""
    if not of:
        return np.zeros(0, np.uint64)
    hashed = np.array(RMinHash.hash_token_sets([of])[0], np.uint64)
    hashed &= _PLAIN
    hashed[[i for i, word in enumerate(of) if word < _AFTER_DIGITS]] |= FIGURE
    return hashed


def shingles(hashed: Hashes, run: int) -> Hashes:
    """One 64-bit hash for each run of `run` words (two or five), in order; none when there are fewer words."""
    if len(hashed) < run:
        return hashed[:0]
    twos: Hashes = hashed[:-1] * _MIX[0]
    twos += hashed[1:]
    if run == TITLE_RUN:
        return twos
    fives: Hashes = twos[:-3] * _MIX[1]  # two words, two words and one
    fives += twos[2:-1]
    fives *= _MIX[2]
    fives += hashed[4:]
    fives ^= fives >> _SHIFT  # so that the lowest bits are not those of the words
    return fives


def distinct(hashed: Hashes) -> Hashes:
    """The hashes in ascending order, each once."""
    ordered = hashed.copy()
    ordered.sort()
    fresh = ordered[1:] != ordered[:-1]
    return ordered if fresh.all() else np.concatenate((ordered[:1], ordered[1:][fresh]))


def among(hashed: Hashes, ordered: Hashes) -> npt.NDArray[np.bool_]:
    """Which of the hashes are among the ascending ones."""
    found: npt.NDArray[np.bool_] = ordered.take(ordered.searchsorted(hashed), mode="clip") == hashed
    return found


@dataclass(slots=True)
class TextFingerprint:
    """The fingerprint of one article, computed from the word hashes of its headline and body.

    An item with hardly any body is read by its headline alone, in shorter runs.
    """

    head: Hashes
    body: Hashes
    headline_only: bool
    runs: Hashes  # shingles in the order of the text
    _ordered: Hashes | None = None

    @classmethod
    def of(cls, head: Hashes, body: Hashes) -> "TextFingerprint":
        """The fingerprint of hashed words."""
        headline_only = len(body) < BODY_RUN
        return cls(head, body, headline_only, shingles(head, TITLE_RUN) if headline_only else shingles(body, BODY_RUN))

    @property
    def shingles(self) -> Hashes:
        """The runs in ascending order, each once."""
        if self._ordered is None:
            self._ordered = distinct(self.runs)
        return self._ordered

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
        return not _MARKS.isdisjoint((self.head[:1] & _WORD).tolist())

    def title_words(self) -> set[int]:
        """The words of the headline that distinguish stories."""
        telling, head = self.head & DISTINCTIVE == DISTINCTIVE, self.head & _WORD
        if not telling.any():  # a script that writes no spaces
            telling = ~telling
        return set(head[telling & (head & FIGURE == 0) & ~among(head, _UNTELLING)].tolist())

    def figures(self) -> set[int]:
        """The figures of the body, of the headline where that is all; other outlets' headlines round them."""
        spoken = self.head & _WORD if self.headline_only else self.body
        return set(spoken[_is_figure(spoken)].tolist())

    def figures_in_place(self) -> dict[int, set[int]]:
        """The figures of the body by what stands around each: one word on both sides, whichever figure it is."""
        body = self.body
        if not len(body):
            return {}
        figure = _is_figure(body)
        at = np.flatnonzero(figure)
        plain = np.concatenate((_EDGE, np.where(figure, np.uint64(FIGURE), body), _EDGE))
        around = plain[at] * _MIX[0] + plain[at + 2]
        places: dict[int, set[int]] = {}
        for place, figure in zip(around.tolist(), body[at].tolist(), strict=True):
            places.setdefault(place, set()).add(figure)
        return places

    def told_in(self, other: "TextFingerprint") -> set[int]:
        """The words of this body that stand in shingles of the other one."""
        hit = among(self.runs, other.shingles)
        covered = np.zeros(len(self.body), np.bool_)
        for i in range(BODY_RUN):
            covered[i : len(hit) + i] |= hit
        return set(self.body[covered].tolist())


def read(title: str, body: str) -> TextFingerprint:
    """The fingerprint of one article; a body is read up to `READ` characters."""
    return read_all([(title, body)])[0]


def read_all(texts: Iterable[tuple[str, str]]) -> list[TextFingerprint]:
    """The fingerprints of headlines and bodies in one pass, which is much cheaper than one by one."""
    told = [(words(title), words(body[:READ])) for title, body in texts]
    spoken = [word for pair in told for part in pair for word in part]
    hashed = word_hashes(spoken)
    starts = [0, *accumulate(len(headline) + len(text) for headline, text in told)]
    hashed[[i for s, (h, _) in zip(starts, told, strict=False) for i, w in enumerate(h, s) if len(w) > SHORT]] |= (
        DISTINCTIVE
    )
    twos, fives = shingles(hashed, TITLE_RUN), shingles(hashed, BODY_RUN)
    readings = []
    for start, (headline, text) in zip(starts, told, strict=False):
        middle = start + len(headline)
        end = middle + len(text)
        headline_only = len(text) < BODY_RUN
        runs = twos[start : max(start, middle - 1)] if headline_only else fives[middle : end - BODY_RUN + 1]
        readings.append(TextFingerprint(hashed[start:middle], hashed[middle:end], headline_only, runs))
    return readings


def _is_figure(hashed: Hashes) -> npt.NDArray[np.bool_]:
    figure: npt.NDArray[np.bool_] = (hashed & FIGURE == FIGURE) | among(hashed, _SPELLED)
    return figure


def _key(hashed: Hashes) -> int:
    """Finds texts worth comparing, not equal ones for certain: 32 bits and the length do."""
    return len(hashed) << 32 | crc32(hashed) if len(hashed) else 0  # type: ignore[arg-type] # arrays are buffers


_MARKS = frozenset(word_hashes(_MARKED.split()).tolist())
_SPELLED = distinct(word_hashes(_SPELLED_OUT.split()))
_UNTELLING = distinct(word_hashes((_SPELLED_OUT + _MARKED).split()))
_EDGE = np.zeros(1, np.uint64)

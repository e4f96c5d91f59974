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
_ONE = np.uint64(1)
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
    """Hash of a word; the lowest bit is set for figures, so that they need no second pass over the text."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _VOCABULARY:
            self.clear()
        digest = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
        value = self[word] = digest | 1 if word[0].isdigit() or word in _SPELLED else digest & ~1
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
    mixed ^= mixed >> _SHIFT  # so that the lowest bit is no figure's mark
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
    """One article as dedupe reads it.

    `spoken` are the word hashes and `runs` the shingle hashes in the order of the text, `shingles` the same
    ascending and each once. `figures` (of headline and body) and `title_words` are in no order and may repeat.
    A headline-only item is read by its title, in shorter runs. Keys identify the whole title and body; 0: none.
    `marked`: the headline calls the article a correction, a repeat or an update.
    """

    headline_only: bool
    spoken: Hashes
    runs: Hashes
    shingles: Hashes
    figures: Hashes
    title_words: list[int]
    title_key: int
    body_key: int
    marked: bool

    @property
    def run(self) -> int:
        """Words in one shingle."""
        return TITLE_RUN if self.headline_only else BODY_RUN


def read(title: str, body: str) -> Reading:
    """The hashes of one article."""
    headline, text = words(title), words(body[:READ])
    hashed = word_hashes(headline + text)
    head, spoken = hashed[: len(headline)], hashed[len(headline) :]
    headline_only = len(text) < BODY_RUN
    if headline_only:
        spoken = head
    runs = shingles(spoken, TITLE_RUN if headline_only else BODY_RUN)
    return Reading(
        headline_only=headline_only,
        spoken=spoken,
        runs=runs,
        shingles=distinct(runs),
        figures=hashed[(hashed & _ONE).astype(np.bool_)],
        title_words=[h for w, h in zip(headline, head.tolist(), strict=True) if is_telling(w) and not h & 1],
        title_key=_key(head),
        body_key=0 if headline_only else _key(spoken),
        marked=not _MARKS.isdisjoint(headline[:3]),
    )


def is_telling(word: str) -> bool:
    """Whether a word of a headline tells stories apart; length stands in for stop words of every language."""
    return len(word) > 3 or not word.isascii()


def _key(hashed: Hashes) -> int:
    return int.from_bytes(blake2b(hashed.tobytes(), digest_size=8).digest(), "little") if len(hashed) else 0

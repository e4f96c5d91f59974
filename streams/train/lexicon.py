"""Compiles the word features for finding names: `python -m streams.train.lexicon DATA`.

Given and family names come from the package names (1990 census of the United States) and the list of this folder; how
often a word is written with a small letter comes from the English texts of the data folder (counts only).
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np

from streams.domain.geo.gazetteer import fold, word_key
from streams.domain.geo.name_lexicon import FAMILY, GIVEN, LEXICON, NO_PLACE, RARE_FAMILY, RARE_GIVEN, SMALL

HERE = Path(__file__).parent
FIELDS = ("title", "text", "sentence", "snippet", "headline", "a", "b")
WORD = re.compile(r"(?<=[a-z,;] )[A-Za-z][a-z]+\b")


def texts(folder: Path) -> Iterator[str]:
    """Every text of the data folder."""
    for path in sorted(folder.glob("*/*.jsonl*")):
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                yield from (row[name] for name in FIELDS if isinstance(row.get(name), str))


def small_share(folder: Path) -> dict[str, int]:
    """1 to 3: the word inside sentences is mostly capitalised, mixed, mostly small."""
    small: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for text in texts(folder):
        for word in WORD.findall(text):
            low = fold(word)
            every[low] += 1
            small[low] += word[0].islower()
    return {w: 1 + (small[w] > 0.3 * n) + (small[w] > 0.9 * n) for w, n in every.items() if n >= 4}


def census(name: str) -> list[str]:
    """Folded names of one list of the census, most frequent first."""
    lines = (files("names") / name).read_text(encoding="utf-8").splitlines()
    return [fold(line.split()[0]) for line in lines]


def listed(name: str) -> list[str]:
    """Folded words of a list of this folder."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [fold(word) for line in lines if not line.startswith("#") for word in line.split()]


def build(folder: Path) -> dict[str, int]:
    """Bits of each word."""
    bits: dict[str, int] = {}

    def mark(words: list[str], bit: int) -> None:
        for word in words:
            bits[word] = bits.get(word, 0) | bit

    male, female, family = census("dist.male.first"), census("dist.female.first"), census("dist.all.last")
    mark(male[:700] + female[:1200] + listed("given_names.txt"), GIVEN)
    mark(listed("no_places.txt"), NO_PLACE)
    mark(male[700:] + female[1200:], RARE_GIVEN)
    mark(family[:4000], FAMILY)
    mark(family[4000:30000], RARE_FAMILY)
    for word, share in small_share(folder).items():
        bits[word] = bits.get(word, 0) | share * SMALL
    return bits


def main() -> None:
    """Write the file."""
    rows = sorted((word_key(word), bit) for word, bit in build(Path(sys.argv[1])).items())
    keys = np.array([k for k, _ in rows], np.uint64)
    bits = np.array([b for _, b in rows], np.uint8)
    np.savez_compressed(LEXICON, keys=np.diff(keys, prepend=np.uint64(0)), bits=bits)
    print(f"{len(rows)} words, {LEXICON.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

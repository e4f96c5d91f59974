"""Code books of other people's sets with several labels to a text, found by words: one TOML file for each set.

In: a text. Out: the labels of which it holds a word, wherever in the text. Words are compared without case and accents,
`*` stands for any ending. Nothing is fitted: these sets have too few examples of most of their labels.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from streams.domain.geo.gazetteer import fold

FOLDER = Path(__file__).parent
BOOKS = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def patterns(book: str) -> dict[str, re.Pattern[str]]:
    """For each label of a code book, what finds its words in folded text; KeyError names the known books."""
    if book not in BOOKS:
        raise KeyError(f"no code book {book!r}; known: {', '.join(BOOKS)}")
    labels = tomllib.loads((FOLDER / f"{book}.toml").read_text(encoding="utf-8"))
    return {label: _pattern(words) for label, words in labels.items()}


def labels_said(book: str, text: str) -> list[str]:
    """The labels of a code book that a text's words support, in the book's order."""
    folded = fold(text)
    return [label for label, pattern in patterns(book).items() if pattern.search(folded)]


def _pattern(words: str) -> re.Pattern[str]:
    forms = (re.escape(fold(w.strip())).replace(r"\*", r"\w*") for w in words.split(","))
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)")

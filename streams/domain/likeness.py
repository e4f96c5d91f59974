"""How alike two texts are, exactly, and whether that makes them one story.

The relation is symmetric: which of the two came first does not matter to it, so the order of arrival changes
which article is the original and never the groups.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from streams.domain.shingles import BODY_RUN, Hashes, Reading, among

NEAR = 0.5  # Jaccard similarity from which two bodies tell the same
CONTAINED = 0.7  # share of the shorter body that stands in the longer one, from which it is an excerpt
LEAST_EXCERPT = 16  # shingles of the shortest excerpt: three lines of print
SAME_HEADLINE = 0.7  # Jaccard similarity of word pairs from which two headline-only items tell the same
LEAST_HEADLINE = 3  # telling words that a headline needs to stand for a story
SAME_ADDRESS = 0.15  # Jaccard similarity from which one address still tells the same story
RECURS = 18 * 3600  # seconds after which the same text with other figures is the next issue, not a revision
UNSUPPORTED = 0.3  # share of either title's words below which the common text is not what they are about
AGREED = 0.4  # share of title words, shared or told in the common text, from which two titles are of one story


class Known(Protocol):
    """What comparing needs of an earlier article."""

    at: float
    url_key: int
    title_key: int
    body_key: int
    headline_only: bool
    marked: bool
    shingles: bytes
    figures: bytes
    title_words: bytes


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two articles of one story have in common.

    `similarity` is their Jaccard similarity or, when one contains the other, the containment; 0 to 1.
    `adds` tells that the later one has figures that the earlier has not; `ratio` is its length over the earlier's.
    """

    same_text: bool
    same_address: bool
    jaccard: float
    containment: float
    adds: bool
    ratio: float

    @property
    def similarity(self) -> float:
        """Jaccard similarity of near copies, containment of excerpts."""
        return self.jaccard if self.jaccard >= NEAR else self.containment


def compare(reading: Reading, known: Known, *, at: float, url_key: int, reach: float) -> Likeness | None:
    """The likeness of an article and an earlier one; None when they are not of one story.

    `at` is the event time of the article in seconds, `reach` how far apart copies may be.
    """
    apart = abs(at - known.at)
    if apart > reach:
        return None
    same_address = url_key == known.url_key != 0
    theirs = np.frombuffer(known.shingles, np.uint64)
    if reading.headline_only != known.headline_only:
        return _headline_of(reading, known, theirs, same_address=same_address)
    mine = reading.shingles
    shorter, longer = sorted((len(mine), len(theirs)))
    if not shorter:
        return None
    same_text = reading.body_key == known.body_key != 0
    common = shorter if same_text else int(np.count_nonzero(among(mine, theirs)))
    jaccard, contained = common / (shorter + longer - common), common / shorter
    if reading.headline_only:
        alike = jaccard >= SAME_HEADLINE and len(reading.title_words) >= LEAST_HEADLINE
    else:
        alike = jaccard >= NEAR or (contained >= CONTAINED and shorter >= LEAST_EXCERPT)
    if not alike and not (same_address and jaccard >= SAME_ADDRESS):
        return None
    figures, others = set(reading.figures.tolist()), _numbers(known.figures)
    replaced = bool(figures - others and others - figures)
    if not same_address and replaced and apart >= RECURS and not (reading.marked or known.marked):
        return None
    if not same_address and not _titles_agree(reading, known, theirs, replaced=replaced, same_text=same_text):
        return None
    return Likeness(
        same_text=same_text,
        same_address=same_address,
        jaccard=jaccard,
        containment=contained,
        adds=not figures <= others,
        ratio=len(mine) / len(theirs),
    )


def _headline_of(reading: Reading, known: Known, theirs: Hashes, *, same_address: bool) -> Likeness | None:
    """A headline-only item and an article under the very same headline."""
    if reading.title_key != known.title_key or len(set(reading.title_words)) < LEAST_HEADLINE:
        return None
    return Likeness(
        same_text=False,
        same_address=same_address,
        jaccard=0.0,
        containment=1.0,
        adds=not set(reading.figures.tolist()) <= _numbers(known.figures),
        ratio=len(reading.shingles) / max(1, len(theirs)) if reading.headline_only else float("inf"),
    )


def _titles_agree(reading: Reading, known: Known, theirs: Hashes, *, replaced: bool, same_text: bool) -> bool:
    """Whether the text that two articles share is what both headlines are about.

    Pages that a scraper read wrongly, and notices made from one template, share their text and not their story:
    then the words in which the headlines differ are nowhere in the shared text.
    """
    if reading.headline_only or reading.title_key == known.title_key:
        return True
    mine, others = set(reading.title_words), _numbers(known.title_words)
    if not mine or not others:
        return True
    spoken = reading.spoken
    if not same_text:
        hit = among(reading.runs, theirs)
        covered = np.zeros(len(spoken), np.bool_)
        for i in range(BODY_RUN):
            covered[i : len(hit) + i] |= hit
        spoken = spoken[covered]
    told = set(spoken.tolist())
    words = len(mine) + len(others)
    if max(len(mine & told) / len(mine), len(others & told) / len(others)) < UNSUPPORTED:
        return mine == others
    only_mine, only_others = mine - others, others - mine
    supported = len(only_mine & told) + len(only_others & told)
    if replaced and only_mine and only_others and not supported:
        return False
    return 2 * len(mine & others) + supported >= AGREED * words


def _numbers(hashed: bytes) -> set[int]:
    return set(np.frombuffer(hashed, np.uint64).tolist())

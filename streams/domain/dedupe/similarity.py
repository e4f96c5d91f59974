"""The exact similarity of two texts, and whether it makes them one story.

The relation is symmetric: which of the two came first does not matter to it, so the order of arrival changes
which article is the original and never the groups.
"""

from dataclasses import dataclass

import numpy as np

from streams.domain.dedupe.shingles import TextFingerprint, among

NEAR = 0.5  # Jaccard similarity from which two bodies tell the same
CONTAINED = 0.7  # share of the shorter body that stands in the longer one, from which it is an excerpt
SHORTENED = 0.75  # of the length of the earlier text, below which a part of it is an excerpt
LEAST_EXCERPT = 16  # shingles of the shortest excerpt: three lines of print
SAME_HEADLINE = 0.7  # Jaccard similarity of word pairs from which two headline-only items tell the same
HEADLINE_CONTAINED = 6  # word pairs of a headline that a longer one may contain, all of them, and tell the same
LEAST_HEADLINE = 3  # telling words that a headline needs to stand for a story
SAME_ADDRESS = 0.15  # Jaccard similarity from which one address still tells the same story
RECURS = 18 * 3600  # seconds after which the same text with other figures in their places may be the next issue
REPLACED = 0.25  # share of the figures' places that differ in the next issue of a notice
UNSUPPORTED = 0.2  # share of either title's words below which the common text is not what they are about
AGREED = 0.4  # share of title words, shared or told in the common text, from which two titles are of one story


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two articles of one story have in common.

    `similarity` is their Jaccard similarity or, when one contains the other, the containment; 0 to 1.
    `adds`: the later one has figures that the earlier has not; `ratio` is its length over the earlier's.
    """

    same_text: bool
    same_address: bool
    jaccard: float
    containment: float
    adds: bool
    ratio: float

    @property
    def excerpt(self) -> bool:
        """Whether the later one is a part of the earlier one rather than a near copy."""
        return self.jaccard < NEAR or (self.ratio < SHORTENED and self.containment >= CONTAINED)

    @property
    def similarity(self) -> float:
        """Jaccard similarity of near copies, containment of excerpts."""
        return self.containment if self.excerpt else self.jaccard


def compare(new: TextFingerprint, old: TextFingerprint, *, apart: float, same_address: bool) -> Comparison | None:
    """Compare an article with one from `apart` seconds earlier in event time; None for different stories."""
    if new.headline_only != old.headline_only:
        return _headline_of(new, old, apart=apart, same_address=same_address)
    shorter, longer = sorted((len(new.shingles), len(old.shingles)))
    if not shorter:
        return None
    same_text = len(new.runs) == len(old.runs) and bool((new.runs == old.runs).all())
    common = shorter if same_text else int(np.count_nonzero(among(new.shingles, old.shingles)))
    jaccard, contained = common / (shorter + longer - common), common / shorter
    same_story = same_address and (jaccard >= SAME_ADDRESS or _same_headline(new, old, apart))
    if not same_story and not _alike(new, jaccard, contained, shorter):
        return None
    figures, others = new.figures(), old.figures()
    replaced = 0.0 if same_text or figures == others else _replaced(new, old)
    if not same_address:
        if replaced >= REPLACED and apart >= RECURS and not (new.marked or old.marked):
            return None
        if not _titles_agree(new, old, replaced=replaced > 0, same_text=same_text):
            return None
    return Comparison(
        same_text=same_text,
        same_address=same_address,
        jaccard=jaccard,
        containment=contained,
        adds=not figures <= others or replaced > 0,
        ratio=len(new.shingles) / len(old.shingles),
    )


def _alike(new: TextFingerprint, jaccard: float, contained: float, shorter: int) -> bool:
    if new.headline_only:
        within = contained == 1.0 and shorter >= HEADLINE_CONTAINED
        return (jaccard >= SAME_HEADLINE or within) and len(new.title_words()) >= LEAST_HEADLINE
    return jaccard >= NEAR or (contained >= CONTAINED and shorter >= LEAST_EXCERPT)


def _same_headline(new: TextFingerprint, old: TextFingerprint, apart: float) -> bool:
    """Whether an address tells the same story under much the same headline, and not the next day's under it."""
    mine, theirs = new.title_words(), old.title_words()
    return apart < RECURS and len(mine & theirs) >= max(2.0, min(len(mine), len(theirs)) / 2)


def _headline_of(new: TextFingerprint, old: TextFingerprint, *, apart: float, same_address: bool) -> Comparison | None:
    """A headline-only item and an article under the very same headline, or at its address under a similar one."""
    same = new.head.tobytes() == old.head.tobytes() and len(new.title_words()) >= LEAST_HEADLINE
    if not same and not (same_address and _same_headline(new, old, apart)):
        return None
    return Comparison(
        same_text=False,
        same_address=same_address,
        jaccard=0.0,
        containment=1.0,
        adds=not new.figures() <= old.figures(),
        ratio=0.0 if new.headline_only else float("inf"),
    )


def _replaced(new: TextFingerprint, old: TextFingerprint) -> float:
    """Share of the places that both texts have a figure in, in which they have different ones."""
    mine, theirs = new.figures_in_place(), old.figures_in_place()
    places = mine.keys() & theirs.keys()
    return sum(mine[p].isdisjoint(theirs[p]) for p in places) / len(places) if places else 0.0


def _titles_agree(new: TextFingerprint, old: TextFingerprint, *, replaced: bool, same_text: bool) -> bool:
    """Whether the text that two articles share is what both headlines are about.

    Pages that a scraper read wrongly, and notices made from one template, share their text and not their story:
    then the words in which the headlines differ are nowhere in the shared text.
    """
    mine, theirs = new.title_words(), old.title_words()
    if new.headline_only or mine == theirs or not mine or not theirs:
        return True
    own, others = set(new.body.tolist()), set(old.body.tolist())
    told = own if same_text else new.told_in(old)
    if max(len(mine & told) / len(mine), len(theirs & told) / len(theirs)) < UNSUPPORTED:
        return False
    only_mine, only_theirs = mine - theirs, theirs - mine
    supported = len(only_mine & told) + len(only_theirs & told)
    if replaced and not supported and only_mine & own and only_theirs & others:
        return False
    return 2 * len(mine & theirs) + supported >= AGREED * (len(mine) + len(theirs))

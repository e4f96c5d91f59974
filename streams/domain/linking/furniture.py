"""Text that one outlet repeats under everything it writes: footers, by-lines, invitations to subscribe.

It is learnt from the open incidents themselves: what an account has in common with most of several incidents that its outlet
alone has told is no sign of any of them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from streams.domain.linking.cluster_profile import Profile, Weight
from streams.domain.mentions.link_features import stems_of

SEVERAL, MOST = 3, 0.6  # incidents of one outlet that have a word, at least, and their share among those compared
FEWEST = 8  # words from which they are more than a few that its news has in common
TOLD = 0.2  # share of a headline that two accounts of one story have in common, at least: 98 in 100 such pairs do
BRIEF = math.log1p(20)  # part `word_count` of accounts that are little more than a headline


def furniture(account: Profile, others: Sequence[Profile]) -> frozenset[str]:
    """Words of an account that most of these incidents of its outlet have too; none where there is no more than a few."""
    if len(others) < SEVERAL:
        return frozenset()
    shared = Counter(word for other in others for word in account.words.keys() & other.words.keys())
    least = max(SEVERAL, MOST * len(others))
    found = frozenset(word for word, n in shared.items() if n >= least)
    return found if len(found) >= FEWEST else frozenset()


def of_one_outlet(one: Profile, other: Profile) -> bool:
    """Whether all accounts of both sides are of one outlet."""
    return len(one.sources) == 1 and one.sources.keys() == other.sources.keys()


def without(account: Profile, words: frozenset[str], idf: Weight) -> Profile:
    """An account without some words in its text and headline, and without the names that are made of them."""
    left = copy(account)
    left.words = {w: n for w, n in account.words.items() if w not in words}
    left.title = {w: n for w, n in account.title.items() if w not in words}
    left.names = {name: n for name, n in account.names.items() if not words.issuperset(stems_of(name))}
    left.measure(idf)
    left.squares = left.length**2
    return left


def share_furniture_alone(
    one: Profile, other: Profile, row: Sequence[float], at: Mapping[str, int], idf: Weight
) -> bool:
    """Whether two texts of one outlet have next to nothing of either's headline in the other; passages have none."""
    if not of_one_outlet(one, other) or not (one.title or other.title) or not row[at["word_count"]] > BRIEF:
        return False
    return _told(one.title, other, idf) < TOLD and _told(other.title, one, idf) < TOLD


def _told(headline: Iterable[str], text: Profile, idf: Weight) -> float:
    """The share of a headline's words, by rarity, that a text has; 0 where there is no headline."""
    worth = {w: idf(w) for w in headline}
    return sum(n for w, n in worth.items() if w in text.words) / (sum(worth.values()) or 1.0)

"""Two accounts that cannot be one happening, however alike their words: places or days of a local kind differ.

Weights cannot say it. Bulletins of one template share nearly all words and differ in just the two that matter; and in the
data that weights are learnt from such pairs hardly occur. A text that tells of both places (one deed at several sites, a
follow-up that recalls the first) is no such pair.
"""

import math
from typing import TYPE_CHECKING

from streams.domain.linking.pair_score import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.domain.linking.cluster_profile import Profile, Weight

LOCAL = frozenset(
    ("accidents", "battles", "crime", "disasters", "explosions", "protests", "riots", "violence-against-civilians")
)
REACH = {
    "earthquake": 500.0,
    "tsunami": 3000.0,
    "flood": 500.0,
    "storm": 1500.0,
    "drought": 3000.0,
    "wildfire": 200.0,
    "heatwave": 3000.0,
}
NEAR = 80.0  # kilometres that one happening of another kind may be told apart: a city and its region
TEMPLATE = 0.5  # likeness of words from which two accounts of one outlet are of one template
ONE_DAY = math.log1p(0.5)
TELLING = 5.0  # idf of a headline's word by which one bulletin can be told from the next
AT = {name: at for at, name in enumerate(PARTS)}


def vetoed(one: "Profile", other: "Profile", row: list[float], idf: "Weight") -> bool:
    """Whether two sides with these parts of a comparison are two happenings for certain."""
    mine, theirs = kind_of(one.kinds), kind_of(other.kinds)
    if mine[0] not in LOCAL or theirs[0] not in LOCAL:
        return False
    reach = max(REACH.get(mine[1], NEAR), REACH.get(theirs[1], NEAR))
    if row[AT["place_told"]] == 0 and row[AT["km"]] > math.log1p(reach):
        return True
    if not row[AT["text"]] > TEMPLATE:
        return False
    tolls_differ = row[AT["killed"]] < 0 or row[AT["injured"]] < 0
    if row[AT["days"]] > ONE_DAY and (row[AT["same_source"]] or tolls_differ):
        return True
    return bool(row[AT["same_source"]]) and _lacks(one, other, idf) and _lacks(other, one, idf)


def _lacks(text: "Profile", headline: "Profile", idf: "Weight") -> bool:
    """Whether a headline has a telling word that is nowhere in the other's text."""
    return any(w not in text.words and not w.isdigit() and idf(w) >= TELLING for w in headline.title)


def kind_of(kinds: "Mapping[str, float]") -> tuple[str, str]:
    """Family and subtype of most accounts."""
    family, _, subtype = max((k for k in kinds if "/" in k), key=lambda k: (kinds[k], k), default="").partition("/")
    return family, subtype

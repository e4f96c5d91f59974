"""Vetoes links between accounts that cannot be one event, however similar their words: a local event has one place and day.

And two articles of one outlet whose headlines have nothing to do with the other's text share what the outlet always writes.

The trained weights cannot express this. Bulletins of one template share nearly all words and differ in the two that
matter, and such pairs hardly occur in the training data. A text that names both places (one attack at several sites, a
follow-up that recalls the first) is no such pair, unless the days differ too.
"""

import math
from typing import TYPE_CHECKING

from streams.domain.linking.furniture import share_furniture_alone
from streams.domain.linking.pair_score import EVENT_FAMILIES, PARTS, ground, names_one
from streams.domain.mentions.link_features import stems_of
from streams.domain.ontology.compatibility import at_odds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.domain.linking.cluster_profile import Profile, Weight

REACH = {
    "earthquake": 500.0,
    "tsunami": 3000.0,
    "flood": 500.0,
    "storm": 1500.0,
    "drought": 3000.0,
    "wildfire": 200.0,
    "heatwave": 3000.0,
}
NEAR = 80.0  # kilometres that one event of another kind may be told apart: a city and its region
TEMPLATE, SAME_WORDS = 0.5, 0.75  # similarity of words from which two accounts are of one template: maybe, and surely
SPECIFIC = 5.0  # idf from which a headline's word distinguishes one bulletin from the next
# Factors on the odds between kinds that cannot be one event, between the two that are often mistaken, and between two seasons.
TWO_KINDS, MISTAKEN, TWO_SEASONS = 0.0, 0.3, 0.1
# A wildfire is an "explosion or fire" to one reader, a flood a drowning to another.
MISHAPS = {"accidents", "disasters"}
ONE_DAY, SEASON = 0.5, 4.5  # parts `days` and `reports` are ln(1 + days): half a day, and three months
AT = {name: at for at, name in enumerate(PARTS)}


def odds(one: "Profile", other: "Profile", row: list[float], idf: "Weight") -> float:
    """Factor on the odds of one event: 0 after a veto, less than 1 where much speaks against it that the trees do not know of.

    That is, kinds that cannot be one event on different days, and events, or stories, that were reported months apart and
    have no day in common: the streams that the trees learn from last for days or weeks, and floods come back with the season.
    """
    if vetoed(one, other, row, idf):
        return 0.0
    if row[AT["days"]] > ONE_DAY and at_odds(one.kinds, other.kinds):
        return MISTAKEN if {kind_of(one.kinds)[0], kind_of(other.kinds)[0]} == MISHAPS else TWO_KINDS
    months_apart = row[AT["event_family"]] in (0, 1) and row[AT["reports"]] > SEASON and not row[AT["days"]] <= ONE_DAY
    return TWO_SEASONS if months_apart else 1.0


def weighed(chance: float, factor: float) -> float:
    """A probability after a factor on its odds."""
    return chance * factor / (chance * factor + 1 - chance) if factor != 1 else chance


def vetoed(one: "Profile", other: "Profile", row: list[float], idf: "Weight") -> bool:
    """Whether two sides with these parts of a comparison are certainly two events."""
    if share_furniture_alone(one, other, row, AT, idf):
        return True
    mine, theirs = kind_of(one.kinds), kind_of(other.kinds)
    if mine[0] not in EVENT_FAMILIES or theirs[0] not in EVENT_FAMILIES:
        return False
    reach = max(REACH.get(mine[1], NEAR), REACH.get(theirs[1], NEAR))
    days = _days_between(one.stated, other.stated)
    if row[AT["km"]] > math.log1p(reach) and (row[AT["place_told"]] == 0 or days > 0):
        return True
    local = reach <= NEAR  # floods, quakes and storms are told in several provinces
    elsewhere = row[AT["country"]] == 0 or (local and row[AT["same_area"]] == 0)
    if math.isnan(row[AT["km"]]) and row[AT["place_told"]] == 0 and elsewhere:  # one side knows only the province
        return True
    if row[AT["country"]] == 0 and _spared(one.tolls, other.tolls):
        return True
    tolls_differ = row[AT["killed"]] < 0 or row[AT["injured"]] < 0
    if row[AT["country"]] == 0 and tolls_differ and _elsewhere(one, other):
        return True
    same_source = bool(row[AT["same_source"]])
    if days > 0 and same_source and _both_lack(one, other, idf, names=not tolls_differ):
        return True
    if not row[AT["text"]] > TEMPLATE:
        return False
    if days > 0 and (same_source or tolls_differ or row[AT["text"]] > SAME_WORDS):
        return True
    return _both_lack(one, other, idf, names=not same_source)


def _elsewhere(one: "Profile", other: "Profile") -> bool:
    """Whether both sides know a place finer than a country and neither names the other's, in whatever languages they are.

    Between two languages the part `place_told` is unknown where it would be 0; but accounts in other languages have the English
    names of their places.
    """
    here, there = ground(one), ground(other)
    return bool(here.local and there.local) and not names_one(other, here) and not names_one(one, there)


def _spared(mine: "Mapping[str, float]", theirs: "Mapping[str, float]") -> bool:
    """Whether all accounts of one side say that nobody was killed, or hurt, and all of the other that some were."""
    for what in ("killed", "injured"):
        none = [{toll == f"{what} 0" for toll in side if toll.startswith(what)} for side in (mine, theirs)]
        if none in ([{True}, {False}], [{False}, {True}]):
            return True
    return False


def _days_between(mine: "Mapping[str, float]", theirs: "Mapping[str, float]") -> int:
    """Days between the nearest days that both sides state; 0 where one states none."""
    return min((abs(int(x) - int(y)) for x in mine for y in theirs), default=0)


def _both_lack(one: "Profile", other: "Profile", idf: "Weight", *, names: bool) -> bool:
    """Whether either headline has a specific word that the other's text lacks."""
    return all(_lacks(x, y, idf, names=names) for x, y in ((one, other), (other, one)))


def _lacks(text: "Profile", headline: "Profile", idf: "Weight", *, names: bool) -> bool:
    """Whether a headline has a specific word that is nowhere in the other's text; with `names` one that is part of a name."""
    missing = [w for w in headline.title if w not in text.words and not w.isdigit() and idf(w) >= SPECIFIC]
    if not names or not missing:
        return bool(missing)
    named = {stem for name in headline.names for stem in stems_of(name)}
    return any(w in named for w in missing)


def kind_of(kinds: "Mapping[str, float]") -> tuple[str, str]:
    """Family and subtype of most accounts."""
    family, _, subtype = max((k for k in kinds if "/" in k), key=lambda k: (kinds[k], k), default="").partition("/")
    return family, subtype

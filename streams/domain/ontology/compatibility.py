"""Which kinds of event may be one: a bombing and a clash may, an earthquake and a storm may not."""

from collections.abc import Mapping

FAMILIES = {
    "crime": "person war", "violence-against-civilians": "person war", "battles": "war", "explosions": "war blast",
    "accidents": "mishap blast person", "disasters": "nature mishap", "protests": "crowd", "riots": "crowd", "health": "health",
    "cyber": "cyber", "strategic-developments": "war person crowd", "politics": "war crowd", "justice": "person",
}  # fmt: skip
"""Tags of a family; families that share one may report one event."""
_TALK = frozenset(("strategic-developments", "politics", "justice"))  # about events of every kind
WEATHER = frozenset(("storm", "flood", "landslide"))
_EARTH = frozenset(("earthquake", "tsunami", "landslide"))


def at_odds(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether two groups of accounts report events of kinds that cannot be one.

    Each counts its accounts by family and by `family/subtype`; the commonest stand for the group.
    """
    mine, theirs = _kinds(one), _kinds(other)
    return bool(mine and theirs and mine.isdisjoint(theirs))


def _kinds(counts: Mapping[str, float]) -> frozenset[str]:
    family, _, subtype = max((k for k in counts if "/" in k), key=lambda k: (counts[k], k), default="").partition("/")
    if family in _TALK:
        return frozenset()
    if family == "disasters":
        wide = {"weather": WEATHER, "earth": _EARTH}
        return frozenset(word for word, kinds in wide.items() if subtype in kinds) or frozenset((subtype,))
    return frozenset(FAMILIES.get(family, "").split())

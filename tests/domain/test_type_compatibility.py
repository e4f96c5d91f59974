import pytest

from streams.domain.ontology.compatibility import at_odds


def told(*types):
    counts = {}
    for name in types:
        for key in (name, name.partition("/")[0]):
            counts[key] = counts.get(key, 0.0) + 1
    return counts


@pytest.mark.parametrize(
    ("one", "other", "odds"),
    [
        ("disasters/earthquake", "disasters/storm", True),
        ("disasters/flood", "disasters/storm", False),
        ("disasters/earthquake", "disasters/landslide", False),
        ("protests/peaceful-protest", "accidents/transport", True),
        ("battles/armed-clash", "explosions/air-drone-strike", False),
        ("justice/arrest", "accidents/transport", False),
        ("economy/markets", "cyber/ransomware", False),
    ],
)
def test_kinds_at_odds_either_way(one, other, odds):
    assert at_odds(told(one), told(other)) is at_odds(told(other), told(one)) is odds


def test_the_commonest_kind_stands_for_the_group():
    mixed = told("disasters/earthquake", "disasters/earthquake", "protests/strike")
    assert at_odds(mixed, told("protests/strike"))
    assert not at_odds(mixed, told("disasters/tsunami"))
    assert not at_odds(mixed, {})

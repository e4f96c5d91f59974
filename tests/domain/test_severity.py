import pytest

from schemas.records import Claim, Span
from streams.domain.mentions.casualty_totals import Toll
from streams.domain.mentions.severity import grade


def claim(what, low=None, high=None):
    return Claim(what=what, min=low, max=high, quote=Span(start=0, end=1))


@pytest.mark.parametrize(
    ("family", "subtype", "claims", "expected"),
    [
        ("disasters", "earthquake", [claim("killed", 120)], 5),
        ("disasters", "earthquake", [claim("killed", 12, 12)], 4),
        ("crime", "shooting", [claim("killed", 1, 1)], 3),
        ("crime", "shooting", [claim("injured", 1, 1)], 2),
        ("explosions", "air-drone-strike", [claim("killed")], 4),
        ("explosions", "air-drone-strike", [], 3),
        ("crime", "shooting", [claim("injured", 0, 0)], 2),
        ("other", "sport", [claim("killed", 50)], 0),
        ("no", "such-type", [], 1),
    ],
)
def test_figures_raise_what_the_type_begins_with(family, subtype, claims, expected):
    assert grade(family, subtype, claims) == expected


def test_the_settled_toll_stands_for_claims_of_victims():
    claims = [claim("killed", 300, 300), claim("displaced", 600)]
    assert grade("crime", "shooting", claims, Toll(0, 1)) == 3
    assert grade("crime", "shooting", claims) == 5

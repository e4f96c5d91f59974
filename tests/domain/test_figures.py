from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Claim, Publisher, SourcedClaim, Span
from streams.domain.linking.figures import KEPT, figures, supersede

START = datetime(2021, 6, 28, tzinfo=UTC)


def a_claim(
    n: int | None, by: str | None, hours: int = 0, origin: str = "a", of: str = "people", most: int | None = None
):
    claim = Claim(
        what="killed", min=n, max=n if most is None else most, of=of, attributed_to=by, quote=Span(start=0, end=1)
    )
    return SourcedClaim(
        claim=claim,
        mention_id=f"{origin}{hours}",
        document_id=f"{origin}{hours}",
        source=Publisher(domain=origin),
        origin=origin,
        reported_at=START + timedelta(hours=hours),
    )


def test_sources_that_disagree_stand_side_by_side():
    (killed,) = figures(supersede([a_claim(5, "SOHR"), a_claim(1, "Sana", of="children"), a_claim(10, "Pentagon")]))
    assert (killed.low, killed.best, killed.high, killed.sources) == (5, 5, 10, 2)


def test_a_later_figure_of_the_same_source_supersedes_its_earlier_one():
    claims = supersede([a_claim(5, "the Pentagon"), a_claim(8, "Pentagon", hours=3)])
    assert [(c.claim.min, c.superseded) for c in claims] == [(8, False), (5, True)]
    assert figures(claims)[0].low == 8


def test_a_part_of_a_toll_does_not_supersede_the_whole():
    claims = supersede([a_claim(9, "police"), a_claim(2, "police", hours=1, of="children")])
    assert not any(c.superseded for c in claims)
    assert figures(claims)[0].best == 9


def test_the_figure_of_most_origins_is_best_and_stale_ones_do_not_vote():
    claims = [a_claim(3, None, origin=o) for o in "abc"]
    claims += [
        a_claim(7, None, hours=30, origin="d"),
        a_claim(7, None, hours=31, origin="e"),
        a_claim(8, None, hours=31, origin="f"),
    ]
    (killed,) = figures(supersede(claims))
    assert (killed.low, killed.best, killed.high) == (3, 7, 8)


def test_at_least_raises_the_high_figure_and_the_newer_of_two_is_best():
    (killed,) = figures(supersede([a_claim(17, "police"), a_claim(21, "army", hours=2, origin="b", most=None)]))
    assert (killed.low, killed.best, killed.high) == (17, 21, 21)


@pytest.mark.parametrize(
    ("stated", "best"),
    [
        ([(63, "a"), (5000, "b"), (6000, "c")], 5000),  # the hurt of a protest beside those of an explosion
        ([(63, "a"), (6000, "b")], 63),
        ([(63, "a"), (6000, "b"), (6000, "c")], 6000),
        ([(0, "a"), (25, "b"), (26, "c")], 25),
        ([(1, "a"), (9, "b")], 1),
    ],
)
def test_a_figure_far_from_all_others_is_not_best(stated, best):
    (killed,) = figures(supersede([a_claim(n, None, origin=o) for n, o in stated]))
    assert killed.best == best
    assert (killed.low, killed.high) == (min(n for n, _ in stated), max(n for n, _ in stated))


def test_a_fresh_outlier_gives_way_to_what_was_said_before():
    said = [a_claim(n, None, origin=o) for n, o in ((5000, "a"), (5000, "b"))] + [a_claim(63, None, 60, origin="c")]
    assert figures(supersede(said))[0].best == 5000


def test_a_rise_that_officials_state_is_believed():
    said = [a_claim(29, None, origin="a"), a_claim(1297, "civil protection", 20, origin="b")]
    official = [said[0], replace(said[1], claim=replace(said[1].claim, attribution_kind="official"))]
    assert [figures(supersede(c))[0].best for c in (said, official)] == [29, 1297]


def test_no_number_gives_no_figure():
    assert figures([a_claim(None, "police")]) == ()


claims = st.builds(
    a_claim,
    st.integers(0, 99),
    st.sampled_from([None, "police", "the army"]),
    st.integers(0, 72),
    st.sampled_from("abc"),
)


@given(st.lists(claims, min_size=1, max_size=30))
def test_figures_are_ordered_and_do_not_depend_on_the_order_of_claims(given_claims):
    one, two = supersede(given_claims), supersede(reversed(given_claims))
    assert supersede(one) == one
    assert figures(one) == figures(two)
    for f in figures(one):
        assert f.low <= f.best <= f.high


def test_claims_kept_are_bounded_and_current_ones_stay():
    kept = supersede([a_claim(n, "police", hours=n) for n in range(500)])
    assert len(kept) == KEPT
    assert kept[0].claim.min == 499

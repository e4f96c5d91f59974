"""Figures do not depend on the order in which reports and their revisions come, within the lateness."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from telling import QUAKE, a_mention, run

from schemas.identity import digest
from schemas.records import Claim, Mention, Span

SAYERS = ((None, "unattributed"), ("police", "official"), ("a witness", "witness"))


@dataclass(frozen=True)
class Report:
    """What an outlet states at an hour of the day; `revised`: all its versions are of one story, so a later one replaces it."""

    outlet: str
    hour: int
    toll: int | None
    said: tuple[str | None, str]
    exact: bool
    revised: bool

    def mention(self) -> Mention:
        document = digest(self.outlet, str(self.hour))
        story = digest(self.outlet) if self.revised else document
        told = a_mention(QUAKE, self.hour, origin=self.outlet, document_id=document, story_id=story)
        return replace(
            told, mention_id=digest("mention", document), claims=() if self.toll is None else (self._claim(),)
        )

    def _claim(self) -> Claim:
        by, kind = self.said
        return Claim(
            what="killed", min=self.toll, max=self.toll if self.exact else None, of="people", attributed_to=by,
            attribution_kind=kind, quote=Span(start=0, end=1), scope="total",
        )  # fmt: skip


def reports() -> st.SearchStrategy[list[Report]]:
    """Two to five reports of one day; no outlet has two of one hour."""
    outlets = st.sampled_from([("herald", False), ("post", True), ("wire", True)])
    made = st.builds(
        lambda outlet, hour, toll, said, exact: Report(outlet[0], hour, toll, said, exact, outlet[1]),
        outlets, st.integers(0, 20), st.none() | st.sampled_from([0, 3, 5, 8, 21]), st.sampled_from(SAYERS), st.booleans(),
    )  # fmt: skip
    return st.lists(made, min_size=2, max_size=5, unique_by=lambda r: (r.outlet, r.hour))


def told(order: list[Report]):
    """The figures of the one incident that reports in this order make, and the claims that decided them."""
    state, _ = run(*(r.mention() for r in order))
    (now,) = state.open.values()
    return now.incident.figures


@settings(max_examples=150, deadline=None)
@given(reports().flatmap(lambda rs: st.tuples(st.just(sorted(rs, key=lambda r: r.hour)), st.permutations(rs))))
def test_any_order_of_the_same_reports_and_revisions_gives_the_same_figures(orders) -> None:
    in_time, shuffled = orders
    assert told(shuffled) == told(in_time)

"""Articles that come late, or bear no date, take the place that they would have had."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from telling import FERRY, QUAKE, START, TREMOR, a_mention, run

SHIP = (
    "Zanzibar ferry toll climbs",
    "Divers off Zanzibar searched the ferry that capsized between Zanzibar and Pemba in Tanzania.",
)
VOTE = (
    "Parliament of Utopia passes budget",
    "Members of parliament in Utopia voted for the budget after a long debate.",
)


def accounts():
    return [
        a_mention(QUAKE), a_mention(TREMOR, 5), a_mention(FERRY, 9, subtype="transport", family="accidents"),
        a_mention(SHIP, 20, subtype="transport", family="accidents"), a_mention(VOTE, 30, role="story", family="politics", subtype="legislation"),
    ]  # fmt: skip


def groups(mentions) -> set[frozenset[str]]:
    state, _ = run(*mentions)
    homes: dict[str, set[str]] = {}
    for mention_id, home in state.home.items():
        homes.setdefault(home, set()).add(mention_id)
    return {frozenset(ids) for ids in homes.values()}


@settings(max_examples=40, deadline=None)
@given(st.permutations(accounts()))
def test_the_order_in_which_accounts_come_does_not_decide_what_they_are_joined_to(mentions) -> None:
    assert groups(mentions) == groups(accounts())


def test_an_account_that_comes_ten_days_late_joins_its_incident() -> None:
    later = a_mention(VOTE, 240, role="story", family="politics", subtype="legislation")
    assert len(groups([accounts()[0], later, accounts()[1]])) == 2


def test_an_account_without_a_date_joins_an_incident_of_years_ago() -> None:
    undated = a_mention(TREMOR, 5, reported_at=START + timedelta(days=190), dated=False)
    dated = a_mention(TREMOR, 5, reported_at=START + timedelta(days=190))
    assert len(groups([accounts()[0], undated])) == 1
    assert len(groups([accounts()[0], dated])) == 2

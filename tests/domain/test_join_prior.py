"""The odds of a link follow the share of news that joins."""

from hypothesis import given
from hypothesis import strategies as st
from telling import FERRY, QUAKE, TREMOR, a_mention, run

from streams.domain.linking.join_prior import FAIR, MOST, JoinPrior
from streams.domain.linking.state import LinkState
from streams.domain.linking.state_codec import pack, unpack


@given(st.lists(st.floats(0, 1), max_size=500))
def test_the_shift_follows_the_mean_and_is_bounded(chances):
    prior = JoinPrior()
    for chance in chances:
        prior.note(chance)
    assert 0 <= prior.mean <= 1
    assert abs(prior.shift()) <= MOST
    assert (prior.shift() > 0) == (prior.mean > FAIR)


def test_where_much_joins_a_link_scores_higher_and_where_little_does_lower():
    def score(mean: float) -> float:
        state = LinkState(prior=JoinPrior(mean))
        _, outputs = run(a_mention(QUAKE), a_mention(TREMOR, 1), state=state)
        return outputs[-1].change.score

    assert score(0.2) < score(FAIR) < score(0.8)


def test_the_mean_is_stored_and_state_without_it_is_read():
    state, _ = run(a_mention(QUAKE), a_mention(TREMOR, 1), a_mention(FERRY, 2, subtype="transport"))
    assert state.prior.mean != FAIR
    stored = {key: state.dump(key) for key in state.every_key()}
    assert LinkState.restore(stored.items()).prior.mean == state.prior.mean
    rows = {key: unpack(value) for key, value in stored.items()}
    older = {
        key: pack({name: value for name, value in row.items() if name != "joining"}, compressed=False)
        for key, row in rows.items()
    }
    assert LinkState.restore(older.items()).prior.mean == FAIR

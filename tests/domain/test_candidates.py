"""The index over open incidents is a matter of what it holds, not of how that came about."""

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.linking.blocking import Index

WORDS = st.lists(
    st.sampled_from("quake rescuers talca ferry pemba mayor harbour bridge".split()), unique=True, max_size=6
)
CHANGES = st.lists(st.tuples(st.sampled_from("abcd"), st.none() | WORDS), max_size=20)


@given(CHANGES)
def test_an_index_is_as_if_it_had_been_told_the_latest_only(changes):
    index, latest = Index(), {}
    for incident_id, words in changes:
        latest.pop(incident_id, None)
        if words is None:
            index.drop(incident_id)
        else:
            index.put(incident_id, words, words[:3])
            latest[incident_id] = words
    fresh = Index()
    for incident_id, words in latest.items():
        fresh.put(incident_id, words, words[:3])
    asked = {w: index.idf(w) for w in "quake rescuers talca ferry pemba mayor harbour bridge".split()}
    assert asked == {w: fresh.idf(w) for w in asked}
    assert index.candidates(asked, (), 3) == fresh.candidates(asked, (), 3)
    assert len(index) == len(latest)

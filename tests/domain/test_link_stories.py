"""Stories of one subject stay apart for longer than events, and news of two languages joins more easily."""

from telling import QUAKE, a_mention, run

from streams.domain.linking.link import ABROAD, JOIN, MERGE, MERGE_STORIES, least, needed_to_merge
from streams.domain.linking.pair_score import EVENT_FAMILY, PARTS, UNKNOWN


def parts(event: float) -> list[float]:
    row = [UNKNOWN] * len(PARTS)
    row[EVENT_FAMILY] = event
    return row


def test_only_happenings_at_a_place_and_time_merge_at_even_odds() -> None:
    assert needed_to_merge(parts(1.0)) == MERGE
    assert [needed_to_merge(parts(kind)) for kind in (0.0, 0.5, UNKNOWN)] == [MERGE_STORIES] * 3
    assert MERGE < MERGE_STORIES


def test_news_asks_less_of_an_incident_that_is_told_in_other_languages_only() -> None:
    state, _ = run(a_mention(QUAKE, lang="en"))
    (home,) = state.open
    assert least(state, "es", home) == ABROAD < JOIN
    assert [least(state, lang, home) for lang in ("en", None, "")] == [JOIN] * 3

"""Acts of a desk on one alert, each giving the whole state after it."""

from datetime import UTC, datetime, timedelta

import pytest

from streams.domain.alerting.triage import KEPT_NOTES, Act, TriageError, triage

NOW = datetime(2024, 5, 1, 8, tzinfo=UTC)
ALERT = "ab" * 16


def done(*acts: Act):
    state = None
    for act in acts:
        state = triage(state, ALERT, act)
    return state


def test_each_act_changes_its_part_and_keeps_the_rest():
    after = done(
        Act("acknowledge", "mara", NOW),
        Act("assign", "mara", NOW, "jonas"),
        Act("silence", "jonas", NOW, "handed over", NOW + timedelta(hours=2)),
        Act("note", "jonas", NOW, "called the hospital"),
    )
    assert (after.revision, after.author, after.act) == (4, "jonas", "note")
    assert (after.acknowledged_by, after.assigned_to, after.silenced_by) == ("mara", "jonas", "jonas")
    assert (after.silenced_until, after.silence_reason) == (NOW + timedelta(hours=2), "handed over")
    assert [n.text for n in after.notes] == ["called the hospital"]


def test_acknowledgement_and_silence_can_be_taken_back():
    silent = done(Act("acknowledge", "mara", NOW), Act("silence", "mara", NOW, "test", NOW + timedelta(hours=1)))
    after = triage(triage(silent, ALERT, Act("unsilence", "mara", NOW)), ALERT, Act("unacknowledge", "jonas", NOW))
    assert (after.acknowledged_by, after.acknowledged_at, after.silenced_until, after.silence_reason) == (
        "",
        None,
        None,
        "",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Act("acknowledge", " ", NOW),
        Act("acknowledge", "x" * 81, NOW),
        Act("silence", "mara", NOW, "why"),
        Act("silence", "mara", NOW, "why", NOW),
        Act("silence", "mara", NOW, "", NOW + timedelta(hours=1)),
        Act("note", "mara", NOW, " "),
        Act("note", "mara", NOW, "x" * 2_001),
    ],
)
def test_an_act_without_what_it_needs_is_refused(wrong):
    with pytest.raises(TriageError):
        triage(None, ALERT, wrong)


def test_notes_are_bounded_and_the_latest_stay():
    after = done(*(Act("note", "mara", NOW, str(n)) for n in range(KEPT_NOTES + 5)))
    assert [n.text for n in after.notes] == [str(n) for n in range(5, KEPT_NOTES + 5)]

from dataclasses import replace
from datetime import timedelta

import pytest
from telling import FERRY, QUAKE, SLIDE, START, TREMOR, a_correction, a_mention, run, stored

from schemas.identity import digest
from schemas.records import Correction, Incident, Relation
from streams.domain.linking.corrections import MOST_WAITING, CorrectionError, correct
from streams.domain.linking.state import LinkState
from streams.domain.linking.state_codec import pack, unpack


def test_a_person_merges_and_splits_and_the_model_does_not_undo_it():
    first, second, ferry = a_mention(QUAKE), a_mention(TREMOR, 1), a_mention(FERRY, 2)
    state, out = run(first, second, ferry)
    quake_id, ferry_id = out[0].incident_id, out[2].incident_id
    apart = Correction(
        correction_id=digest("c", "1"),
        incident_id=quake_id,
        action="split",
        mention_ids=(second.mention_id,),
        author="ann",
        at=START + timedelta(days=1),
    )
    state, linked = correct(state, apart)
    new = next(i for i in linked.outputs if isinstance(i, Incident) and i.incident_id != quake_id)
    assert new.mention_count == 1
    assert new.change.mention_id == second.mention_id
    assert any(isinstance(r, Relation) and r.kind == "split" for r in linked.outputs)
    together = replace(
        apart, correction_id=digest("c", "2"), action="merge", incident_id=ferry_id, other_incident=quake_id
    )
    state, linked = correct(state, together)
    gone = next(i for i in linked.outputs if isinstance(i, Incident) and i.incident_id == ferry_id)
    assert gone.merged_into == quake_id
    assert set(linked.expired) == {ferry_id}
    back = replace(apart, correction_id=digest("c", "3"), mention_ids=(ferry.mention_id,))
    state, linked = correct(state, back)
    reopened = [i for i in linked.outputs if isinstance(i, Incident) and i.incident_id == ferry_id]
    assert reopened[-1].version > gone.version
    assert reopened[-1].merged_into is None
    assert any(isinstance(r, Relation) and r.kind == "merged" and not r.active for r in linked.outputs)


def carried_out(state, *corrections):
    outputs = []
    for correction in corrections:
        state, linked = correct(state, correction)
        state = LinkState.restore(stored(state).items())
        outputs += linked.outputs
    return state, outputs


def members(state):
    return {i: sorted(now.mention_ids()) for i, now in state.open.items()}


def test_a_correction_that_comes_again_changes_nothing():
    state, out = run(a_mention(QUAKE), a_mention(FERRY, 1))
    quake, ferry = (i.incident_id for i in out)
    together = a_correction("1", "merge", ferry, other_incident=quake)
    apart = a_correction("2", "split", quake, other_incident=ferry)
    state, _ = carried_out(state, together, apart, together, apart)
    assert members(state) == {quake: [a_mention(QUAKE).mention_id], ferry: [a_mention(FERRY, 1).mention_id]}
    assert not state.waiting


def test_every_decision_can_be_taken_back():
    first, second, ferry = a_mention(QUAKE), a_mention(TREMOR, 1), a_mention(FERRY, 2)
    state, out = run(first, second, ferry)
    quake_id, ferry_id = out[0].incident_id, out[2].incident_id
    before = members(state)
    merged, _ = carried_out(state, a_correction("1", "merge", ferry_id, other_incident=quake_id))
    assert set(members(merged)) == {quake_id}
    state, out = carried_out(merged, a_correction("2", "split", quake_id, other_incident=ferry_id))
    assert members(state) == before
    split_off, _ = carried_out(state, a_correction("3", "split", quake_id, mention_ids=(second.mention_id,)))
    assert len(split_off.open) == 3
    back = a_correction("4", "merge", quake_id, other_incident=quake_id, mention_ids=(second.mention_id,))
    state, _ = carried_out(split_off, back)
    assert members(state) == before
    title = state.open[quake_id].incident.title
    state, _ = carried_out(state, a_correction("5", "edit", quake_id, fields={"title": '"X"'}))
    assert state.open[quake_id].incident.title == "X"
    state, _ = carried_out(state, a_correction("6", "edit", quake_id, fields={"title": ""}))
    assert state.open[quake_id].incident.title == title


def test_a_merge_into_a_third_incident_that_is_taken_back_leaves_an_earlier_merge_as_it_was():
    quake, ferry, slide = (a_mention(s, n) for n, s in enumerate((QUAKE, FERRY, SLIDE)))
    state, out = run(quake, ferry, slide)
    quake_id, ferry_id, slide_id = (i.incident_id for i in out)
    state, _ = carried_out(
        state,
        a_correction("1", "merge", ferry_id, other_incident=slide_id),
        a_correction("2", "edit", slide_id, fields={"title": '"X"'}),
    )
    before = members(state)
    assert before == {quake_id: [quake.mention_id], slide_id: sorted((ferry.mention_id, slide.mention_id))}
    state, out = carried_out(
        state,
        a_correction("3", "merge", slide_id, other_incident=quake_id),
        a_correction("4", "split", quake_id, other_incident=slide_id),
    )
    assert members(state) == before
    assert state.open[slide_id].incident.title == "X"
    state, out = carried_out(state, a_correction("5", "split", slide_id, other_incident=ferry_id))
    assert members(state) == {i: [m.mention_id] for i, m in ((quake_id, quake), (ferry_id, ferry), (slide_id, slide))}
    reopened = [i for i in out if isinstance(i, Incident) and i.incident_id == ferry_id]
    assert reopened[-1].version > 2


def as_stored_before_december_2026(entries):
    """The entries in the form that an installation which is upgraded has them in."""
    for key, entry in entries.items():
        row = unpack(entry)
        if "members" in row:
            row["members"] = [(i, score, (came or [""])[0], profiled) for i, score, came, profiled in row["members"]]
            row["absorbed"] = {i: kept["version"] for i, kept in row["absorbed"].items()}
            del row["words"]["word_count"]
        yield key, pack(row, compressed=False)


def test_a_merge_of_before_an_upgrade_can_be_taken_back_after_it():
    quake, ferry = a_mention(QUAKE), a_mention(FERRY, 1)
    state, out = run(quake, ferry)
    quake_id, ferry_id = (i.incident_id for i in out)
    before = members(state)
    state, _ = carried_out(state, a_correction("1", "merge", ferry_id, other_incident=quake_id))
    upgraded = LinkState.restore(as_stored_before_december_2026(stored(state)))
    assert members(upgraded) == members(state)
    state, out = carried_out(upgraded, a_correction("2", "split", quake_id, other_incident=ferry_id))
    assert members(state) == before
    reopened = [i for i in out if isinstance(i, Incident) and i.incident_id == ferry_id]
    assert reopened[-1].version > 2


def test_another_version_can_take_over_after_a_rollback():
    """It gets nothing that it does not know where nothing is recalled, and passes over what a later one stored more."""
    state, _ = run(a_mention(QUAKE), a_mention(FERRY, 1))
    entries = stored(state)
    with_more = dict(entries)
    for key, row in ((key, unpack(entry)) for key, entry in entries.items()):
        if "settled" in row:
            assert "recalled" not in row["settled"]
            row["settled"]["of a later version"] = [1]
            with_more[key] = pack(row, compressed=False)
    assert with_more != entries
    assert stored(LinkState.restore(with_more.items())) == entries
    (one, *_) = state.open.values()
    one.retired.recalled = ["m"]
    again = LinkState.restore(stored(state).items())
    assert again.open[one.incident_id].retired.recalled == ["m"]


def test_corrections_of_unknown_incidents_do_not_pile_up():
    state = LinkState()
    for n in range(MOST_WAITING + 5):
        state, linked = correct(state, a_correction(str(n), "acknowledge", digest("nobody", str(n))))
    assert len(state.waiting) == MOST_WAITING
    assert linked.expired


def test_a_split_that_leaves_nothing_behind_is_refused():
    state, out = run(a_mention(QUAKE))
    with pytest.raises(CorrectionError, match="leave"):
        correct(state, a_correction("1", "split", out[0].incident_id, mention_ids=(a_mention(QUAKE).mention_id,)))


def test_a_correction_waits_for_its_incident():
    first, second = a_mention(QUAKE), a_mention(TREMOR, 1)
    edit = Correction(
        correction_id=digest("c"),
        incident_id=digest("incident", first.mention_id),
        fields={"title": '"Talca quake"'},
        author="ann",
        at=START,
    )
    state, linked = correct(LinkState(), edit)
    state = LinkState.restore([(k, state.dump(k)) for k in linked.changed])
    state, out = run(first, second, state=state)
    assert out[-1].title == "Talca quake"
    assert not state.waiting


@pytest.mark.parametrize("fields", [{"incident_id": '"x"'}, {"severity": '"high"'}, {"title": "no json"}])
def test_an_edit_that_does_not_fit_is_refused(fields):
    state, out = run(a_mention(QUAKE))
    edit = Correction(correction_id=digest("c"), incident_id=out[0].incident_id, fields=fields, author="ann", at=START)
    with pytest.raises(CorrectionError):
        correct(state, edit)

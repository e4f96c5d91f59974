"""What linking stores: entries of earlier formats, of one account, and how much room they take."""

import tracemalloc
from datetime import timedelta

import orjson
from telling import FERRY, QUAKE, START, TREMOR, a_mention, run, stored

from streams.domain.linking.incident import WHOLE
from streams.domain.linking.state import MEMBER, LinkState
from streams.domain.linking.state_codec import pack, unpack

TOLD = (a_mention(QUAKE), a_mention(TREMOR, 1), a_mention(FERRY, 2))


def test_an_entry_takes_no_more_room_than_its_length():
    value = {"words": {f"word{n}": n for n in range(200)}}
    for compressed in (False, True):
        tracemalloc.start()
        entries = [pack(value, compressed=compressed) for _ in range(50)]
        taken = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert [unpack(e) for e in entries] == [value] * 50
        assert taken < 1.5 * sum(map(len, entries))


def test_entries_from_before_they_were_compressed_and_named_accounts_are_read():
    state, _ = run(*TOLD)
    entries = stored(state)
    old = {}
    for key, value in entries.items():
        row = unpack(value)
        if not key.startswith(MEMBER):
            row["words"] = state.profiles[key].dump()
        old[key] = orjson.dumps(row)
    later = a_mention(TREMOR, 3)
    assert (
        run(later, state=LinkState.restore(old.items()))[1] == run(later, state=LinkState.restore(entries.items()))[1]
    )


def test_the_profile_of_one_account_is_not_stored_beside_it():
    state, out = run(*TOLD)
    quake, ferry = (unpack(state.dump(out[n].incident_id))["words"] for n in (0, 2))
    assert "words" in quake
    assert "account" not in quake
    assert "words" not in ferry
    assert ferry["account"] == TOLD[2].mention_id


def test_a_profile_is_stored_whole_once_its_one_account_is_not_kept_whole():
    quake = a_mention(QUAKE)
    said = [
        a_mention(TREMOR, n, role="statement", about=(quake.mention_id,), reported_at=START + timedelta(minutes=n))
        for n in range(1, WHOLE + 1)
    ]
    state, _ = run(quake, *said)
    (incident_id,) = state.open
    assert "words" in unpack(state.dump(incident_id))["words"]
    assert stored(LinkState.restore(stored(state).items())) == stored(state)


def test_features_are_the_same_before_and_after_a_member_is_stored():
    state, _ = run(*TOLD)
    members = [m for now in state.open.values() for m in now.members]
    before = [m.features for m in members]
    stored(state)
    assert [m.features for m in members] == before
    assert [m.features.names for m in members] == [tuple(m.features.names) for m in members]

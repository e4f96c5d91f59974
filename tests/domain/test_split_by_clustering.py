from datetime import timedelta

import pytest

from schemas.identity import digest
from schemas.records import Incident, Mention, Relation
from streams.domain.linking.blocking import Index
from streams.domain.linking.link import link
from streams.domain.linking.member import Member
from streams.domain.linking.merge_split import Reason, merge
from streams.domain.linking.session import LinkSession
from streams.domain.linking.split_by_clustering import LOOKED_AT, split_by_clustering, two_groups, younger_group
from streams.domain.linking.state import LinkState
from tests.domain.test_link import START, a_mention

QUAKE = (
    (
        "Quake kills 12 in Talca, Chile",
        "A magnitude 7 earthquake struck Talca in central Chile, killing 12 people in Maule.",
    ),
    (
        "Talca quake toll reaches 12",
        "Rescuers in Talca, Chile searched rubble after the magnitude 7 earthquake killed 12.",
    ),
    (
        "Chile mourns 12 dead of Talca quake",
        "The earthquake in Talca was of magnitude 7 and killed 12 in Maule, Chile said.",
    ),
)
FERRY = (
    ("Ferry sinks off Zanzibar", "A ferry carrying 200 passengers capsized between Zanzibar and Pemba in Tanzania."),
    (
        "Zanzibar ferry carried 200",
        "The ferry that capsized off Zanzibar carried 200 passengers to Pemba, Tanzania said.",
    ),
    ("Divers search Zanzibar ferry", "Divers looked for passengers of the ferry that sank between Zanzibar and Pemba."),
)


def mentions() -> list[Mention]:
    return [
        a_mention(s, n, subtype="transport" if s in FERRY else "earthquake") for n, s in enumerate([*QUAKE, *FERRY])
    ]


def test_accounts_of_two_happenings_fall_into_two_groups():
    some, others = two_groups([Member.of(m) for m in mentions()], Index().idf)
    assert {len(some), len(others)} == {3}
    assert len({m.mention.subtype for m in some}) == 1


def test_accounts_of_one_happening_stay_together_and_of_two_do_not():
    members = [Member.of(m) for m in mentions()]
    assert younger_group(members[:3], Index().idf) is None
    found = younger_group(members, Index().idf)
    assert found is not None
    assert {m.mention.subtype for m in found[0]} == {"transport"}  # the younger of the two goes


@pytest.mark.parametrize("fixed", [False, True])
def test_an_incident_of_two_is_split_unless_a_person_decided_on_it(fixed):
    state = LinkState()
    for m in mentions():
        state, _ = link(state, m)
    homes = {m.subtype: state.open[state.home[m.mention_id]] for m in mentions()}
    assert len(homes) == 2
    why = Reason("in error", START + timedelta(hours=9))
    whole = merge(LinkSession(state), homes["earthquake"], homes["transport"], why)
    whole.fixed = fixed
    assert len(whole.members) in LOOKED_AT
    session = LinkSession(state)
    split_by_clustering(session, whole.incident_id)
    outputs = session.linked().outputs
    split = [r for r in outputs if isinstance(r, Relation) and r.kind == "split"]
    assert len(split) == (0 if fixed else 1)
    if not fixed:
        assert split[0].score < 0.5
        assert "text" in split[0].parts
        assert [i.change.kind for i in outputs if isinstance(i, Incident)] == ["split"] * 4
        ferry = digest("incident", mentions()[3].mention_id)  # it has the name back that it had before
        assert {state.home[m.mention_id] for m in mentions()[3:]} == {ferry}

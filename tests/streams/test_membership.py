"""Who may write as a member of the group."""

from streams.kafka.membership import Membership


def test_a_member_writes_for_as_long_as_its_coordinator_answers():
    now = [0.0]
    membership = Membership(5.0, clock=lambda: now[0])
    assert membership.fresh  # nothing is ours yet
    membership.lose()
    assert not membership.lost  # nor can it be lost
    membership.confirm()
    now[0] = 4.9
    assert membership.fresh
    now[0] = 5.1
    assert not membership.fresh
    membership.confirm(asked=1.0)  # the answer to an old question
    assert membership.fresh
    now[0] = 6.1
    assert not membership.fresh


def test_what_was_lost_is_regained_by_joining():
    membership = Membership(5.0, clock=lambda: 0.0)
    membership.confirm()
    membership.lose()
    assert membership.lost
    membership.confirm()
    assert not membership.lost

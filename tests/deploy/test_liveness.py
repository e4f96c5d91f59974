"""A group that has work and commits nothing has stalled; one that moves, or has nothing to do, has not."""

from deploy.lag import Lag
from deploy.liveness import Liveness


def observe(liveness, now, *, behind, committed, group="tocsin-link"):
    return liveness.observe([Lag(group, "news.mention.v1", behind, committed)], now)


def test_no_progress_for_longer_than_the_patience_is_a_stall():
    liveness = Liveness(patience=30)
    assert observe(liveness, 0, behind=5, committed=10) == {}
    assert observe(liveness, 30, behind=6, committed=10) == {}
    assert "6 messages of news.mention.v1 wait" in observe(liveness, 31, behind=6, committed=10)["tocsin-link"]


def test_progress_and_idleness_start_the_count_anew():
    liveness = Liveness(patience=30)
    observe(liveness, 0, behind=5, committed=10)
    assert observe(liveness, 29, behind=4, committed=11) == {}
    assert observe(liveness, 50, behind=4, committed=11) == {}
    assert observe(liveness, 58, behind=0, committed=15) == {}
    assert observe(liveness, 199, behind=0, committed=15) == {}
    assert observe(liveness, 200, behind=3, committed=15) == {}
    assert observe(liveness, 229, behind=3, committed=15) == {}
    assert observe(liveness, 230, behind=3, committed=15) != {}


def test_a_restarted_group_gets_its_patience_back():
    liveness = Liveness(patience=30)
    observe(liveness, 0, behind=5, committed=10)
    assert observe(liveness, 40, behind=5, committed=10) != {}
    liveness.forgive("tocsin-link", 40)
    assert observe(liveness, 60, behind=5, committed=10) == {}

"""A group that has work and commits nothing has stalled; one that moves, or has nothing to do, has not."""

import os
import time

import pytest

from deploy.supervise.groups import GroupWatch
from deploy.supervise.lag import Lag, groups_of
from deploy.supervise.liveness import PATIENCE_SECONDS, Liveness
from deploy.supervise.tree import Tree
from schemas.topics import ALERT, ALL, CORRECTION, FEED, INCIDENT, MENTION
from streams.agents.alert import AlertStage
from streams.agents.link import LinkStage
from streams.settings import Settings
from streams.status_files import FRESH_SECONDS, WaitingMark, waiting_for


def observe(liveness, now, *, behind, committed, group="tocsin-link"):
    return liveness.observe([Lag(group, "news.mention.v1", behind, committed)], now)


def test_no_progress_for_longer_than_the_patience_is_a_stall():
    liveness = Liveness(patience=30)
    assert observe(liveness, 0, behind=5, committed=10) == {}
    assert observe(liveness, 30, behind=6, committed=10) == {}
    assert "6 messages of news.mention.v1 wait" in observe(liveness, 31, behind=6, committed=10)["tocsin-link"]


def test_a_group_is_watched_on_every_topic_that_its_part_reads():
    groups = groups_of(["desk"])
    assert groups["tocsin-alert"] == AlertStage.reads == (INCIDENT.name, FEED.name)
    assert groups["tocsin-link"] == LinkStage.reads == (MENTION.name, CORRECTION.name)
    assert groups["tocsin-load"] == tuple(topic.name for topic in ALL)
    assert groups["tocsin-notify-desk"] == (ALERT.name,)


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


def test_one_partition_may_rest_longer_than_its_group():
    liveness = Liveness(patience=30)
    for now in range(0, 301, 10):
        moving = [Lag("tocsin-link", "t", 5, now), Lag("tocsin-link", "t", 5, now, 0), Lag("tocsin-link", "t", 3, 7, 1)]
        assert liveness.observe(moving, now) == {}
    assert "3 messages of t-1 wait" in liveness.observe(moving[2:], 301)["tocsin-link"]


def test_while_kafka_is_away_nobody_stalls():
    liveness = Liveness(patience=30)
    observe(liveness, 0, behind=5, committed=10)
    liveness.forgive(None, 100)
    assert observe(liveness, 120, behind=5, committed=10) == {}


def test_health_tells_waiting_from_stalled(tmp_path):
    watch = GroupWatch("nowhere:1", tmp_path)
    mark = WaitingMark(Settings(data_dir=tmp_path), "loader")
    mark.note("ClickHouse does not answer")
    places = [Lag("tocsin-load", "t", 5, 1, 0), Lag("tocsin-link", "t", 2, 1, 0), Lag("tocsin-alert", "t", 0, 1, 0)]
    for now in (0, 40):
        watch.look(places, now)
    states = {name: (group.state, group.behind) for name, group in watch.groups().items()}
    assert states == {"loader": ("waiting", 5), "link": ("stalled", 2), "alert": ("idle", 0)}
    assert "ClickHouse" in watch.groups()["loader"].reason
    mark.note("")
    watch.look(places, 41)
    assert watch.groups()["loader"].state == "stalled"


def test_a_target_that_is_away_is_waited_for_and_one_that_nobody_serves_is_told(tmp_path):
    watch = GroupWatch("nowhere:1", tmp_path, ["desk", "oncall"])
    WaitingMark(Settings(data_dir=tmp_path), "notify-desk").note("it answers 503")
    places = [Lag(f"tocsin-notify-{name}", "news.alert.v1", 5, 1, 0) for name in ("desk", "oncall")]
    for now in (0, 40):
        watch.look(places, now)
    states = {name: (group.state, group.reason) for name, group in watch.groups().items()}
    assert states["notify-desk"] == ("failing", "it answers 503")
    assert states["notify-oncall"][0] == "stalled"
    assert groups_of(["desk"]).keys() - groups_of([]).keys() == {"tocsin-notify-desk"}


class Part:
    """A child process that runs until it is killed."""

    log = "part.log"

    def __init__(self, name):
        self.name, self.running = name, False

    def start(self):
        self.running = True

    def wait_ready(self):
        pass

    def kill(self):
        self.running = False


class Clock:
    """Monotonic seconds that pass when told."""

    def __init__(self, monkeypatch):
        self.now = 1000.0
        monkeypatch.setattr("deploy.supervise.tree.time.monotonic", lambda: self.now)

    def watch(self, tree, seconds):
        noticed = []
        for _ in range(seconds):
            self.now += 1
            noticed += tree.watch()
        return noticed


@pytest.fixture
def watched(monkeypatch, tmp_path):
    """A supervisor, its parts and its clock; the groups of three of the four parts have work and commit nothing."""

    class Offsets:
        def places(self):
            return [Lag(group, "t", 5, 1, 0) for group in ("tocsin-load", "tocsin-link", "tocsin-notify-desk")]

    clock = Clock(monkeypatch)
    tree = Tree([], "nowhere:1", tmp_path, ("desk",), _lag=Offsets())
    tree.start_together([Part(name) for name in ("loader", "worker link", "worker alert", "notify")])
    return tree, clock


def test_the_supervisor_ends_the_part_whose_group_stalls_and_lets_one_wait_that_says_so(watched, tmp_path):
    tree, clock = watched
    WaitingMark(Settings(data_dir=tmp_path), "loader").note("ClickHouse is away")
    assert clock.watch(tree, 30) == []
    told = clock.watch(tree, 10)
    assert {part.split(" has stalled")[0] for part in told if "stalled" in part} == {"worker link", "notify"}
    assert "loader waits: ClickHouse is away" in told


def test_a_process_of_several_stages_is_ended_for_any_of_them(watched):
    tree, clock = watched
    tree.parts[1] = Part("worker dedupe link")
    tree.parts[1].start()
    tree._restarts["worker dedupe link"] = tree._restarts["worker link"]
    assert "worker dedupe link" in {part.split(" has stalled")[0] for part in clock.watch(tree, 40)}


def test_all_processes_of_a_stalled_stage_are_ended(watched):
    tree, clock = watched
    tree.start_together([Part("worker link 2")])
    told = {part.split(" has stalled")[0] for part in clock.watch(tree, 40) if "stalled" in part}
    assert told >= {"worker link", "worker link 2"}


def test_a_part_has_its_whole_patience_from_its_start_however_long_it_waited_to_be_started(watched):
    tree, clock = watched
    link = next(part for part in tree.parts if part.name == "worker link")
    lived, started = [], clock.now
    for _ in range(600):
        running = link.running
        clock.watch(tree, 1)
        if link.running and not running:
            started = clock.now
        elif running and not link.running:
            lived.append(clock.now - started)
    assert len(lived) > 5
    assert min(lived) > PATIENCE_SECONDS


def test_an_old_note_of_waiting_excuses_nobody(tmp_path):
    mark = WaitingMark(Settings(data_dir=tmp_path), "link")
    mark.note("the broker is away")
    assert waiting_for(tmp_path, "link") == "the broker is away"
    past = time.time() - FRESH_SECONDS - 1
    os.utime(tmp_path / "run" / "link.waiting", (past, past))
    assert waiting_for(tmp_path, "link") is None

"""What a part tells its supervisor while it cannot move."""

import time

from streams.marks import Recovery, WaitingMark, waiting_for
from streams.settings import Settings


def said(folder):
    return waiting_for(folder, "link")


def until(holds):
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_recovery_is_told_while_it_lasts_and_again_when_it_comes_again(tmp_path):
    mark = WaitingMark(Settings(data_dir=tmp_path), "link")
    recovery = Recovery(mark, every=0.01)
    for _ in range(2):
        with recovery:
            until(lambda: "recovering" in (said(tmp_path) or ""))
            mark.note("")  # lost
            until(lambda: said(tmp_path))
        time.sleep(0.05)
        assert said(tmp_path) is None


def test_a_recovery_that_hangs_is_told_for_a_while_only(tmp_path):
    mark = WaitingMark(Settings(data_dir=tmp_path), "link")
    with Recovery(mark, longest=0.05, every=0.01):
        until(lambda: said(tmp_path))
        time.sleep(0.2)
        mark.note("")
        time.sleep(0.05)
        assert said(tmp_path) is None

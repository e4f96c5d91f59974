"""What a part tells its supervisor while it cannot move."""

import threading
import time

from streams.settings import Settings
from streams.status_files import Recovery, WaitingMark, waiting_for


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


def test_a_recovery_that_gets_nowhere_is_told_for_a_shorter_while(tmp_path):
    mark = WaitingMark(Settings(data_dir=tmp_path), "link")
    recovery, read = Recovery(mark, still=0.2, every=0.01), []
    recovery.begin(lambda: len(read))
    for _ in range(30):
        read.append("an entry")
        until(lambda: said(tmp_path))
        time.sleep(0.02)
    until(lambda: said(tmp_path) is None)
    read.append("too late")
    time.sleep(0.05)
    assert said(tmp_path) is None


def test_a_mark_that_is_written_again_and_again_is_never_seen_empty(tmp_path):
    mark, over = WaitingMark(Settings(data_dir=tmp_path), "link"), threading.Event()
    mark.note("Kafka is away")

    def write():
        while not over.is_set():
            mark.note("Kafka is away")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert {said(tmp_path) for _ in range(5_000)} == {"Kafka is away"}
    finally:
        over.set()
        writer.join()

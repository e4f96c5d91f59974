"""A process that was frozen for longer than its membership lasts ends; a busy one does not."""

import os
import signal
import subprocess
import sys
import time

from streams.kafka.fence import FROZEN, LONGEST_GAP, Fence


def test_a_gap_in_time_ends_the_process_at_the_next_check():
    now, ended = [0.0], []
    fence = Fence(3.0, clock=lambda: now[0], end=ended.append)
    fence.start()
    now[0] = 2.9
    fence.check()
    assert ended == []
    now[0] = 10.0
    fence.check()
    assert FROZEN in ended


def test_ticks_keep_the_gap_small():
    now, ended = [0.0], []
    fence = Fence(3.0, clock=lambda: now[0], end=ended.append)
    for second in range(20):
        now[0] = float(second)
        fence.tick()
        fence.check()
    assert ended == []


def test_before_the_first_producer_there_is_nothing_to_guard():
    now, ended = [0.0], []
    fence = Fence(3.0, clock=lambda: now[0], end=ended.append)
    now[0] = 100.0
    fence.check()
    assert ended == []


def run(work):
    code = f"import sys, time\nfrom streams.kafka.fence import FENCE\nFENCE.start()\nprint('ready', flush=True)\n{work}"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.readline()
    return process


def test_a_suspended_process_ends_when_it_wakes_up():
    process = run("while True: time.sleep(0.05)")
    try:
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(LONGEST_GAP + 0.5)
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(20) == FROZEN
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_computing_process_is_not_taken_for_a_frozen_one():
    process = run(f"end = time.monotonic() + {LONGEST_GAP + 1}\nwhile time.monotonic() < end: pass\nFENCE.check()")
    with process.stdout:
        assert process.wait(60) == 0

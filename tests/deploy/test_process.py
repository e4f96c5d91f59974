import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.supervise.ports import free_ports, listening, require_free
from deploy.supervise.process import Child
from schemas.errors import Stop

SERVE = """
import signal, socket, sys, time
print("speaking", sys.argv[1], flush=True)
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from deploy.supervise.process import Child
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
child = Child("sleeper", sleep, log=Path(sys.argv[1]), ready=lambda: True)
print(child.start().pid, flush=True)
time.sleep(600)
"""


def server(tmp_path: Path, temper: str = "mild", **options: float) -> Child:
    (port,) = free_ports(1)
    return Child(
        "server",
        [sys.executable, "-c", SERVE, str(port), temper],
        log=tmp_path / "logs" / "server.log",
        ready=lambda: listening(port),
        before=lambda: require_free("server", port, other=" (PORT=0)"),
        **options,
    )


def state(pid: int) -> str:
    """R, S, T, Z ... as Linux tells it; empty when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return ""


def eventually(condition: object) -> None:
    end = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def test_runs_stops_and_runs_again(tmp_path: Path) -> None:
    child = server(tmp_path)
    assert not child.running
    assert child.stop() is None
    with child:
        first = child.pid
        with pytest.raises(Stop, match="is already running"):
            child.start()
        assert child.stop() == 7
        assert not child.running
        child.restart()
        assert child.pid != first
        child.restart()
    assert not child.running
    assert child.log.read_text().count("speaking") == 3


def test_kill_gives_no_chance(tmp_path: Path) -> None:
    with server(tmp_path) as child:
        assert child.kill() == -signal.SIGKILL
        with pytest.raises(Stop, match="is not running"):
            child.kill()
        with pytest.raises(Stop, match="is not running"):
            _ = child.pid


def test_deaf_process_is_killed_after_its_grace(tmp_path: Path) -> None:
    with server(tmp_path, "deaf", stop_seconds=0.2) as child:
        assert child.stop() == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_suspends_resumes_and_stops_while_suspended(tmp_path: Path) -> None:
    with server(tmp_path) as child:
        child.suspend()
        assert state(child.pid) == "T"
        assert child.running
        child.resume()
        eventually(lambda: state(child.pid) != "T")
        child.suspend()
        assert child.stop() == 7


def test_end_before_ready_shows_the_last_lines_of_this_start_only(tmp_path: Path) -> None:
    log = tmp_path / "fails.log"
    log.write_text("an older line\n")
    script = "import sys; [print('line', n) for n in range(40)]; sys.exit('no such table')"
    child = Child("writer", [sys.executable, "-c", script], log=log, ready=lambda: False)
    with pytest.raises(Stop, match="writer ended with exit code 1 before it was ready") as caught:
        child.start().wait_ready()
    message = str(caught.value)
    assert "no such table" in message
    assert "line 39" in message
    assert "line 2\n" not in message
    assert "older" not in message
    assert str(log) in message


def test_never_ready_is_ended(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a line of an earlier start\n")
    child = Child(
        "sleeper",
        [sys.executable, "-c", "import time; time.sleep(600)"],
        log=tmp_path / "log",
        ready=lambda: False,
        ready_seconds=0.1,
    )
    with pytest.raises(Stop, match=r"not ready within 0\.1 s; it logged nothing"):
        child.start().wait_ready()
    assert not child.running


def test_taken_port_is_refused_before_the_start(tmp_path: Path) -> None:
    with server(tmp_path) as first:
        second = Child("second", first._command, log=tmp_path / "second.log", ready=lambda: True, before=first._before)
        with pytest.raises(Stop, match=r"listens already.*another port \(PORT=0\)"):
            second.start()
        assert not second.running


def test_missing_program_is_named(tmp_path: Path) -> None:
    child = Child("nothing", [tmp_path / "no-such-program"], log=tmp_path / "log", ready=lambda: True)
    with pytest.raises(Stop, match="no-such-program"):
        child.start()


def test_environment_is_added_to_ours(tmp_path: Path) -> None:
    script = "import os; print(os.environ['GREETING'], 'PATH' in os.environ)"
    child = Child(
        "greeter",
        [sys.executable, "-c", script],
        log=tmp_path / "log",
        ready=lambda: False,
        environment={"GREETING": "hi"},
    )
    with pytest.raises(Stop, match="hi True"):
        child.start().wait_ready()


def test_terminal_interrupt_does_not_reach_it(tmp_path: Path) -> None:
    with server(tmp_path) as child:
        assert os.getsid(child.pid) == child.pid != os.getsid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_dies_with_a_killed_parent(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, tmp_path / "log"], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert state(pid) in {"R", "S", "D"}
        parent.kill()
        parent.wait()
        eventually(lambda: state(pid) in {"", "Z"})


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert not any(map(listening, ports))

"""Other programs as child processes: started, awaited, stopped, killed, frozen and started again."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.errors import Stop

POLL_SECONDS = 0.05
SHOWN_LINES = 15
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
# Loaded before any fork: between fork and exec a child of a threaded parent must not wait for the loader's lock.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Child:
    """One child process with a log file; it lives in its own session, so Ctrl-C reaches only us, who stop it in order.

    On Linux the kernel kills it when the thread that started it ends, however it ends: start it from a thread
    that lasts. Elsewhere only `stop` and `kill` end it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        ready: Callable[[], bool],
        before: Callable[[], None] = lambda: None,
        environment: Mapping[str, str] | None = None,
        ready_seconds: float = 60.0,
        stop_seconds: float = 15.0,
    ) -> None:
        """Describe the process; nothing runs yet.

        `ready` says whether it can be used now, `before` runs ahead of every start and may refuse it by raising,
        `environment` is added to ours. It has `ready_seconds` to become ready, and `stop_seconds` after SIGTERM.
        """
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._ready = ready
        self._before = before
        self._environment = {**os.environ, **(environment or {})}
        self._ready_seconds = ready_seconds
        self._stop_seconds = stop_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def running(self) -> bool:
        """Whether the process exists; a suspended one does."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the running process. Raises Stop when it does not run."""
        return self._alive().pid

    def start(self) -> Self:
        """Start the process without waiting for it. Raises Stop when it runs already or cannot be started."""
        if self.running:
            raise Stop(f"{self.name} is already running as process {self.pid}: stop it first")
        self._before()
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            log = self.log.open("ab")
        except OSError as error:
            raise Stop(f"{self.name} cannot be started: its log {self.log}: {error.strerror}") from error
        with log:
            self._log_start = log.tell()
            try:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    start_new_session=True,
                    preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - one system call, loaded ahead of the fork
                )
            except OSError as error:
                raise Stop(f"{self.name} cannot be started: {self._command[0]}: {error.strerror}") from error
        return self

    def wait_ready(self) -> Self:
        """Wait until it can be used. Raises Stop with its last log lines when it ends or takes too long."""
        end = time.monotonic() + self._ready_seconds
        while True:
            process = self._process
            if process is None or process.poll() is not None:
                code = "" if process is None else f" with exit code {process.returncode}"
                raise Stop(f"{self.name} ended{code} before it was ready; {self.last_words()}")
            if self._ready():
                return self
            if time.monotonic() > end:
                self.stop()
                raise Stop(f"{self.name} was not ready within {self._ready_seconds:g} s; {self.last_words()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> int | None:
        """End it with SIGTERM, after `stop_seconds` with SIGKILL; its exit code, None when it never ran.

        A suspended process is resumed, so that it can end well.
        """
        process = self._process
        if process is None or process.poll() is not None:
            return None if process is None else process.returncode
        process.terminate()
        _signal_group(process, signal.SIGCONT)
        try:
            return process.wait(self._stop_seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it and its own children at once, as `kill -9` does. Raises Stop when it does not run."""
        process = self._alive()
        _signal_group(process, signal.SIGKILL)
        return process.wait()

    def suspend(self) -> None:
        """Freeze it and its own children: connections stay open, nothing answers. Raises Stop when it does not run."""
        process = self._alive()
        _signal_group(process, signal.SIGSTOP)
        if hasattr(os, "waitid"):  # the signal takes a moment to reach every thread
            with suppress(ChildProcessError):  # it has ended
                os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self) -> None:
        """Let a suspended process go on. Raises Stop when it does not run."""
        _signal_group(self._alive(), signal.SIGCONT)

    @contextmanager
    def surroundings(self, environment: Mapping[str, str]) -> Iterator[None]:
        """Starts within the block get these environment variables too."""
        before = self._environment
        self._environment = before | dict(environment)
        try:
            yield
        finally:
            self._environment = before

    def restart(self) -> Self:
        """Stop it if it runs, start it again and wait until it is ready."""
        self.stop()
        return self.start().wait_ready()

    def last_words(self) -> str:
        """The last lines of its log since its start."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()[-SHOWN_LINES:]
        if not lines:
            return f"it logged nothing to {self.log}"
        return f"the last lines of {self.log}:\n  " + "\n  ".join(lines)

    def __enter__(self) -> Self:
        try:
            return self.start().wait_ready()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            raise Stop(f"{self.name} is not running: start it first")
        return self._process


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # Its session makes it the leader of a group whose id is its pid; it may end before the signal comes.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _die_with(parent: int) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    prctl = _LIBC.prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # we died before the kernel was asked
            os._exit(1)

    return ask_the_kernel

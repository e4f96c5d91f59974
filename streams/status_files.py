"""Files by which a part tells its supervisor how it stands: that it is ready, or what it waits for."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from schemas.telemetry.metrics import WAITING
from streams.settings import Settings

RECOVERY_SECONDS = 900.0  # a recovery that takes longer hangs, and may be ended
STILL_SECONDS = 60.0  # so does one that gets nowhere for as long
REPEAT_SECONDS = 10.0
FRESH_SECONDS = 60.0  # a mark older than this tells nothing; whoever waits writes it at every try, 30 s apart at most


def ready_file(settings: Settings, stage: str) -> Path:
    """File that exists while the stage's worker holds partitions and has recovered its state."""
    return _folder(settings.data_dir) / f"{stage}.ready"


class WaitingMark:
    """A part's note of what it waits for, such as a database that is away: it is alive, restarting it helps nobody."""

    def __init__(self, settings: Settings, part: str) -> None:
        self._path = _folder(settings.data_dir) / f"{part}.waiting"
        self._gauge = WAITING.labels(part)
        self.note("")

    def note(self, reason: str) -> None:
        """Wait for `reason`, or no more when it is empty. A full disk is no reason to fail."""
        self._gauge.set(bool(reason))
        with suppress(OSError):
            if reason:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                written = self._path.with_suffix(".new")  # never seen empty, which would mean that it waits no more
                written.write_text(reason, encoding="utf-8")
                written.replace(self._path)
            else:
                self._path.unlink(missing_ok=True)


class Recovery:
    """Says again and again that a part recovers its state, which keeps it too busy to say so itself or to commit.

    For `longest` seconds at most, and no longer than `still` seconds after it got further. As a context it lasts as
    long as its block; either way it may come again.
    """

    def __init__(
        self,
        mark: WaitingMark,
        *,
        longest: float = RECOVERY_SECONDS,
        still: float = STILL_SECONDS,
        every: float = REPEAT_SECONDS,
    ) -> None:
        self._mark, self._longest, self._still, self._every = mark, longest, still, every
        self._lock, self._over = threading.Lock(), threading.Event()

    def begin(self, progress: Callable[[], object] = time.monotonic) -> None:
        """Start saying so; what `progress` gives, from another thread, is another as long as it gets further."""
        self._over.set()
        self._over = threading.Event()
        threading.Thread(target=self._repeat, args=(self._over, progress), name="recovery", daemon=True).start()

    def end(self) -> None:
        """The state is there."""
        with self._lock:
            self._over.set()
            self._mark.note("")

    def __enter__(self) -> None:
        self.begin()

    def __exit__(self, *_: object) -> None:
        self.end()

    def _repeat(self, over: threading.Event, progress: Callable[[], object]) -> None:
        began = moved = time.monotonic()
        reached = progress()
        while True:
            now, before, reached = time.monotonic(), reached, progress()
            moved = now if reached != before else moved
            hangs = now - began > self._longest or now - moved > self._still
            with self._lock:
                if over.is_set():
                    return
                self._mark.note("" if hangs else f"recovering its state, for {now - began:.0f} s so far")
            if hangs:
                return
            over.wait(self._every)


def waiting_for(data_dir: Path, part: str) -> str | None:
    """What the part waits for, None when it does not say so or said it long ago."""
    path = _folder(data_dir) / f"{part}.waiting"
    try:
        if time.time() - path.stat().st_mtime > FRESH_SECONDS:
            return None
        return path.read_text(encoding="utf-8")[:500] or None
    except (OSError, UnicodeDecodeError):
        return None


def _folder(data_dir: Path) -> Path:
    return data_dir.resolve() / "run"

"""Files by which a part tells its supervisor how it stands: that it is ready, or what it waits for."""

import time
from contextlib import suppress
from pathlib import Path

from streams.settings import Settings

FRESH_SECONDS = 60.0  # a mark older than this tells nothing; whoever waits writes it at every try, 30 s apart at most


def ready_file(settings: Settings, stage: str) -> Path:
    """File that exists while the stage's worker holds partitions and has recovered its state."""
    return _folder(settings.data_dir) / f"{stage}.ready"


class WaitingMark:
    """A part's note of what it waits for, such as a database that is away: it is alive, restarting it helps nobody."""

    def __init__(self, settings: Settings, part: str) -> None:
        self._path = _folder(settings.data_dir) / f"{part}.waiting"
        self.note("")

    def note(self, reason: str) -> None:
        """Wait for `reason`, or no more when it is empty. A full disk is no reason to fail."""
        with suppress(OSError):
            if reason:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_text(reason, encoding="utf-8")
            else:
                self._path.unlink(missing_ok=True)


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

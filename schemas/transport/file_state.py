"""Whether a file that holds a secret has been written or put in place anew."""

from pathlib import Path

State = tuple[int, int, int] | None


def file_state(file: Path) -> State:
    """Changes with the file, and with what a link of that name leads to; None when it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size

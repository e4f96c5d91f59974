"""Bearer tokens that can be exchanged while a server runs: a file of tokens is read again when it changes.

A file or setting holds one token a line. During an exchange it holds the new one above the old one, and both are
taken; when all clients have the new one, the line of the old one is deleted.
"""

import hmac
import logging
from pathlib import Path

from schemas.transport.file_state import file_state

LEAST_TOKEN = 16  # characters
log = logging.getLogger("tocsin")


def read_tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text, a line each, the newest first. Raises ValueError, without quoting it, for a short one."""
    found = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if any(len(token) < LEAST_TOKEN for token in found):
        raise ValueError(f"a token must have {LEAST_TOKEN} characters or more; try: openssl rand -hex 16")
    return found


def newest(text: str) -> str:
    """The token that our own requests carry; empty where there is none."""
    return next(iter(read_tokens(text)), "")


class Tokens:
    """The tokens that a server takes: false when there are none, and then they never come."""

    def __init__(self, text: str = "", file: Path | None = None) -> None:
        """`file`: where the text was read from and is read again. Raises ValueError for a token that is too short."""
        self._taken, self._file = read_tokens(text), file
        self._seen = file_state(file) if file else None

    def __bool__(self) -> bool:
        return bool(self._taken)

    def accepts(self, given: str) -> bool:
        """Whether this is one of them, in a time that does not tell how much of it is right."""
        self._renew()
        said = given.encode("utf-8", "replace")
        told = [hmac.compare_digest(said, token.encode()) for token in self._taken]  # all, whichever is right
        return any(told)

    def _renew(self) -> None:
        """Read the file again if it has changed; a file that cannot be used leaves the tokens as they are."""
        if self._file is None or not self._taken or (state := file_state(self._file)) == self._seen:
            return
        self._seen = state
        try:
            found = read_tokens(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            told = error.strerror if isinstance(error, OSError) else str(error)
            log.warning("%s has changed and cannot be used (%s); the tokens stay as they are", self._file, told)
            return
        if not found:
            log.warning("%s is empty now; the tokens stay as they are", self._file)
            return
        self._taken = found
        log.warning("%s has changed: %d tokens are taken now", self._file, len(found))

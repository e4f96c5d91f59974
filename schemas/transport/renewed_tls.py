"""TLS whose certificates can be exchanged while a process runs: a connection reads files that have changed.

kafka-python and aiokafka keep one context for as long as they live and ask it at each connection.
"""

import logging
import ssl
from pathlib import Path
from typing import Any, Self

from schemas.transport.file_state import State, file_state

log = logging.getLogger("tocsin")


class RenewedContext(ssl.SSLContext):
    """A client's context that stands for the newest that its files make.

    Files that cannot be read together, such as a certificate whose key is not there yet, leave the last one in use.
    """

    _files: tuple[str, str, str]
    _seen: tuple[State, ...]
    _now: ssl.SSLContext

    def __new__(cls, ca: str = "", cert: str = "", key: str = "") -> Self:
        """`ca`: the authorities, those of the system without; `cert`, `key`: our own. Raises OSError."""
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        made._files = (ca, cert, key)
        made._seen, made._now = _states(made._files), _context(*made._files)
        return made

    def wrap_socket(self, *arguments: Any, **named: Any) -> ssl.SSLSocket:
        """A connection of kafka-python."""
        return self._newest().wrap_socket(*arguments, **named)

    def wrap_bio(self, *arguments: Any, **named: Any) -> ssl.SSLObject:
        """A connection of asyncio, and so of aiokafka."""
        return self._newest().wrap_bio(*arguments, **named)

    def _newest(self) -> ssl.SSLContext:
        if (states := _states(self._files)) != self._seen:
            try:
                self._now = _context(*self._files)
                self._seen = states
                log.warning("certificates have changed; connections use the new ones from now on")
            except OSError as error:
                log.warning("certificates have changed and are not taken yet: %s", error)
        return self._now


def _context(ca: str, cert: str, key: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca or None)
        if cert:
            context.load_cert_chain(cert, key or None)
    except OSError as error:  # which names no file
        files = ", ".join(file for file in (ca, cert, key) if file)
        raise OSError(f"the certificates in {files} cannot be used: {error.strerror or error}") from error
    return context


def _states(files: tuple[str, ...]) -> tuple[State, ...]:
    return tuple(file_state(Path(file)) for file in files if file)

"""Ports on this machine's loopback address."""

import socket
from contextlib import ExitStack

from schemas.errors import Stop

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """`count` different ports that nothing listens on now; another program may still take one before its use."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]


def listening(port: int) -> bool:
    """Whether something accepts connections on this port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def require_free(part: str, *ports: int, other: str = "") -> None:
    """Raise Stop when one of a part's ports is taken: another program would answer. `other`: how to choose one."""
    for port in ports:
        if listening(port):
            raise Stop(
                f"{part} needs port {port}, where something listens already: stop that or choose another port{other}"
            )

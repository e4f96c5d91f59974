"""What kafka-python 3.0.12 leaves open when a client ends or cannot start, closed.

A client whose first broker does not answer would leave its thread and sockets behind for each attempt, a connection
given up before it stands would leave its socket, and so would one that is closed with something still to send.
"""

import socket
from typing import Any
from weakref import WeakSet

from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket
from kafka.net.selector import NetworkSelector


class _Loop(NetworkSelector):  # type: ignore[misc]  # kafka-python has no types
    """The loop of one client, which closes every socket that it has waited for."""

    def __init__(self, **options: Any) -> None:
        self._waited_for: WeakSet[socket.socket] = WeakSet()
        super().__init__(**options)

    def register_event(self, fileobj: socket.socket, event: int, task: object) -> None:
        """Let a task go on when a socket is ready."""
        self._waited_for.add(fileobj)
        super().register_event(fileobj, event, task)

    def close(self) -> None:
        """End the thread and what it had in hand."""
        super().close()
        for waited_for in list(self._waited_for):
            waited_for.close()


class Connections(KafkaNetClient):  # type: ignore[misc]  # kafka-python has no types
    """The connections of one client, closed when it cannot start; a client takes them as `kafka_client`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(net=_Loop(**options), **options)
        start = self._manager.bootstrap

        def start_or_close(*args: Any, **named: Any) -> None:
            try:
                start(*args, **named)
            except BaseException:
                self.close()
                raise

        self._manager.bootstrap = start_or_close


_connect = KafkaNetSocket.sock_connect


async def _connect_or_close(self: KafkaNetSocket, net: object, sock: socket.socket, *args: Any, **named: Any) -> Any:
    try:
        return await _connect(self, net, sock, *args, **named)
    except BaseException:
        sock.close()
        raise


KafkaNetSocket.sock_connect = _connect_or_close  # the client has no other way in

"""What kafka-python 3.0.12 leaves open when a connection comes to nothing, closed.

A client whose first broker does not answer would leave its thread and sockets behind for each attempt,
and a connection given up before it stands would leave its socket.
"""

import socket
from typing import Any

from kafka.net.compat import KafkaNetClient
from kafka.net.inet import KafkaNetSocket


class Connections(KafkaNetClient):  # type: ignore[misc]  # kafka-python has no types
    """The connections of one client, closed when it cannot start; a client takes them as `kafka_client`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
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

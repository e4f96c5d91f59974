"""A client that could not start, or gave a connection up, leaves nothing open."""

import gc
import socket
import threading
import warnings
from collections import Counter

import pytest
from kafka.errors import KafkaError

from connectors.kafka.clients import KafkaAdminClient, KafkaConsumer, KafkaProducer


@pytest.fixture
def silent():
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def full():
    """The address of a server that lets nobody in: its queue is full, so connecting takes for ever."""
    with socket.socket() as server, socket.socket() as waiting, socket.socket() as also:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for client in (waiting, also):
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("client", [KafkaAdminClient, KafkaConsumer, KafkaProducer])
@pytest.mark.parametrize("server", ["silent", "full"])
def test_a_client_that_cannot_start_leaves_no_thread_and_no_socket(client, server, request):
    address = request.getfixturevalue(server)
    gc.collect()
    before = Counter(t.name for t in threading.enumerate())
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        with pytest.raises(KafkaError):
            client(bootstrap_servers=address, bootstrap_timeout_ms=300)
        gc.collect()
    assert [str(w.message) for w in left_open] == []
    assert not Counter(t.name for t in threading.enumerate()) - before

"""What doctor says of the console: that it answers, that it takes no token of ours, that it is not there."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.actions.doctor import _console
from deploy.supervise.ports import free_ports
from streams.settings import Settings


@pytest.fixture
def answering():
    """Starts a console that gives every question this status; its port."""
    servers = []

    def start(status):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "good", "cure"),
    [(200, True, ""), (401, False, "TOCSIN_CONSOLE_TOKEN_FILE"), (503, False, "look at its log")],
)
def test_doctor_says_what_to_do_about_the_consoles_answer(status, good, cure, answering):
    (told,) = _console(Settings(console_port=answering(status)))
    assert (told.good, cure in told.cure, bool(told.cure)) == (good, True, bool(cure))


def test_doctor_says_that_there_is_no_console():
    (told,) = _console(Settings(console_port=free_ports(1)[0]))
    assert (told.good, told.cure) == (False, "tocsin console")

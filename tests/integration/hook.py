"""A webhook of somebody: a real HTTP server on loopback that remembers what came, and answers as it is told."""

import json
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """`came`: per path the accepted requests as (key, body, headers); `answers` may be changed at any moment.

    An answer is a status, or a function of the body that gives one; `slow` seconds pass before it.
    """

    def __init__(self, port=0):
        self.came, self.asked = defaultdict(list), Counter()
        self.answers, self.slow, self.redirect = {}, defaultdict(float), ""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def url(self, path="desk"):
        return f"http://127.0.0.1:{self.port}/{path}"

    def pairs(self, path="desk"):
        """Alert id and revision of each alert taken, in order."""
        return [(b["alert_id"], b["revision"]) for _, b, _ in list(self.came[path]) if "alert_id" in b]

    def told(self, path="desk"):
        """The same with the key that each came under, and its text."""
        came = [(key, body) for key, body, _ in list(self.came[path]) if "alert_id" in body]
        return [(b["alert_id"], b["revision"], key, json.dumps(b, sort_keys=True)) for key, b in came]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(hook):  # noqa: N805 - the handler's own self is another
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                path = self.path.strip("/")
                hook.asked[path] += 1
                time.sleep(hook.slow[path])
                answer = hook.answers.get(path, 204)
                status = answer(body) if callable(answer) else answer
                if 200 <= status < 300:
                    hook.came[path].append((self.headers["Idempotency-Key"], body, dict(self.headers)))
                try:
                    self.send_response(status)
                    if 300 <= status < 400:
                        self.send_header("Location", hook.redirect)
                    if status == 204:
                        self.end_headers()
                        return
                    words = json.dumps({"error": f"no, says {path}"}).encode()
                    self.send_header("Content-Length", str(len(words)))
                    self.end_headers()
                    self.wfile.write(words)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # whoever asked was killed

            def log_message(self, *_):
                pass

        return Handler

"""A webhook of somebody: a real HTTP server on loopback that remembers what came, and answers as it is told."""

import json
import threading
import time
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook:
    """Paths are targets; `answers`, `slow` and `redirect` may be changed at any moment.

    An answer is a status, or a function of the body that gives one; `slow` seconds pass before it.
    """

    def __init__(self, port=0):
        self._came, self.asked = defaultdict(list), Counter()
        self.answers, self.slow, self.redirect = {}, defaultdict(float), ""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def url(self, path="desk"):
        return f"http://127.0.0.1:{self.port}/{path}"

    def came(self, path="desk"):
        """Idempotency-Key, body and headers of each request that was taken, in order."""
        return [(headers.get("Idempotency-Key"), json.loads(raw), headers) for raw, headers in list(self._came[path])]

    def told(self, path="desk"):
        """Alert id, revision, key and text of each alert taken."""
        alerts = [(key, body) for key, body, _ in self.came(path) if "alert_id" in body]
        return [(b["alert_id"], b["revision"], key, json.dumps(b, sort_keys=True)) for key, b in alerts]

    def pairs(self, path="desk"):
        """Alert id and revision of each alert taken."""
        return [(alert_id, revision) for alert_id, revision, _, _ in self.told(path)]

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
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                path = self.path.strip("/")
                hook.asked[path] += 1
                time.sleep(hook.slow[path])
                answer = hook.answers.get(path, 204)
                status = answer(json.loads(raw)) if callable(answer) else answer
                if 200 <= status < 300:
                    hook._came[path].append((raw, dict(self.headers)))
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

"""The analysts' door: ClickHouse's HTTP interface, read-only, over the embedded engine.

Any client that speaks to a ClickHouse over HTTP can read here: `query` in the address or in the body, `database`,
`default_format`, `param_<name>`, a FORMAT clause, `/ping`. Other parameters are ignored. Every request runs in a
session of its own that the engine itself holds read-only and within limits of rows, time and memory.
"""

import asyncio
import re
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp import web

from connectors.sinks.contract import StoreError, error_code
from connectors.sinks.embedded import EmbeddedStore
from connectors.web.addresses import is_loopback

READING = frozenset({"SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN"})
# Text that cannot act: strings, quoted names, comments. What the engine reads otherwise stays in and is refused.
QUIET = re.compile(r"""'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.|``)*`|"(?:[^"\\]|\\.|"")*"|--[^\n]*|/\*.*?\*/""", re.DOTALL)
# The engine allows these in a read-only session, though the one writes files and the other reads this process.
REACHING_OUT = re.compile(r"\boutfile\b|\bpython\W*\(", re.IGNORECASE)
FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
NAME = re.compile(r"\w+")
READONLY, SYNTAX, UNKNOWN_TABLE, UNKNOWN_DATABASE, TIMEOUT = 164, 62, 60, 81, 159
STATUS = {READONLY: 403, SYNTAX: 400, UNKNOWN_TABLE: 404, UNKNOWN_DATABASE: 404, TIMEOUT: 408}
BINARY = frozenset({"Native", "RowBinary", "Parquet", "Arrow", "ArrowStream", "ORC"})
LARGEST_QUERY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take."""

    rows: int = 1_000_000
    answer_bytes: int = 256 * 2**20
    seconds: int = 30
    memory_bytes: int = 2 * 2**30
    at_once: int = 4

    def statement(self) -> str:
        """These limits for a session, `readonly` last as it locks the others."""
        limits = {
            "max_result_rows": self.rows,
            "max_result_bytes": self.answer_bytes,
            "result_overflow_mode": "'throw'",
            "max_execution_time": self.seconds,
            "max_memory_usage": self.memory_bytes,
            "readonly": 1,
        }
        return "SET " + ", ".join(f"{name} = {value}" for name, value in limits.items())


def why_refused(sql: str) -> str | None:
    """The reason why a statement may not pass the door; None when it may."""
    bare = QUIET.sub(" ", sql)
    word = NAME.search(bare)
    if word is None or word.group().upper() not in READING:
        return f"only {', '.join(sorted(READING))} pass this door: it is read-only"
    if ";" in bare.rstrip().rstrip(";"):
        return "one statement at a time"
    if REACHING_OUT.search(sql):
        return "INTO OUTFILE and python() would leave the store; write the answer to a file yourself"
    return None


class Door:
    """Serves `store` on a loopback address from a thread of its own; port 0 takes a free one."""

    def __init__(
        self, store: EmbeddedStore, *, host: str = "127.0.0.1", port: int = 8723, limits: Limits | None = None
    ) -> None:
        if not is_loopback(host):
            raise StoreError(f"the door has no lock, so it opens on loopback only, not on {host}")
        self._store, self._host, self._port = store, host, port
        self._limits = limits or Limits()
        self._workers = ThreadPoolExecutor(self._limits.at_once, thread_name_prefix="door")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="door", daemon=True)
        self._runner = web.AppRunner(self.app(), access_log=None)

    def start(self) -> str:
        """Open the door; its address. Raises StoreError when the port is taken."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        except OSError as error:
            self.stop()
            raise StoreError(f"port {self._port} is taken ({error}); set TOCSIN_DOOR_PORT") from error
        return f"http://{self._host}:{self._port}"

    def stop(self) -> None:
        """Close the door after the queries at hand."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._workers.shutdown(cancel_futures=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def app(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(client_max_size=LARGEST_QUERY)
        app.router.add_get("/ping", self._ping)
        app.router.add_get("/", self._answer)
        app.router.add_post("/", self._answer)
        return app

    async def _open(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _ping(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _answer(self, request: web.Request) -> web.Response:
        if not _asked_on_loopback(request.host):
            return _refusal(403, READONLY, f"{request.host} is not this machine")  # a page that rebinds its name
        body = (await request.read()).decode("utf-8", "replace")
        sql = "\n".join(part for part in (request.query.get("query", ""), body) if part.strip())
        if not sql:
            return web.Response(text="Ok.\n")
        if reason := why_refused(sql):
            return _refusal(STATUS[READONLY], READONLY, reason)
        database = request.query.get("database", self._store.database)
        if not NAME.fullmatch(database):
            return _refusal(404, UNKNOWN_DATABASE, f"no database {database}")
        stated = FORMAT.search(sql)
        form = stated.group(1) if stated else request.query.get("default_format", "TabSeparated")
        params = {k.removeprefix("param_"): v for k, v in request.query.items() if k.startswith("param_")}
        try:
            raw = await self._loop.run_in_executor(self._workers, self._run, sql, database, form, params)
        except RuntimeError as error:
            code = error_code(str(error))
            return _refusal(STATUS.get(code, 500), code, str(error))
        answer = web.Response(body=raw, content_type=_content_type(form), headers={"X-ClickHouse-Format": form})
        if request.query.get("enable_http_compression") == "1":
            answer.enable_compression()
        return answer

    def _run(self, sql: str, database: str, form: str, params: Mapping[str, str]) -> bytes:
        with self._store.session() as session:
            session.query(f"USE `{database}`")
            session.query(self._limits.statement())
            return bytes(session.query(sql, form, params=dict(params) or None).bytes())


def _refusal(status: int, code: int, reason: str) -> web.Response:
    text = reason if reason.startswith("Code:") else f"Code: {code}. DB::Exception: {reason}"
    return web.Response(status=status, text=text + "\n", headers={"X-ClickHouse-Exception-Code": str(code)})


def _asked_on_loopback(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
    return is_loopback(name)


def _content_type(form: str) -> str:
    if form.startswith("JSON"):
        return "application/json" if "EachRow" not in form else "application/x-ndjson"
    if form.startswith("CSV"):
        return "text/csv"
    if form.startswith(("TabSeparated", "TSV")):
        return "text/tab-separated-values"
    return "application/octet-stream" if form in BINARY else "text/plain"

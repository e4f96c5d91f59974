"""The analysts' gateway: ClickHouse's HTTP interface, read-only, over the embedded engine.

Any client that speaks to a ClickHouse over HTTP can read here: `query` in the address or in the body, `database`,
`default_format`, `param_<name>`, a FORMAT clause, `/ping`. A statement passes the gate (`gate.py`) and runs in a
session of its own that the engine itself holds read-only and within limits of rows, time and memory; a client may ask
for stricter ones (`client_settings.py`). There are no users here: any name and password are accepted.
"""

import asyncio
import json
import re
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp import web
from chdb.session import Session

from connectors.sinks.catalogue import Catalogue, Rows, read_catalogue, tables_of
from connectors.sinks.client_settings import WITHOUT_EFFECT, QueryLimits, limiting_statement
from connectors.sinks.contract import StoreError, error_code
from connectors.sinks.embedded import EmbeddedStore
from connectors.sinks.gate import UNKNOWN_FORMAT, UNKNOWN_TABLE, Gate
from connectors.sinks.statements import LOOSER, READONLY, SYNTAX, Refused, cut, without_settings
from connectors.web.addresses import is_loopback

UNKNOWN_DATABASE, TIMEOUT = 81, 159
STATUS = {READONLY: 403, LOOSER: 403, SYNTAX: 400, UNKNOWN_FORMAT: 400, TIMEOUT: 408}
STATUS |= {UNKNOWN_TABLE: 404, UNKNOWN_DATABASE: 404}
BINARY = frozenset({"Native", "RowBinary", "Parquet", "Arrow", "ArrowStream", "ORC"})
LARGEST_QUERY = 256 * 1024
HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
WELCOME_SITES = frozenset({None, "none", "same-origin"})  # of Sec-Fetch-Site, which browsers send and programs do not


@dataclass(frozen=True, slots=True)
class Question:
    """What a client asks: its statement, the answer's format, the statement's parameters, the settings it sent."""

    sql: str
    form: str
    params: Mapping[str, str]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A file that the gateway hands out."""

    kind: str
    body: bytes


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse requests under another host's name (DNS rebinding) or from another site's page."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin.split("://", 1)[-1] != request.host
    if not _asked_on_loopback(request.host):
        return _refusal(403, READONLY, f"{request.host} is not this machine")
    if foreign or request.headers.get("Sec-Fetch-Site") not in WELCOME_SITES:
        return _refusal(403, READONLY, "pages of other sites do not read here")
    response = await handler(request)
    response.headers.update(HEADERS)
    return response


class HttpGateway:
    """Serves `store` on a loopback address from a thread of its own; port 0 takes a free one."""

    def __init__(
        self,
        store: EmbeddedStore,
        *,
        host: str = "127.0.0.1",
        port: int = 8723,
        limits: QueryLimits | None = None,
        pages: Mapping[str, Page] | None = None,
    ) -> None:
        """`pages`: files by path, of a web page that queries this gateway."""
        if not is_loopback(host):
            raise StoreError(f"the gateway checks no passwords, so it listens on loopback only, not on {host}")
        self._store, self._host, self._port, self._pages = store, host, port, pages or {}
        self._limits = limits or QueryLimits()
        self._catalogue: Catalogue | None = None
        self._workers = ThreadPoolExecutor(self._limits.at_once, thread_name_prefix="gateway")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway", daemon=True)
        self._runner = web.AppRunner(self.app(), access_log=None)

    def start(self) -> str:
        """Open the gateway; its address. Raises StoreError when the port is taken."""
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        except OSError as error:
            self.stop()
            raise StoreError(f"port {self._port} is taken ({error}); set TOCSIN_GATEWAY_PORT") from error
        return f"http://{self._host}:{self._port}"

    def stop(self) -> None:
        """Close the gateway once running queries have ended."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result()
        self._workers.shutdown(cancel_futures=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def app(self) -> web.Application:
        """The aiohttp application."""
        app = web.Application(client_max_size=LARGEST_QUERY, middlewares=[guard])
        app.router.add_get("/ping", self._ping)
        app.router.add_get("/", self._answer)
        app.router.add_post("/", self._answer)
        for path in self._pages:
            app.router.add_get(path, self._page)
        return app

    async def _open(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _ping(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _page(self, request: web.Request) -> web.Response:
        page = self._pages[request.path]
        return web.Response(body=page.body, content_type=page.kind, charset="utf-8", headers=PAGE_HEADERS)

    async def _answer(self, request: web.Request) -> web.Response:
        if request.content_type.startswith("multipart/"):
            return _refusal(403, READONLY, "send the statement alone: external tables and forms are not accepted here")
        body = (await request.read()).decode("utf-8", "replace")
        sql = "\n".join(part for part in (request.query.get("query", ""), body) if part.strip())
        if not sql:
            return web.Response(text="Ok.\n")
        database = request.query.get("database") or request.headers.get("X-ClickHouse-Database", "default")
        if database not in {self._store.database, "default"}:
            return _refusal(404, UNKNOWN_DATABASE, f"the database {database} is not open here")
        try:
            raw, form, rows = await self._loop.run_in_executor(self._workers, self._run, _question(request, sql))
        except (Refused, RuntimeError) as error:
            code = error_code(str(error))
            return _refusal(STATUS.get(code, 500), code, str(error))
        answer = web.Response(body=raw, content_type=_content_type(form), headers={"X-ClickHouse-Format": form})
        # JDBC's driver reads an answer as empty unless this header states its number of rows.
        answer.headers["X-ClickHouse-Summary"] = json.dumps({"read_rows": str(rows), "result_rows": str(rows)})
        if query_id := request.query.get("query_id", ""):
            answer.headers["X-ClickHouse-Query-Id"] = re.sub(r"[^!-~]", "", query_id)
        if request.query.get("enable_http_compression") == "1":
            answer.enable_compression()
        return answer

    def _run(self, question: Question) -> tuple[bytes, str, int]:
        """The answer, its format and how many rows it has. Raises Refused, or RuntimeError with the engine's words."""
        with self._store.session() as session:
            session.query(f"USE `{self._store.database}`")
            whole = cut(question.sql, lambda sql: bytes(session.query(sql, "TSV").bytes()))
            statement, settings = without_settings(whole)
            gate = self._gate(session)
            session.query(limiting_statement(self._limits, {**question.settings, **settings}))
            params = dict(question.params) or None
            gate.admit(statement, question.form, lambda sql: bytes(session.query(sql, "TSVRaw", params=params).bytes()))
            answer = session.query(statement.sql, question.form, params=params)
            return bytes(answer.bytes()), statement.form or question.form, int(answer.rows_read())

    def _gate(self, session: Session) -> Gate:
        rows = _rows(session)
        if self._catalogue is None:
            self._catalogue = read_catalogue(rows)
        return Gate(self._catalogue, self._store.database, tables_of(rows, self._store.database))


def _rows(session: Session) -> Rows:
    return lambda sql: [
        tuple(line.split("\t")) for line in bytes(session.query(sql, "TSV").bytes()).decode().splitlines()
    ]


def _question(request: web.Request, sql: str) -> Question:
    """The request as a question. Unknown parameters are passed on, to be refused by name."""
    query = request.query
    params = {name.removeprefix("param_"): value for name, value in query.items() if name.startswith("param_")}
    settings = {name: value for name, value in query.items() if not name.startswith("param_")}
    for name in WITHOUT_EFFECT & settings.keys():
        del settings[name]
    form = query.get("default_format") or request.headers.get("X-ClickHouse-Format") or "TabSeparated"
    return Question(sql, form, params, settings)


def _refusal(status: int, code: int, reason: str) -> web.Response:
    text = reason if reason.startswith("Code:") else f"Code: {code}. DB::Exception: {reason}"
    headers = {**HEADERS, "X-ClickHouse-Exception-Code": str(code)}
    return web.Response(status=status, text=text + "\n", headers=headers)


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

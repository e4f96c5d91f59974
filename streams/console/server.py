"""The console: incidents and alerts as they change, and the built-in schema registry, over HTTP on loopback."""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from prometheus_client import generate_latest

from schemas.codec import Codec
from schemas.errors import Stop
from schemas.records import AlertRule
from schemas.telemetry.metrics import REGISTRY
from schemas.transport.registry import routes as registry_routes
from schemas.transport.tokens import Tokens
from streams.console import CONNECTED
from streams.console.archive import ARCHIVE, Archive, archive_routes, past_incident
from streams.console.board import Board, Update
from streams.console.broadcast import Journal, UpdateQueue
from streams.console.correcting import correcting_routes
from streams.console.decision_routes import DECISION_CONTEXT, DecisionContext, decision_routes
from streams.console.follow import Follower, started_now
from streams.console.keys import BOARD
from streams.console.metrics import CONTENT_TYPE, Group, lags, metrics, troubles
from streams.console.outlets import outlet_routes
from streams.console.stream_filter import StreamFilter, UnknownFilter
from streams.console.writer import Writer
from streams.domain.alerting.rules import RuleBook
from streams.settings import Settings, secret_file

STATIC = Path(__file__).parent / "static"
PACE = 0.1  # least seconds between two sends to one page; faster changes are combined
ALIVE = 3.0  # seconds without updates before a keep-alive, by which dead pages and consoles are noticed
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


Groups = Callable[[], Mapping[str, Group]]
GROUPS: web.AppKey[Groups] = web.AppKey("groups")
TOKENS = web.AppKey("tokens", Tokens)
COOKIE = "tocsin_token"
FOLLOWER = web.AppKey("follower", Follower)
PAGES = web.AppKey("pages", set[UpdateQueue])
JOURNAL = web.AppKey("journal", Journal)


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse requests under another host's name (DNS rebinding), from another site's page, or without the token.

    A browser brings the token once, as `/?token=...`, and is given a cookie that no script and no other site can use.
    """
    host = request.host.lower() if request.host.endswith("]") else request.host.lower().rsplit(":", 1)[0]
    origin = request.headers.get("Origin")
    try:
        tokens = request.app[TOKENS]
        if (host not in LOCAL_HOSTS and not tokens) or (origin and origin.split("://", 1)[-1] != request.host):
            raise web.HTTPForbidden(text="The console answers on loopback only, and only its own page.")
        if tokens and not _carries(request, tokens):
            raise _let_in(request, tokens)
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def _carries(request: web.Request, tokens: Tokens) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.cookies.get(COOKIE, "")
    return tokens.accepts(given)


def _let_in(request: web.Request, tokens: Tokens) -> web.HTTPException:
    given = request.query.get("token", "")
    if request.path == "/" and tokens.accepts(given):
        answer = web.HTTPSeeOther("/")
        answer.set_cookie(COOKIE, given, httponly=True, samesite="Strict", secure=request.secure)
        return answer
    return web.HTTPUnauthorized(
        text="This console asks for its token: open it once as /?token=...", headers={"WWW-Authenticate": "Bearer"}
    )


async def _page(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(STATIC / ("wall.html" if request.path == "/wall" else "index.html"))


async def _detail(request: web.Request) -> web.Response:
    wanted = request.match_info["id"]
    found = request.app[BOARD].detail(wanted)
    if found is None and (past := await past_incident(request, wanted)):
        by_itself = Board()
        by_itself.apply(past)
        found = {**(by_itself.detail(wanted) or {}), "older": True}
    if found is None:
        error = "not held here (any more): look in the ClickHouse table `incident_current`"
        return web.json_response({"error": error, "incident_id": wanted}, status=404)
    return web.json_response(found)


async def _state(request: web.Request) -> web.Response:
    return web.json_response(_snapshot(request.app))


async def _metrics(request: web.Request) -> web.Response:
    follower = request.app[FOLLOWER]
    health, feeds, groups = follower.health, request.app[BOARD].feeds.values(), request.app[GROUPS]()
    text = metrics(feeds, follower.counts, health.behind, connected=health.kafka == CONNECTED, groups=groups)
    own = generate_latest(REGISTRY).decode()
    return web.Response(text=text + own, headers={"Content-Type": CONTENT_TYPE})


async def _health(request: web.Request) -> web.Response:
    """Kafka and every consumer group; 503 when Kafka is away, a group has stalled or a target accepts no alerts."""
    health, groups = request.app[FOLLOWER].health, request.app[GROUPS]()
    good = health.kafka == CONNECTED and not troubles(groups)
    body = {**asdict(health), "groups": {name: asdict(group) for name, group in groups.items()}}
    return web.json_response(body, status=200 if good else 503)


async def _stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events (WHATWG HTML 9.2): a snapshot, then the newest of whatever changes.

    Each send has an id; a page that reconnects with it gets what it missed instead of everything. A query such
    as `?family=explosions&country=IQ` narrows it to incidents and alerts that match.
    """
    mark = request.headers.get("Last-Event-ID") or request.query.get("since", "")
    journal = request.app[JOURNAL]
    try:
        stream_filter = StreamFilter.of(request.query)
    except UnknownFilter as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    queue, pages = UpdateQueue(), request.app[PAGES]
    pages.add(queue)
    missed = journal.since(mark)  # no await from here until the snapshot is sent
    if stream_filter:
        updates = stream_filter.beginning(_snapshot(request.app), missed)
    else:
        updates = [Update("snapshot", "snapshot", _snapshot(request.app))] if missed is None else missed
    try:
        while not queue.closed:
            await response.write(_frames(updates, journal.mark))  # no await since they were taken
            await asyncio.sleep(PACE)
            updates = await queue.take(ALIVE)
            updates = list(stream_filter.of_updates(updates)) if stream_filter else updates
    except ConnectionError:
        pass  # the page is gone
    finally:
        pages.discard(queue)
    return response


def _frames(updates: Iterable[Update], mark: str) -> bytes:
    """Server-sent events; only the last has the mark, as a page that disconnects before it has not received all."""
    events = [f"event: {u.kind}\ndata: {json.dumps(u.body)}\n" for u in updates] or ["event: still\ndata: {}\n"]
    return ("\n".join(events) + f"id: {mark}\n\n").encode()


def _snapshot(app: web.Application) -> dict[str, Any]:
    follower = app[FOLLOWER]
    return {**app[BOARD].snapshot(), "counts": follower.counts, "health": asdict(follower.health)}


async def _producing(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[DECISION_CONTEXT].writer.close()


async def _following(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[FOLLOWER].run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _let_go(app: web.Application) -> None:
    for queue in app[PAGES]:
        queue.close()


def create_console(
    bootstrap: str,
    codec: Codec,
    groups: Groups = dict,
    *,
    token: str | Tokens = "",
    rules: Iterable[AlertRule] = (),
    archive: Archive | None = None,
) -> web.Application:
    """The console as an aiohttp application that follows the topics at `bootstrap`; `groups` says how they stand.

    With a `token` it answers under any host's name, but only requests that carry it. `rules`: of the configuration.
    `archive` answers for what the topics no longer hold; without one only the board is used.
    """
    app = web.Application(middlewares=[guard])
    board, pages, journal = Board(rules=RuleBook(rules)), set[UpdateQueue](), Journal(secrets.token_hex(4))

    def tell(update: Update) -> None:
        journal.note(update)
        for queue in pages:
            queue.put(update)

    app[BOARD], app[PAGES], app[GROUPS], app[JOURNAL] = board, pages, groups, journal
    app[TOKENS] = token if isinstance(token, Tokens) else Tokens(token)
    app[FOLLOWER] = Follower(
        bootstrap, codec, board, tell, started_now(), lambda: troubles(groups()), lambda: lags(groups())
    )
    app[DECISION_CONTEXT] = DecisionContext(board, tell, Writer(bootstrap, codec), lambda: datetime.now(UTC))
    app.add_routes(registry_routes())
    app[ARCHIVE] = archive
    app.add_routes(decision_routes())
    app.add_routes(correcting_routes())
    app.add_routes(archive_routes())
    app.add_routes(outlet_routes())
    app.add_routes(
        [
            web.get("/", _page),
            web.get("/wall", _page),
            web.get("/api/state", _state),
            web.get("/api/stream", _stream),
            web.get("/health", _health),
            web.get("/metrics", _metrics),
            web.get("/api/incidents/{id}", _detail),
            web.static("/static", STATIC),
        ]
    )
    app.cleanup_ctx.append(_following)
    app.cleanup_ctx.append(_producing)
    app.on_shutdown.append(_let_go)
    return app


def run_console(settings: Settings, codec: Codec, groups: Groups, archive: Archive | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the follower logs one line instead of its many
    try:
        web.run_app(
            create_console(
                settings.kafka,
                codec,
                groups,
                token=Tokens(settings.console_token.get_secret_value(), secret_file("console_token")),
                rules=settings.base_rules(),
                archive=archive,
            ),
            host=settings.console_host,
            port=settings.console_port,
            print=None,
            access_log=None,
            shutdown_timeout=2,
        )
    except OSError as error:
        where = f"{settings.console_host}:{settings.console_port}"
        raise Stop(f"the console cannot listen on {where}: {error.strerror or error}") from error

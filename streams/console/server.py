"""The console: incidents and alerts as they change, and the built-in schema registry, over HTTP on loopback."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.codec import Codec, CodecError
from schemas.registry import routes as registry_routes
from streams.console.board import Board, Update

log = logging.getLogger("tocsin")
STATIC = Path(__file__).parent / "static"
SHOWN = (topics.INCIDENT.name, topics.ALERT.name, topics.RELATION.name)
QUEUE = 2_000  # updates a page may fall behind before it is told to load anew
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
BOARD = web.AppKey("board", Board)
PAGES = web.AppKey("pages", set[asyncio.Queue[Update]])
COUNTS = web.AppKey("counts", dict[str, int])
HEALTH = web.AppKey("health", dict[str, Any])


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse requests under another host's name (DNS rebinding) or from another site's page."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    origin = request.headers.get("Origin")
    if host not in LOCAL_HOSTS or (origin and origin.split("://", 1)[-1] != request.host):
        raise web.HTTPForbidden(text="The console answers on loopback only.")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


async def _page(request: web.Request) -> web.StreamResponse:
    del request
    return web.FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def _detail(request: web.Request) -> web.Response:
    found = request.app[BOARD].detail(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound(
            text=json.dumps({"error": "no such incident here; ask ClickHouse"}),
            content_type="application/json",
        )
    return web.json_response(found)


async def _state(request: web.Request) -> web.Response:
    return web.json_response({**request.app[BOARD].snapshot(), "counts": request.app[COUNTS]})


async def _health(request: web.Request) -> web.Response:
    health = request.app[HEALTH]
    return web.json_response(health, status=200 if health["kafka"] == "connected" else 503)


async def _stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events (WHATWG HTML 9.2): a snapshot, then each change as it comes."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", **HEADERS}
    )
    await response.prepare(request)
    app, queue = request.app, asyncio.Queue[Update](QUEUE)
    app[PAGES].add(queue)
    try:
        await _send(
            response,
            Update("snapshot", {**app[BOARD].snapshot(), "counts": app[COUNTS], "health": app[HEALTH]}),
        )
        while True:
            await _send(response, await queue.get())
    except (ConnectionError, asyncio.CancelledError):
        return response
    finally:
        app[PAGES].discard(queue)


async def _send(response: web.StreamResponse, update: Update) -> None:
    await response.write(f"event: {update.kind}\ndata: {json.dumps(update.body)}\n\n".encode())


def _tell(app: web.Application, update: Update) -> None:
    for queue in app[PAGES]:
        if queue.full():
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(
                Update("snapshot", {**app[BOARD].snapshot(), "counts": app[COUNTS], "health": app[HEALTH]})
            )
        else:
            queue.put_nowait(update)


async def _follow(app: web.Application, bootstrap: str, codec: Codec) -> None:
    """Keep the board current for ever; while the broker is away, say so and try again."""
    while True:
        consumer = AIOKafkaConsumer(
            *SHOWN, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest"
        )
        try:
            await consumer.start()
            _set_health(app, "connected")
            async for message in consumer:
                try:
                    record = codec.decode(message.value, message.topic)
                except CodecError:
                    continue  # the stage that must handle it has put it in quarantine
                for update in app[BOARD].apply(record):
                    _tell(app, update)
        except (KafkaError, OSError) as error:
            _set_health(app, f"away: {error!r}")
            await asyncio.sleep(2)
        finally:
            await consumer.stop()


def _set_health(app: web.Application, kafka: str) -> None:
    app[HEALTH]["kafka"] = kafka
    _tell(app, Update("health", app[HEALTH]))


async def _count(app: web.Application, bootstrap: str) -> None:
    """How many messages stand in each topic, once a second, for the strip of the flow."""
    names = [t.name for t in topics.ALL]
    while True:
        consumer = AIOKafkaConsumer(*names, bootstrap_servers=bootstrap, group_id=None)
        try:
            await consumer.start()
            while True:
                ends = await consumer.end_offsets(consumer.assignment())
                counts = dict.fromkeys(names, 0)
                for partition, end in ends.items():
                    counts[partition.topic] += end
                if counts != app[COUNTS]:
                    app[COUNTS].update(counts)
                    _tell(app, Update("counts", counts))
                await asyncio.sleep(1)
        except (KafkaError, OSError):
            await asyncio.sleep(2)
        finally:
            await consumer.stop()


def create_console(bootstrap: str, codec: Codec, *, started_at: float | None = None) -> web.Application:
    """The console as an aiohttp application that follows the topics at `bootstrap`."""
    app = web.Application(middlewares=[guard])
    app[BOARD], app[PAGES], app[COUNTS] = Board(), set(), {}
    app[HEALTH] = {"kafka": "connecting", "started_at": started_at or time.time()}
    app.add_routes(registry_routes())
    app.add_routes(
        [
            web.get("/", _page),
            web.get("/api/state", _state),
            web.get("/api/stream", _stream),
            web.get("/health", _health),
            web.get("/api/incidents/{id}", _detail),
            web.static("/static", STATIC),
        ]
    )

    async def following(app: web.Application) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(_follow(app, bootstrap, codec)),
            asyncio.create_task(_count(app, bootstrap)),
        ]
        yield
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    app.cleanup_ctx.append(following)
    return app


def run_console(bootstrap: str, host: str, port: int, codec: Codec) -> None:
    """Serve until SIGINT or SIGTERM."""
    web.run_app(
        create_console(bootstrap, codec),
        host=host,
        port=port,
        print=None,
        access_log=None,
        shutdown_timeout=2,
    )

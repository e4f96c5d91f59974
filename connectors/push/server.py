"""`POST /v1/articles` and `POST /v1/events`: takes pushed records and answers once Kafka has confirmed them.

Open to this machine only, or to clients with the token. Without a token a request must name this machine (DNS
rebinding), come from no web page, and be declared as JSON, which no page of another site may send unasked.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from connectors.ingest.contract import Fatal, Skippable
from connectors.push import pushed
from connectors.push.intake import Busy, Intake, Pushed
from connectors.web.addresses import is_loopback
from schemas.transport.tokens import Tokens, read_tokens

LARGEST = 5_000_000  # bytes of a request, unpacked
MOST = 1_000  # records of a request
PATIENCE = 30.0  # seconds for a request's body
WAIT = "5"  # seconds to wait after a refusal for now
JSON = ("application/json", *pushed.LINES)
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
OPENAPI = Path(__file__).with_name("openapi.json")
OPEN = ("/openapi.json", "/health")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",  # answers are data, never pages
}
INTAKE = web.AppKey("intake", Intake)
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")
TOKENS = web.AppKey("tokens", Tokens)
log = logging.getLogger("tocsin.push")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def check_binding(host: str, token: str) -> None:
    """Raises Fatal for an address beyond this machine without a token, or for a token that is too short."""
    try:
        tokens = read_tokens(token)
    except ValueError as error:
        raise Fatal(f"push_token: {error}") from None
    if not tokens and not is_loopback(host):
        raise Fatal(f"{host} is not a loopback address: set a token (TOCSIN_PUSH_TOKEN), or bind to 127.0.0.1")


def create_push(intake: Intake, *, token: str | Tokens, clock: Callable[[], datetime]) -> web.Application:
    """The application; `token`: what requests must carry, empty where only this machine may ask."""
    app = web.Application(middlewares=[_guard], client_max_size=LARGEST)
    app[INTAKE], app[CLOCK] = intake, clock
    app[TOKENS] = token if isinstance(token, Tokens) else Tokens(token)
    app.add_routes(
        [
            web.post("/v1/articles", _handler(pushed.article)),
            web.post("/v1/events", _handler(pushed.event)),
            web.get("/openapi.json", _openapi),
            web.get("/health", _health),
        ]
    )
    app.cleanup_ctx.append(_delivering)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check access, and answer every error as JSON."""
    try:
        _admit(request)
        response = await handler(request)
    except web.HTTPException as error:
        text = error.text if error.content_type == "text/plain" else error.reason
        response = _answer({"error": text}, error.status)
        response.headers.update({k: v for k, v in error.headers.items() if k not in ("Content-Type", "Content-Length")})
    response.headers.update(HEADERS)
    return response


def _admit(request: web.Request) -> None:
    tokens = request.app[TOKENS]
    if request.path in OPEN and request.method == "GET":
        return
    if tokens:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not tokens.accepts(given):
            raise web.HTTPUnauthorized(text="a bearer token is needed", headers={"WWW-Authenticate": "Bearer"})
        return
    host = request.host.lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in LOCAL_NAMES or request.headers.get("Origin"):
        raise web.HTTPForbidden(text="without a token this answers programs on this machine only, under its own name")


def _handler(read: pushed.Read) -> Handler:
    async def push(request: web.Request) -> web.StreamResponse:
        if request.content_type not in JSON:
            raise web.HTTPUnsupportedMediaType(text=f"the body must be declared as one of {', '.join(JSON)}")
        try:
            request.app[INTAKE].check()
            found = _read(await _body(request), request, read)
            return await _deliver(request.app[INTAKE], found)
        except Busy as error:
            text = "Kafka is slower than what comes in; wait and push again"
            raise web.HTTPTooManyRequests(text=text, headers={"Retry-After": WAIT}) from error
        except web.HTTPException:
            raise
        except Exception as error:
            log.warning("not confirmed: %r", error)
            text = "Kafka has not confirmed it; push again, ids stay the same"
            raise web.HTTPServiceUnavailable(text=text, headers={"Retry-After": WAIT}) from error

    return push


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await request.read()
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text=f"no whole request within {PATIENCE:.0f} s") from error
    except web.HTTPException:
        raise
    except Exception as error:  # of many classes, and all by the sender
        raise web.HTTPBadRequest(text=f"the body cannot be unpacked: {error}; push it again, or unpacked") from error


def _read(body: bytes, request: web.Request, read: pushed.Read) -> list[Pushed | Skippable]:
    at, found = request.app[CLOCK](), list[Pushed | Skippable]()
    for n, value in enumerate(pushed.objects(body, request.content_type), start=1):
        if n > MOST:
            text = f"more than {MOST} records; push them in parts"
            raise web.HTTPRequestEntityTooLarge(LARGEST, len(body), text=text)
        found.append(value if isinstance(value, Skippable) else read(value, str(n), at))
    return found


async def _deliver(intake: Intake, found: Sequence[Pushed | Skippable]) -> web.Response:
    new = [r for r in found if not isinstance(r, Skippable) and not intake.repeated(r)]
    answers = dict(zip(map(id, new), await intake.take(new) if new else [], strict=True))
    results = [_result(record, answers) for record in found]
    counts = {s: sum(r["status"] == s for r in results) for s in ("accepted", "repeated", "rejected")}
    status = 422 if results and counts["rejected"] == len(results) else 202
    return _answer({**counts, "results": results}, status)


def _result(record: Pushed | Skippable, answers: dict[int, str]) -> dict[str, Any]:
    if isinstance(record, Skippable):
        return {"status": "rejected", "reason": record.reason}
    refused = answers.get(id(record))
    if refused:
        return {"status": "rejected", "reason": refused}
    key = getattr(record, "article_id", None) or getattr(record, "event_id", None)
    return {"status": "repeated" if refused is None else "accepted", "id": key}


async def _openapi(request: web.Request) -> web.StreamResponse:
    del request
    return web.Response(body=OPENAPI.read_bytes(), content_type="application/json")


async def _health(request: web.Request) -> web.StreamResponse:
    return _answer({"waiting": request.app[INTAKE].held}, 200)


async def _delivering(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[INTAKE].run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _answer(plain: dict[str, Any], status: int) -> web.Response:
    return web.Response(text=json.dumps(plain), status=status, content_type="application/json")

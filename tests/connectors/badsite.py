"""A server on this machine that plays feeds of any shape and misbehaves on purpose."""

import asyncio
import gzip
import hashlib
import socket
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractResolver

from connectors.web.client import Web
from connectors.web.rate_limit import HostRate

HURRIED = HostRate(at_once=50, seconds_between=0)


class Names(AbstractResolver):
    """Every name is this machine, but those that are given."""

    def __init__(self, **addresses):
        self.addresses = addresses
        self.asked = []

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked.append(host)
        address = self.addresses.get(host.replace(".", "_"), "127.0.0.1")
        return [{"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        pass


class Site:
    """Pages by path. A page is bytes, or a function from a request to a response; `asked` are the requests seen."""

    def __init__(self, pages=None):
        self.pages = dict(pages or {})
        self.asked = []
        self.root = ""

    def __getitem__(self, path):
        return self.root + path

    def count(self, path):
        return sum(r.path == path for r in self.asked)

    async def answer(self, request):
        self.asked.append(request)
        page = self.pages.get(request.path)
        if page is None:
            return web.Response(status=404)
        if isinstance(page, bytes):
            return conditional(request, page)
        found = page(request)
        return await found if asyncio.iscoroutine(found) else found


def conditional(request, body, **headers):
    """The body, or 304 when the client has it."""
    etag = f'"{hashlib.sha1(body).hexdigest()[:8]}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag, **headers})
    return web.Response(body=body, headers={"ETag": etag, "Content-Type": "text/xml", **headers})


@asynccontextmanager
async def serve(site=None, *, tls=None):
    """The site at a port of its own."""
    site = site or Site()
    runner = web.AppRunner(web.Application(), handler_cancellation=True)
    runner.app.router.add_route("*", "/{path:.*}", site.answer)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls, shutdown_timeout=0.1)
    await server.start()
    port = server._server.sockets[0].getsockname()[1]
    site.root = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(talk):
    """A server that speaks as it likes: `talk(reader, writer)`; its address."""
    tasks = set()

    async def handle(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()


def local_web(**options):
    """A hurried client that may ask this machine."""
    options = {"allow": ("127.0.0.0/8",), "rate": HURRIED, "obey_robots": False, **options}
    return Web(**options)


def zipped(body):
    return web.Response(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})

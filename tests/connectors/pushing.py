"""A push server of this machine, before a memory_writer instead of Kafka."""

import io
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
from aiohttp import web
from memory_writer import MemoryWriter

from connectors.push.intake import Intake
from connectors.push.server import create_push

NOW = datetime(2024, 2, 1, tzinfo=UTC)


class Slow(MemoryWriter):
    """A memory_writer whose confirmation waits to be let go."""

    def __init__(self):
        super().__init__()
        self.go = threading.Event()

    def flush(self):
        assert self.go.wait(10)
        super().flush()


@asynccontextmanager
async def serving(memory_writer, *, token="", **options):
    runner = web.AppRunner(create_push(Intake(memory_writer, **options), token=token, clock=lambda: NOW))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        await runner.cleanup()


async def post(client, path, value, **options):
    body = {"data" if isinstance(value, bytes | io.BytesIO) else "json": value}
    async with client.post(path, **body, **options) as response:
        return response.status, await response.json(), response.headers

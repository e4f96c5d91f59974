"""A TCP proxy in front of the broker, so that the network between it and its clients can be cut and mended."""

import asyncio
import threading
from contextlib import suppress
from typing import Self


class Proxy:
    """Forwards `place` to `target` from a thread of its own; starts open.

    Both are ports of 127.0.0.1, or paths of Unix sockets, which lead from one network namespace into another.
    """

    def __init__(self, place: int | str, target: int | str) -> None:
        self._place, self._target = place, target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Reset every connection and refuse new ones."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    def mend(self) -> None:
        """Accept connections again."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    async def _open(self) -> None:
        if self._server is None:
            if isinstance(self._place, str):
                self._server = await asyncio.start_unix_server(self._forward, self._place)
            else:
                self._server = await asyncio.start_server(self._forward, "127.0.0.1", self._place)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        try:
            back_reader, back_writer = await _connect(self._target)
        except OSError:
            writer.transport.abort()
            self._tasks.discard(task)
            return
        try:
            pumps = [asyncio.create_task(_pump(reader, back_writer)), asyncio.create_task(_pump(back_reader, writer))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()
            back_writer.transport.abort()
            self._tasks.discard(task)


async def _connect(target: int | str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if isinstance(target, str):
        return await asyncio.open_unix_connection(target)
    return await asyncio.open_connection("127.0.0.1", target)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

"""What every connector must do, whatever it reads: `make conformance` prints this as a table."""

import asyncio
import gc
import random
from contextlib import aclosing

import pytest
from memory_writer import MemoryWriter
from worlds import WORLDS
from written import BROKEN, OVERSIZED

from connectors.ingest.contract import LARGEST_POSITION, ConnectorError, Item, Skippable
from connectors.ingest.run import Runner
from schemas.codec import Codec
from schemas.records import Article

CODEC = Codec()
GARBAGE = [
    b"\x00\xff\xfe" * 100,
    b"<",
    b"{",
    b"<html><body>Not found</body></html>",
    b"[" * 5_000,
    random.Random(1).randbytes(2_000),
]


@pytest.fixture(params=WORLDS)
async def world(request, tmp_path):
    async with WORLDS[request.param]().run(tmp_path) as running:
        yield running


def mark(record):
    """What tells records apart."""
    return record.article_id if isinstance(record, Article) else (record.event_id, record.raw)


async def read(source, position=None, most=None):
    """(contents, position that is safe to store) after at most `most` contents."""
    contents = []
    async with aclosing(source.read(position)) as items:
        async for item in items:
            if not isinstance(item, Item):
                continue
            if item.content is not None:
                contents.append(item.content)
            if item.position is not None:
                assert len(item.position.encode()) <= LARGEST_POSITION
                position = item.position
            if most is not None and len(contents) >= most:
                break
    return contents, position


def marks(contents):
    for c in contents:
        if not isinstance(c, Skippable):
            CODEC.encode(c)
    return [mark(c) for c in contents if not isinstance(c, Skippable)]


async def run(memory_writer, *sources, stop_after=None):
    stop = asyncio.Event()
    if stop_after is not None:
        asyncio.get_running_loop().call_later(stop_after, stop.set)
    runner = Runner(memory_writer, dict(memory_writer.stored), chance=lambda: 0.5)
    async with asyncio.timeout(30):
        return await runner.run(sources, once=True, stop=stop)


async def test_restart(world):
    """Stopped behind any item and opened anew it gives every record, and after a whole read none again."""
    world.hold(range(6))
    whole = marks((await read(world.open()))[0])
    assert len(whole) == min(6, world.most)
    for stop in range(len(whole) + 1):
        first, position = await read(world.open(), most=stop)
        rest, position = await read(world.open(), position)
        assert set(marks(first) + marks(rest)) == set(whole), f"lost something after {stop} records"
        assert marks((await read(world.open(), position))[0]) == []


async def test_duplicate(world):
    """The same input gives the same ids; only what is new is new."""
    world.hold(range(3))
    first, position = await read(world.open())
    again, _ = await read(world.open())
    assert marks(again) == marks(first)
    world.hold([*range(3), 3])
    news, position = await read(world.open(), position)
    assert len(marks(news)) == 1
    assert not set(marks(news)) & set(marks(first))
    world.hold([*range(4), 3])
    assert set(marks((await read(world.open(), position))[0])) <= set(marks(news))


async def test_malformed(world):
    """What cannot be read is an error of its own, told as a value; the others come, and so does what is mended."""
    world.hold([0, 1, BROKEN])
    contents, _ = await read(world.open())
    errors = [c for c in contents if isinstance(c, Skippable)]
    assert len(errors) == 1
    assert errors[0].reason
    assert len(marks(contents)) == min(2, world.most - 1)
    for raw in GARBAGE:
        world.spoil(raw)
        contents, _ = await read(world.open())
        assert marks(contents) == []
        assert contents, f"{raw[:20]!r} is passed over in silence"
        memory_writer = MemoryWriter()
        await run(memory_writer, world.open())
        assert memory_writer.quarantined
        world.hold(range(2))
        mended = memory_writer if world.replaced else MemoryWriter()
        await run(mended, world.open())
        assert mended.good


async def test_slow(world):
    """While the other side says nothing others are read, and a stop is obeyed."""
    world.hold(range(400))
    turns = 0

    async def other():
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    task = asyncio.create_task(other())
    await read(world.open())
    task.cancel()
    assert turns, "nobody else had a turn"
    world.silent = True
    memory_writer = MemoryWriter()
    await run(memory_writer, world.open(), stop_after=0.2)
    world.silent = False
    await run(memory_writer, world.open())
    assert len(memory_writer.good) == min(400, world.most)


async def test_empty(world):
    """Nothing to read is no error, and no obstacle to what comes later."""
    world.hold([])
    contents, position = await read(world.open())
    assert marks(contents) == []
    assert world.empty_is_error or contents == []
    world.hold(range(2))
    assert len(marks((await read(world.open(), position))[0])) == min(2, world.most)


async def test_huge(world):
    """A record too large for a message, many records, and input without end: bounded, told, and survived."""
    world.hold([0, 1, OVERSIZED])
    memory_writer = MemoryWriter()
    await run(memory_writer, world.open())
    assert len(memory_writer.good) + len(memory_writer.quarantined) == min(3, world.most)
    many = min(5_000, world.most)
    world.most = many
    world.hold(range(many))
    memory_writer = MemoryWriter()
    await run(memory_writer, world.open())
    assert len(memory_writer.good) == many
    world.flood()
    contents, _ = await read(world.open())
    assert [type(c) for c in contents] == [Skippable]
    assert len(contents[0].raw) < 11_000_000


async def test_cancelled(world):
    """Cancelled anywhere it leaves nothing open, and what was not confirmed comes again."""
    world.hold(range(5))
    whole, _ = await read(world.open())
    for turns in (0, 1, 2, 3, 5, 8, 13, 21):
        source = world.open()
        task = asyncio.create_task(read(source))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(result, asyncio.CancelledError | tuple), result
        assert not isinstance(result, ConnectorError)
        assert marks((await read(world.open()))[0]) == marks(whole)
    gc.collect()  # what was left open would now warn, and warnings are errors

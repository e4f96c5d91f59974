"""The same cases for what is pushed: here it is the other side that begins, and that must be told what came of it."""

import asyncio
import io
import json

import pytest
from memory_writer import MemoryWriter
from pushing import Slow, post, serving

pytestmark = pytest.mark.parametrize("connector", ["push"])
PATH = "/v1/articles"


def news(numbers):
    return [
        {"url": f"https://x.example/{n}", "title": f"Title {n}", "text": f"Report {n} of a flood."} for n in numbers
    ]


def ids(answer):
    return [r["id"] for r in answer["results"]]


async def test_restart(connector):
    """A new server gives the same ids: what was pushed to the old one too is counted once."""
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        first = (await post(client, PATH, news(range(6))))[1]
    async with serving(memory_writer) as client:
        again = (await post(client, PATH, news(range(6))))[1]
    assert ids(first) == ids(again)
    assert len({r.article_id for r in memory_writer.records}) == 6


async def test_duplicate(connector):
    """What was confirmed is not sent again, and said to be known; what is new is sent."""
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        await post(client, PATH, news(range(3)))
        _, answer, _ = await post(client, PATH, news(range(4)))
    assert (answer["repeated"], answer["accepted"]) == (3, 1)
    assert len(memory_writer.records) == 4


async def test_malformed(connector):
    """Each record that cannot be read is refused with its reason, and the others are taken."""
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        _, answer, _ = await post(client, PATH, [*news(range(2)), {"title": 3}, None])
        assert (answer["accepted"], answer["rejected"]) == (2, 2)
        for raw in (b"\x00\xff", b"<", b"{", b"[" * 5_000, b""):
            status, answer, _ = await post(client, PATH, raw, headers={"Content-Type": "application/json"})
            assert status == 422
            assert answer["results"][0]["reason"]
        assert (await post(client, PATH, news([7])))[1]["accepted"] == 1
    assert len(memory_writer.records) == 3


async def test_slow(connector):
    """While one request dribbles in others are answered; while Kafka is slow none is answered too early."""
    memory_writer = Slow()

    async def dribble():
        yield b"["
        await asyncio.sleep(30)

    async with serving(memory_writer) as client:
        slow = asyncio.create_task(client.post(PATH, data=dribble(), headers={"Content-Type": "application/json"}))
        pushing = asyncio.create_task(post(client, PATH, news([1])))
        await asyncio.sleep(0.2)
        assert not pushing.done()
        memory_writer.go.set()
        assert (await pushing)[0] == 202
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)


async def test_empty(connector):
    """Nothing pushed is no error."""
    async with serving(MemoryWriter()) as client:
        status, answer, _ = await post(client, PATH, [])
        assert (status, answer["results"]) == (202, [])


async def test_huge(connector):
    """A record too large for a message, many records, and a body without end: bounded, told, and survived."""
    memory_writer = MemoryWriter()
    async with serving(memory_writer) as client:
        _, answer, _ = await post(client, PATH, [{"title": "x", "text": "far too long " * 80_000}, *news([1])])
        assert [r["status"] for r in answer["results"]] == ["rejected", "accepted"]
        for start in range(0, 5_000, 1_000):
            assert (await post(client, PATH, news(range(start, start + 1_000))))[0] == 202
        body = io.BytesIO(json.dumps(news(range(100_000))).encode())
        assert (await post(client, PATH, body, headers={"Content-Type": "application/json"}))[0] == 413
    assert len({r.article_id for r in memory_writer.records}) == 5_000


async def test_cancelled(connector):
    """Whoever hangs up has lost nothing but the answer, and may push again."""
    memory_writer = Slow()
    async with serving(memory_writer) as client:
        task = asyncio.create_task(post(client, PATH, news(range(5))))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        memory_writer.go.set()
        _, answer, _ = await post(client, PATH, news(range(5)))
        assert answer["rejected"] == 0
    assert len({r.article_id for r in memory_writer.records}) == 5

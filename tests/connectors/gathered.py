"""A source read to its end."""

import asyncio
from contextlib import aclosing

from connectors.ingest.contract import Item


def gather(source, position=None):
    """Its items, without its remarks."""

    async def read():
        async with aclosing(source.read(position)) as items:
            return [item async for item in items if isinstance(item, Item)]

    return asyncio.run(read())


async def read(source, position=None):
    """The contents of its items, and the position that it came to."""
    contents = []
    async for item in source.read(position):
        if isinstance(item, Item):
            contents += [item.content] if item.content else []
            position = item.position or position
    return contents, position

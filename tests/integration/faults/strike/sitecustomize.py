"""Has a worker kill itself, as kill -9 does, in the middle of writing a batch; the variable STRIKE_AT says where.

`some outputs`, `all outputs`, `some entries`, `entries sent` (the broker may have them or not) and `all entries`. Only a
batch of several events is struck, but for `some entries`: where the entries of a batch fit one record batch there is no
such moment, so there the worker writes one record at a time, as it does on the embedded broker.
"""

import asyncio
import os
import signal
from collections import deque
from itertools import islice

from streams.agents.runner import Runner
from streams.kafka.writer import Writer

AT = os.environ["STRIKE_AT"]
WHAT = "entries" if AT.endswith("entries") or AT == "entries sent" else "outputs"
write, finish = Writer.write, Runner._finish
in_hand = []  # events of the batch that is being written


def strike():
    os.kill(os.getpid(), signal.SIGKILL)


async def finish_noting(self, batch):
    in_hand[:] = batch.events
    await finish(self, batch)


async def write_and_die(self, waiting):
    what = "entries" if any(place.topic.endswith("-changelog") for place in waiting) else "outputs"
    if what != WHAT or (len(in_hand) < 2 and AT != "some entries"):
        await write(self, waiting)
    elif AT.startswith("some"):
        await _some(self, waiting)
    elif AT == "entries sent":
        await _send_only(self, waiting)
    else:
        await write(self, waiting)
        strike()


async def _some(self, waiting):
    """Write the first of it and die, where it is more than one record."""
    place, pairs = next(iter(waiting.items()))
    first = len(pairs) if len(waiting) > 1 else len(pairs) // 2
    if first == 0:
        await write(self, waiting)
        return
    await write(self, {place: deque(islice(pairs, first))})
    strike()


async def _send_only(self, waiting):
    """Die as soon as the request is on its way."""
    client = self._producer.client
    send = client.send

    async def send_and_die(*args, **kwargs):
        sent = asyncio.ensure_future(send(*args, **kwargs))
        await asyncio.sleep(0.001)
        strike()
        return await sent

    client.send = send_and_die
    await write(self, waiting)


Writer.write, Runner._finish = write_and_die, finish_noting

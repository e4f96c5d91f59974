"""Faust as its manual shows it, without our guards: `python -m tests.integration.plain_faust BROKER TOPIC LOG N`.

N copies of the agent write each value to the log; they raise on the value `bad`, and never come back from `slow`.
"""

import asyncio
import sys
from pathlib import Path

import faust

broker, topic_name, log, copies = sys.argv[1:]
app = faust.App(
    topic_name,
    broker=f"kafka://{broker}",
    value_serializer="raw",
    consumer_auto_offset_reset="earliest",
    broker_commit_interval=0.2,
    broker_session_timeout=6.0,
    broker_heartbeat_interval=2.0,
    broker_max_poll_interval=10.0,
    topic_allow_declare=False,
    topic_disable_leader=True,
    web_enabled=False,
    datadir=str(Path(log).parent),
)
seen = Path(log).open("a", encoding="utf-8")  # noqa: SIM115 - open as long as the process
topic = app.topic(topic_name, value_serializer="raw", internal=False)


@app.agent(topic, concurrency=int(copies))
async def agent(stream):
    async for value in stream:
        if value == b"bad":
            raise ZeroDivisionError("this value breaks the agent")
        if value == b"slow":
            await asyncio.sleep(3600)
        print(value.decode(), file=seen, flush=True)


if __name__ == "__main__":
    faust.Worker(app, loglevel="ERROR", quiet=True, redirect_stdouts=False).execute_from_commandline()

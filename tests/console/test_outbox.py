import asyncio

from hypothesis import given
from hypothesis import strategies as st

from streams.console.board import Update
from streams.console.broadcast import Outbox


def update(key: str, n: int) -> Update:
    return Update("incident", key, {"n": n})


@given(st.lists(st.one_of(st.sampled_from("abc"), st.none()), max_size=40))
def test_a_page_that_takes_now_and_then_ends_with_the_newest_of_everything(steps):
    async def live() -> None:
        outbox, newest, page = Outbox(), {}, {}
        for n, key in enumerate([*steps, None]):
            if key is None:
                page |= {u.key: u for u in await outbox.take(0)}
            else:
                newest[key] = update(key, n)
                outbox.put(newest[key])
        assert page == newest

    asyncio.run(live())


async def test_what_is_outdated_is_not_told():
    outbox = Outbox()
    for n in range(10_000):
        outbox.put(update("a", n))
    outbox.put(update("b", 0))
    assert [(u.key, u.body["n"]) for u in await outbox.take(1)] == [("a", 9_999), ("b", 0)]


async def test_waiting_ends_with_an_update_or_with_the_end():
    outbox = Outbox()
    asyncio.get_running_loop().call_soon(outbox.put, update("a", 1))
    assert len(await outbox.take(60)) == 1
    asyncio.get_running_loop().call_soon(outbox.close)
    assert await outbox.take(60) == []
    assert outbox.closed

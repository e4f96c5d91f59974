import asyncio

from hypothesis import given
from hypothesis import strategies as st

from streams.console import broadcast
from streams.console.board import Update
from streams.console.broadcast import Journal, UpdateQueue


def update(key: str, n: int) -> Update:
    return Update("incident", key, {"n": n})


@given(st.lists(st.one_of(st.sampled_from("abc"), st.none()), max_size=40))
def test_a_page_that_takes_now_and_then_ends_with_the_newest_of_everything(steps):
    async def live() -> None:
        queue, newest, page = UpdateQueue(), {}, {}
        for n, key in enumerate([*steps, None]):
            if key is None:
                page |= {u.key: u for u in await queue.take(0)}
            else:
                newest[key] = update(key, n)
                queue.put(newest[key])
        assert page == newest

    asyncio.run(live())


async def test_what_is_outdated_is_not_told():
    queue = UpdateQueue()
    for n in range(10_000):
        queue.put(update("a", n))
    queue.put(update("b", 0))
    assert [(u.key, u.body["n"]) for u in await queue.take(1)] == [("a", 9_999), ("b", 0)]


async def test_waiting_ends_with_an_update_or_with_the_end():
    queue = UpdateQueue()
    asyncio.get_running_loop().call_soon(queue.put, update("a", 1))
    assert len(await queue.take(60)) == 1
    asyncio.get_running_loop().call_soon(queue.close)
    assert await queue.take(60) == []
    assert queue.closed


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(0, 30))
def test_a_page_that_comes_back_with_its_mark_ends_with_the_newest_of_everything(keys, left):
    journal, page, newest = Journal("run"), {}, {}
    mark = journal.mark
    for n, key in enumerate(keys):
        journal.note(update(key, n))
        newest[key] = n
        if n < left:
            page[key], mark = n, journal.mark
    missed = journal.since(mark)
    assert missed is not None
    assert page | {u.key: u.body["n"] for u in missed} == newest
    assert len({u.key for u in missed}) == len(missed)


def test_a_mark_of_another_run_or_of_long_ago_gives_everything_anew(monkeypatch):
    monkeypatch.setattr(broadcast, "KEPT", 3)
    journal = Journal("run")
    marks = [journal.mark]
    for n in range(5):
        journal.note(update("a", n))
        marks.append(journal.mark)
    assert [journal.since(m) is None for m in marks] == [True, True, False, False, False, False]
    for strange in ("", "other-3", "run-9", "run--1", "run-x", "run-" + "9" * 5000, "3"):
        assert journal.since(strange) is None
